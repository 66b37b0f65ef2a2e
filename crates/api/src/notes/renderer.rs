//! The renderer, with what it must know beside a commit.

use domain::medium::Media;
use gws::{Links, Shown};

/// Renders commits for the notifications endpoint.
#[derive(Clone, Debug)]
pub struct Notes {
    pub(super) media: Media,
    pub(super) links: Links,
    pub(super) shown: Shown,
}

impl Notes {
    /// A renderer for these media, with addresses built from these links.
    pub fn new(media: Media, links: Links) -> Self {
        Self { media, links, shown: Shown::default() }
    }

    /// The same with what clients differ about in another form.
    #[must_use]
    pub fn showing(self, shown: Shown) -> Self {
        Self { shown, ..self }
    }
}

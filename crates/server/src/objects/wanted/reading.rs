//! How a file is read.

use crate::objects::{current::Current, unlisted_objects::UnlistedObjects};
use desk::ports::Ids;
use domain::medium::Media;

/// Whether the passwords of the file are hashed. Each costs tens of milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Passwords {
    /// They are hashed, unless the known hash fits.
    Hashed,
    /// They are not: the file is only checked.
    #[default]
    LeftOut,
}

/// How a file is read.
#[derive(Clone, Copy)]
pub struct ReadContext<'a> {
    /// The media of this installation.
    pub media: &'a Media,
    /// The objects there are: their ids and unchanged passwords are kept.
    pub current: &'a Current,
    /// Fresh ids.
    pub fresh: &'a dyn Ids,
    /// What becomes of objects that the file does not name.
    pub besides: UnlistedObjects,
    /// Whether passwords are hashed.
    pub passwords: Passwords,
}

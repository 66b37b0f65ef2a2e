//! The renderer, with what it must know beside a commit: snapshots as the commit leaves them, whether it changed them or
//! not.

use desk::ports::TxView;
use domain::{DecideError, Decision, Key, State, UserId, medium::Media, user::User};
use gws::{Links, Shown};
use std::sync::Arc;

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

/// A snapshot as a decision leaves it.
pub(super) fn after(
    view: &mut dyn TxView,
    decision: &Decision,
    key: &Key,
) -> Result<Option<Arc<State>>, DecideError> {
    match decision.changes.iter().find(|change| change.key == *key) {
        Some(change) => Ok(Some(change.after.clone())),
        None => view.state(key),
    }
}

/// A user, while they are provisioned.
pub(super) fn user_of(
    view: &mut dyn TxView,
    decision: &Decision,
    id: &UserId,
) -> Result<Option<Arc<User>>, DecideError> {
    let state = after(view, decision, &Key::User(id.clone()))?;
    Ok(match state.as_deref() {
        Some(State::User(user)) => user.clone(),
        _ => None,
    })
}

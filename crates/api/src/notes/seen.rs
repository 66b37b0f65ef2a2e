//! Snapshots as a commit leaves them, whether it changed them or not.

use desk::ports::TxView;
use domain::{DecideError, Decision, Key, State, UserId, user::User};
use std::sync::Arc;

/// A snapshot as a decision leaves it.
pub(super) fn after(
    sight: &mut dyn TxView,
    decision: &Decision,
    key: &Key,
) -> Result<Option<Arc<State>>, DecideError> {
    match decision.changes.iter().find(|change| change.key == *key) {
        Some(change) => Ok(Some(change.after.clone())),
        None => sight.state(key),
    }
}

/// A user, while they are provisioned.
pub(super) fn user_of(
    sight: &mut dyn TxView,
    decision: &Decision,
    id: &UserId,
) -> Result<Option<Arc<User>>, DecideError> {
    let state = after(sight, decision, &Key::User(id.clone()))?;
    Ok(match state.as_deref() {
        Some(State::User(user)) => user.clone(),
        _ => None,
    })
}

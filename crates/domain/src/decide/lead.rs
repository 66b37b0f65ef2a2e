//! Whether a user leads another: judged at every command, since groups and roles change.

use super::{DecideError, Draft};
use crate::{Refusal, UserId, command::CONTROL_FEATURE, user::Role};

/// Refuses one who does not lead an agent, and everybody where the centre does not have the feature.
pub(super) fn require(draft: &mut Draft<'_>, by: &UserId, agent: &UserId) -> Result<(), DecideError> {
    if !draft.centre()?.has(&[CONTROL_FEATURE]) {
        return Err(Refusal::FeatureOff(CONTROL_FEATURE).into());
    }
    if leads(draft, by, agent)? { Ok(()) } else { Err(Refusal::RoleMissing.into()) }
}

/// Whether a user leads another now.
pub(super) fn leads(draft: &mut Draft<'_>, by: &UserId, agent: &UserId) -> Result<bool, DecideError> {
    let (Some(leader), Some(user)) = (draft.user_if_any(by)?, draft.user_if_any(agent)?) else {
        return Ok(false);
    };
    Ok(draft.centre()?.leads(&leader, &user))
}

/// Whether a user administers the centre.
pub(super) fn administers(draft: &mut Draft<'_>, by: &UserId) -> Result<bool, DecideError> {
    Ok(draft.user(by)?.has(&[Role::Admin]))
}

//! Whether a user leads another: judged at every command, since groups and roles change.

use super::{DecideError, Draft};
use crate::{QueueName, Refusal, UserId, command::CONTROL_FEATURE, leadership::leads_queue, user::Role};

/// Refuses one who does not lead an agent, and everybody where the centre does not have the feature.
pub(super) fn require(draft: &mut Draft<'_>, by: &UserId, agent: &UserId) -> Result<(), DecideError> {
    if !draft.centre()?.has(&[CONTROL_FEATURE]) {
        return Err(Refusal::FeatureOff(CONTROL_FEATURE).into());
    }
    if leads(draft, by, agent)? { Ok(()) } else { Err(Refusal::RoleMissing.into()) }
}

/// Refuses one who does not lead a queue, for whom it does not exist, and everybody where the centre does not have the
/// feature. `through` is a user by whom it can be seen that they do.
pub(super) fn require_queue(
    draft: &mut Draft<'_>,
    by: &UserId,
    name: &QueueName,
    through: &UserId,
) -> Result<(), DecideError> {
    let centre = draft.centre()?;
    if !centre.has(&[CONTROL_FEATURE]) {
        return Err(Refusal::FeatureOff(CONTROL_FEATURE).into());
    }
    let (queue, leader, user) = (draft.queue(name)?, draft.user_if_any(by)?, draft.user_if_any(through)?);
    let leads = leader.is_some_and(|leader| leads_queue(&centre, &leader, &queue, user.as_deref()));
    if leads { Ok(()) } else { Err(Refusal::NotFound(format!("Queue '{name}'")).into()) }
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

//! Dispositions that agents owe: one rule for conversations and calls (spec: decisions#6).
//!
//! Where one is required before the next, an agent whose part ended without it is offered nothing of the medium until they
//! set it, a supervisor lets them off, its time is over, or they log out.

use super::{DecideError, Draft, disposition, lead, machine::Machine, settle::settle};
use crate::{
    InteractionId, MediumName, QueueName, Refusal, UserId,
    agent::{Fact, SettledBy},
    disposition::Required,
    interaction::Part,
};

/// Runs when an agent's part that they answered is over; answers whether they owe its disposition. `queue` is the one
/// whose work it was.
pub(super) fn part_ended<M: Machine>(
    draft: &mut Draft<'_>,
    machine: &M,
    part: &M::Part,
    queue: Option<&QueueName>,
) -> Result<bool, DecideError> {
    let Some(agent) = part.agent() else { return Ok(false) };
    let is_at_work = draft.agent(agent)?.is_some_and(|found| found.login.is_some());
    if !is_at_work || disposition::is_set(draft, machine, Some(part))? {
        return Ok(false);
    }
    let medium = machine.medium();
    let queue = match queue {
        Some(name) => draft.queue_if_any(name)?,
        None => None,
    };
    let rule = &draft.centre()?.disposition;
    if rule.required(queue.as_deref(), &medium) != Required::BeforeNext {
        return Ok(false);
    }
    let until = draft.now.saturating_add(rule.required_timeout);
    let interaction = machine.known_as(part).clone();
    draft.tell_agent(agent, Fact::DispositionOwed { medium, interaction, until })?;
    Ok(true)
}

/// The time of what an agent owes may be over.
pub(super) fn expire(draft: &mut Draft<'_>, agent: &UserId) -> Result<(), DecideError> {
    let now = draft.now;
    let due: Vec<InteractionId> = match draft.agent(agent)? {
        Some(found) => found
            .owed()
            .iter()
            .filter(|owed| owed.until <= now)
            .map(|owed| owed.interaction.clone())
            .collect(),
        None => return Ok(()),
    };
    settle(draft, agent, &SettledBy::Timeout, |_, interaction| due.contains(interaction))
}

/// A supervisor who leads an agent, or an administrator, lets them off.
pub(super) fn let_off(
    draft: &mut Draft<'_>,
    agent: &UserId,
    by: &UserId,
    medium: Option<&MediumName>,
) -> Result<(), DecideError> {
    if !lead::administers(draft, by)? && !lead::leads(draft, by, agent)? {
        return Err(Refusal::RoleMissing.into());
    }
    settle(draft, agent, &SettledBy::Supervisor(by.clone()), |of, _| medium.is_none_or(|medium| medium == of))
}

//! Offers, the same for conversations and calls: who may be offered what now, and what becomes of an agent who did not
//! answer.

use super::{DecideError, Draft};
use crate::{
    MediumName, Millis, QueueName, Refusal, UserId,
    across::Taken,
    agent::{self, AgentState, Readiness},
    centre::{Centre, system_states},
    interaction::{Interaction, Part},
    notice::Wording,
    offer::{Candidate, Work, stands},
    session::Session,
};
use std::sync::Arc;

/// Somebody who is to be offered something.
pub(super) struct Offering<'a> {
    pub agent: &'a UserId,
    /// The queue whose work it is; `None` when a colleague hands it over.
    pub queue: Option<&'a QueueName>,
    /// They are not offered it before this moment.
    pub barred_until: Option<Millis>,
    /// Whether their phone is in service and takes calls.
    pub has_phone: bool,
}

/// Refuses an offer that something stands against ([`Candidate::obstacle`]), or to somebody who takes part already.
pub(super) fn permit<I: Interaction>(
    draft: &mut Draft<'_>,
    interaction: &I,
    offering: &Offering<'_>,
) -> Result<(), DecideError> {
    let medium = &interaction.medium();
    let Offering { agent, queue, barred_until, has_phone } = *offering;
    let queue = match queue {
        Some(name) => draft.queue_if_any(name)?,
        None => None,
    };
    let (user, at_work) = (draft.user(agent)?, draft.agent(agent)?);
    let Some(at_work) = at_work.as_deref() else { return Err(not(medium, "not logged in")) };
    let (centre, extra) = (draft.centre()?, Taken::new());
    let candidate = Candidate {
        agent: Some(at_work),
        user: Some(&user),
        centre: Some(&centre),
        extra: &extra,
        has_phone,
    };
    // In a call somebody may take part although their latest part in it is over.
    let takes_part = interaction.parts().iter().any(|part| part.is_live() && part.agent() == Some(agent));
    let work = Work { medium, queue: queue.as_deref(), takes_part, barred_until, is_given_up: false };
    match candidate.obstacle(&work, draft.now) {
        Some(obstacle) => Err(not(medium, obstacle.in_brief())),
        None => Ok(()),
    }
}

/// Refuses somebody who is not logged in on a medium or has no free slot of it. They need not be ready, nor need what they
/// have of other media leave room: what they begin themselves is not offered to them.
pub(super) fn permit_own(
    draft: &mut Draft<'_>,
    medium: &MediumName,
    agent: &UserId,
) -> Result<(), DecideError> {
    let (user, at_work) = (draft.user(agent)?, draft.agent(agent)?);
    let Some(at_work) = at_work.as_deref() else { return Err(not(medium, "not logged in")) };
    if at_work.channel(medium).is_none() {
        return Err(not(medium, "not logged in on this channel"));
    }
    let (centre, extra) = (draft.centre()?, Taken::new());
    let candidate = Candidate {
        agent: Some(at_work),
        user: Some(&user),
        centre: Some(&centre),
        extra: &extra,
        has_phone: false,
    };
    if candidate.has_room(medium) { Ok(()) } else { Err(not(medium, "no free slot")) }
}

/// Refuses to ask one more into a conversation that so many were asked into already.
pub(super) fn permit_more(session: &Session) -> Result<(), DecideError> {
    if session.takes_more_parts() {
        return Ok(());
    }
    Err(not(&session.medium, "as many as can be have been asked into it"))
}

/// The refusal of an offer.
pub(super) fn not(medium: &MediumName, why: &'static str) -> DecideError {
    Refusal::NotAvailable { medium: medium.clone(), why }.into()
}

/// When an offer of a queue's work that is made now lapses.
pub(super) fn lapses_at(draft: &mut Draft<'_>, queue: &QueueName) -> Result<Millis, DecideError> {
    let queue = draft.queue_if_any(queue)?;
    Ok(draft.now + stands(queue.as_deref()))
}

/// For how long an agent who did not take an offer of a queue's work is not asked again, in milliseconds.
pub(super) fn cool_down(draft: &mut Draft<'_>, queue: &QueueName) -> Result<Millis, DecideError> {
    Ok(draft.queue_if_any(queue)?.map_or(0, |queue| queue.cool_down))
}

/// An agent who did not answer is not ready until they say so. One who is not ready by their own choice keeps the
/// reason they gave.
pub(super) fn make_not_ready(
    draft: &mut Draft<'_>,
    agent: &UserId,
    medium: &MediumName,
) -> Result<(), DecideError> {
    let was_ready = draft.agent(agent)?.is_some_and(|found| found.is_ready(medium));
    if was_ready && let Some(state) = not_ready(&*draft.centre()?, Wording::NoAnswer) {
        let channels = vec![medium.clone()];
        draft.tell_agent(
            agent,
            agent::Fact::StateChanged { channels, state, by_server: true, until: None, after_call: None },
        )?;
    }
    Ok(())
}

/// The plain not-ready state of the centre, or of every installation, with a reason of the server's.
pub(super) fn not_ready(centre: &Centre, reason: Wording) -> Option<Arc<AgentState>> {
    let plain = |state: &&Arc<AgentState>| state.state == Readiness::NotReady && state.work_mode.is_none();
    let state = centre.agent_states.iter().find(plain).cloned();
    let state = state.or_else(|| system_states().iter().find(plain).cloned())?;
    Some(Arc::new(AgentState { reason: Some(reason.sentence().into()), ..Arc::unwrap_or_clone(state) }))
}

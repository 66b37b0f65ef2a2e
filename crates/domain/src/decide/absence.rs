//! An agent's client that fell silent (spec: decisions#12): nothing more is offered to them, and after a while what they
//! hold is given back. Calls follow the phone, not the client.

use super::{DecideError, Draft, after_call, hot_desk, offer, take_over, work};
use crate::{
    InteractionId, MediumName, Millis, UserId,
    agent::{Agent, Fact},
    medium,
    notice::Wording,
    session::EndedBy,
};

/// After how long a phone is looked at again at which the agent had a call, in milliseconds.
const AGAIN: Millis = 60_000;

/// An agent's client fell silent. Told again, it can only move on when what they hold is given back.
pub(super) fn lost(
    draft: &mut Draft<'_>,
    id: &UserId,
    since: Millis,
    until: Option<Millis>,
) -> Result<(), DecideError> {
    let Some(agent) = draft.agent(id)?.filter(|agent| agent.login.is_some()) else { return Ok(()) };
    if let Some(absence) = agent.absence() {
        let is_later = absence.until.is_some_and(|before| until.is_none_or(|until| until > before));
        return if is_later { draft.tell_agent(id, Fact::AbsenceUntil { until }) } else { Ok(()) };
    }
    draft.tell_agent(id, Fact::ConnectionLost { since, until })?;
    make_not_ready(draft, id, &agent)
}

/// It is heard again. The agent says themselves when they are ready.
pub(super) fn back(draft: &mut Draft<'_>, id: &UserId) -> Result<(), DecideError> {
    let is_lost = draft.agent(id)?.is_some_and(|agent| agent.absence().is_some());
    if is_lost { draft.tell_agent(id, Fact::ConnectionBack) } else { Ok(()) }
}

/// The time in which what they hold is kept may be over.
pub(super) fn over(draft: &mut Draft<'_>, id: &UserId) -> Result<(), DecideError> {
    let Some(agent) = draft.agent(id)? else { return Ok(()) };
    if agent.absence().and_then(|absence| absence.until).is_none_or(|until| until > draft.now) {
        return Ok(());
    }
    let voice = medium::voice();
    let texts = agent.slots.iter().filter(|(medium, _)| **medium != voice);
    let held: Vec<InteractionId> = texts.flat_map(|(_, held)| held).cloned().collect();
    for session in held {
        take_over::give_back(draft, &session, id)?;
    }
    let is_guest = agent.desk().is_some();
    // Others may want the phone, but not while the agent talks on it.
    let until = (is_guest && hot_desk::is_on_a_call(draft, &agent)?).then_some(draft.now + AGAIN);
    if is_guest && until.is_none() {
        leave_desk(draft, id, &agent)?;
    }
    let is_at_work = draft.agent(id)?.is_some_and(|agent| agent.login.is_some());
    if is_at_work { draft.tell_agent(id, Fact::AbsenceUntil { until }) } else { Ok(()) }
}

/// A phone that is not the agent's own is free for others, and they take no calls any more: at their own phone another may
/// work meanwhile.
fn leave_desk(draft: &mut Draft<'_>, id: &UserId, agent: &Agent) -> Result<(), DecideError> {
    let voice = medium::voice();
    if agent.channel(&voice).is_some() {
        work::leave_channel(draft, id, &voice, EndedBy::ConnectionLost)
    } else {
        hot_desk::leave_idle(draft, id)
    }
}

/// Every channel that takes work now, or will by itself. One that takes none by the agent's own choice keeps the reason
/// they gave.
fn make_not_ready(draft: &mut Draft<'_>, id: &UserId, agent: &Agent) -> Result<(), DecideError> {
    let Some(state) = offer::not_ready(&*draft.centre()?, Wording::ConnectionLost) else { return Ok(()) };
    let voice = medium::voice();
    let follows_ready = agent.login.as_ref().is_some_and(|login| {
        login.wrap_up.is_some() || login.after_call.as_ref().is_some_and(|after| after.then.is_none())
    });
    let channels = agent.login.iter().flat_map(|login| login.channels.keys());
    let is_concerned = |channel: &&MediumName| agent.is_ready(channel) || **channel == voice && follows_ready;
    let mut channels: Vec<MediumName> = channels.filter(is_concerned).cloned().collect();
    if channels.contains(&voice) && after_call::choose(draft, id, &state, None)? {
        channels.retain(|channel| *channel != voice);
    }
    if channels.is_empty() {
        return Ok(());
    }
    draft.tell_agent(
        id,
        Fact::StateChanged { channels, state, by_server: true, until: None, after_call: None },
    )
}

//! Agents at work: contact-centre sessions and channel states.

use super::{
    DecideError, Draft, after_call, calls, ending, hot_desk, invite, owed, part, succession, supervise,
    withdraw,
};
use crate::{
    Event, InteractionId, Key, MediumName, Refusal, UserId,
    agent::{self, Agent, Fact},
    command::{AgentAct, Workplace},
    medium,
    message::Content,
    session::{self, AgentPartyState, EndedBy, Invitation},
};
use std::collections::BTreeSet;

pub(super) fn act(draft: &mut Draft<'_>, agent: &UserId, act: &AgentAct) -> Result<(), DecideError> {
    match act {
        AgentAct::LogIn { channels, place } => log_in(draft, agent, channels, place.as_ref()),
        AgentAct::Sit(place) => hot_desk::sit(draft, agent, place),
        AgentAct::LogOut => log_out(draft, agent, EndedBy::Agent),
        AgentAct::SetState { channel, operation, wrap_up } => {
            let Some(state) = draft.centre()?.agent_state(operation).cloned() else {
                return Err(Refusal::UnknownOperation(operation.clone()).into());
            };
            let mut channels = channels(draft, agent, channel.as_ref())?;
            // Only a phone has calls to work after.
            let mut is_voice = channels.contains(&medium::voice());
            if is_voice && after_call::choose(draft, agent, &state, *wrap_up)? {
                is_voice = false;
                channels.retain(|channel| *channel != medium::voice());
                if channels.is_empty() {
                    return Ok(());
                }
            }
            let until = wrap_up.filter(|length| *length > 0 && is_voice).map(|length| draft.now + length);
            let changed = Fact::StateChanged { channels, state, by_server: false, until, after_call: None };
            draft.tell_agent(agent, changed)
        }
        AgentAct::DoNotDisturb { channel, on } => {
            let channels = channels(draft, agent, channel.as_ref())?;
            draft.tell_agent(agent, Fact::DoNotDisturb { channels, on: *on })
        }
    }
}

/// Begins the session, or takes in what is new; a repeat (a page reload) changes nothing.
fn log_in(
    draft: &mut Draft<'_>,
    id: &UserId,
    channels: &[MediumName],
    asked: Option<&Workplace>,
) -> Result<(), DecideError> {
    let user = draft.user(id)?;
    let agent = draft.agent(id)?;
    let login = agent.as_ref().and_then(|agent| agent.login.as_ref());
    let started = |channel: &&MediumName| login.is_some_and(|login| login.channels.contains_key(*channel));
    let new: BTreeSet<MediumName> = channels.iter().filter(|channel| !started(channel)).cloned().collect();
    let begins = login.is_none();
    if !begins && new.is_empty() {
        return hot_desk::take(draft, id, asked, begins);
    }
    // An agent who has a place already stays there unless they name another.
    let usual = user.place.clone().filter(|_| begins);
    let place = asked.and_then(|asked| asked.name.clone()).or(usual);
    let fact = Fact::LoggedIn { place, channels: new.into_iter().collect() };
    // The agent's name may have changed since they last worked.
    let event = agent::AgentEvent { user_name: user.user_name.clone(), fact, by: None, elapsed_ms: None };
    draft.push(Key::Agent(id.clone()), Event::Agent(event))?;
    hot_desk::take(draft, id, asked, begins)
}

/// Ends the session. What the agent still has goes back to its queue if a customer is waiting in it, and is
/// completed otherwise (spec: digital-channels#5.5).
pub(super) fn log_out(draft: &mut Draft<'_>, id: &UserId, closer: EndedBy) -> Result<(), DecideError> {
    let Some(agent) = draft.agent(id)? else { return Ok(()) };
    if agent.login.is_none() {
        return Ok(());
    }
    // Calls go on: an agent who logs out still holds the phone.
    let voice = medium::voice();
    let texts = agent.slots.iter().filter(|(medium, _)| **medium != voice);
    let held: Vec<InteractionId> = texts.flat_map(|(_, held)| held).cloned().collect();
    drop(agent);
    for session in held {
        let_go(draft, &session, id, closer)?;
    }
    calls::logged_out(draft, id)?;
    supervise::logged_out(draft, id, None)?;
    hot_desk::leave(draft, id, None)?;
    draft.tell_agent(id, Fact::LoggedOut)
}

/// Ends one channel of the session, and what the agent still has on it as the end of the session does; the last one ends
/// the session.
pub(super) fn leave_channel(
    draft: &mut Draft<'_>,
    id: &UserId,
    channel: &MediumName,
    closer: EndedBy,
) -> Result<(), DecideError> {
    let channels = channels(draft, id, Some(channel))?;
    let Some(agent) = draft.agent(id)? else { return Ok(()) };
    if agent.login.as_ref().is_some_and(|login| login.channels.len() == 1) {
        return log_out(draft, id, closer);
    }
    if *channel == medium::voice() {
        calls::logged_out(draft, id)?;
        hot_desk::leave_idle(draft, id)?;
    } else {
        for session in agent.slots.get(channel).into_iter().flatten() {
            let_go(draft, session, id, closer)?;
        }
        supervise::logged_out(draft, id, Some(channel))?;
    }
    draft.tell_agent(id, Fact::ChannelsLeft { channels })
}

fn let_go(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    agent: &UserId,
    closer: EndedBy,
) -> Result<(), DecideError> {
    let session = draft.session(id)?;
    let party = part::live(&session, agent)?;
    match party.state {
        AgentPartyState::Invited => {
            taken_away(draft, id, agent)?;
            invite::end(draft, &session, party, AgentPartyState::Revoked, closer)?;
            // An agent who lets it go puts it back themselves.
            if closer != EndedBy::Agent && party.invitation == Invitation::Queue {
                draft.tell(id, invite::requeued(&session))?;
            }
        }
        AgentPartyState::Chatting => {
            withdraw::all(draft, id, Some(agent), closer)?;
            succession::pass_on(draft, &session, party, true)?;
            let session = draft.session(id)?;
            let is_taken = session.customer.present && party.talks() && succession::is_alone(&session, agent);
            if is_taken {
                taken_away(draft, id, agent)?;
            }
            draft.say(id, party.author(), Content::Left)?;
            if is_taken {
                part::close_party(draft, id, agent, AgentPartyState::Revoked, closer, None)?;
                draft.tell(id, invite::requeued(&session))?;
            } else {
                part::close_party(draft, id, agent, AgentPartyState::Completed, closer, None)?;
            }
        }
        _ => part::close_party(draft, id, agent, AgentPartyState::Completed, closer, None)?,
    }
    ending::end_if_idle(draft, id)
}

/// Tells that a supervisor takes a conversation from an agent, if one does.
fn taken_away(draft: &mut Draft<'_>, id: &InteractionId, agent: &UserId) -> Result<(), DecideError> {
    match draft.by.clone() {
        Some(by) => {
            let taken = session::Fact::TakenAway { agent: agent.clone(), by: Some(by), barred_until: None };
            draft.tell(id, taken)
        }
        None => Ok(()),
    }
}

/// Time has run out for an agent: for what they owe, or for work after a call.
pub(super) fn wrap_up_over(draft: &mut Draft<'_>, id: &UserId) -> Result<(), DecideError> {
    owed::expire(draft, id)?;
    after_call::over(draft, id)
}

/// The channels an operation means: the one it names, or all of the session.
fn channels(
    draft: &mut Draft<'_>,
    agent: &UserId,
    channel: Option<&MediumName>,
) -> Result<Vec<MediumName>, DecideError> {
    let agent = draft.agent(agent)?;
    let login = agent.as_ref().and_then(|agent: &super::draft::SnapshotRef<Agent>| agent.login.as_ref());
    let Some(login) = login else { return Err(Refusal::NotLoggedIn.into()) };
    match channel {
        Some(channel) if login.channels.contains_key(channel) => Ok(vec![channel.clone()]),
        Some(_) => Err(Refusal::NotLoggedIn.into()),
        None => Ok(login.channels.keys().cloned().collect()),
    }
}

//! Notifications of channel states. Every one lists all channels: one client rebuilds its whole map from it,
//! another takes each entry (spec: digital-channels#5.5).

use super::seen::{after, user_of};
use desk::ports::{NewNote, TxView};
use domain::{
    DecideError, Decision, Key, State,
    agent::{Agent, Fact},
    medium::{VOICE, voice},
};
use gws::{
    UserActivity, activity,
    notification::{CHANNELS_TOPIC, ChannelStateChangeMessageV2, text},
};

/// The note that a fact of an agent means, if any; a later one of the same commit replaces it.
pub(super) fn render(
    sight: &mut dyn TxView,
    decision: &Decision,
    agent: &Agent,
    fact: &Fact,
    notes: &mut Vec<NewNote>,
) -> Result<(), DecideError> {
    match fact {
        // Changes that concern only the phone are told as changes of the phone.
        Fact::StateChanged { channels, .. } | Fact::DoNotDisturb { channels, .. }
            if channels.iter().all(|channel| channel.as_str() == VOICE) =>
        {
            return Ok(());
        }
        Fact::LoggedIn { .. } | Fact::LoggedOut | Fact::StateChanged { .. } | Fact::DoNotDisturb { .. } => {}
        Fact::SlotTaken { .. } | Fact::SlotFreed { .. } | Fact::Focused { .. } => return Ok(()),
    }
    let Some(user) = user_of(sight, decision, &agent.id)? else { return Ok(()) };
    let message = ChannelStateChangeMessageV2::new(&user, agent, activity_of(sight, decision, agent)?);
    notes.retain(|note| note.agent != agent.id || &*note.channel != CHANNELS_TOPIC);
    notes.push(NewNote {
        agent: agent.id.clone(),
        channel: CHANNELS_TOPIC.into(),
        body: text(&message).into(),
        about: Key::Agent(agent.id.clone()),
    });
    Ok(())
}

/// What an agent's phone does as a decision leaves it.
fn activity_of(
    sight: &mut dyn TxView,
    decision: &Decision,
    agent: &Agent,
) -> Result<UserActivity, DecideError> {
    let mut calls = Vec::new();
    for id in agent.slots.get(&voice()).into_iter().flatten() {
        calls.extend(after(sight, decision, &Key::Call(id.clone()))?);
    }
    let parts = calls.iter().filter_map(|state| match &**state {
        State::Call(call) => Some((&**call, call.live_party(&agent.id)?)),
        _ => None,
    });
    Ok(activity(parts))
}

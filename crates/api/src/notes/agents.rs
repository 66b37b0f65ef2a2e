//! Notifications of channel states. Every one lists all channels: one client rebuilds its whole map from it,
//! another takes each entry (digital-channels §5.5).

use crate::wire::channel_resources;
use desk::ports::NewNote;
use domain::{
    Key,
    agent::{Agent, Fact},
    medium::VOICE,
};
use serde_json::json;

const TOPIC: &str = "/v2/me/channels";

/// The note that a fact of an agent means, if any; a later one of the same commit replaces it.
pub(super) fn render(agent: &Agent, fact: &Fact, notes: &mut Vec<NewNote>) {
    match fact {
        // What concerns the phone alone is told of it.
        Fact::StateChanged { channels, .. } | Fact::DoNotDisturb { channels, .. }
            if channels.iter().all(|channel| channel.as_str() == VOICE) =>
        {
            return;
        }
        Fact::LoggedIn { .. } | Fact::LoggedOut | Fact::StateChanged { .. } | Fact::DoNotDisturb { .. } => {}
        Fact::SlotTaken { .. } | Fact::SlotFreed { .. } | Fact::Focused { .. } => return,
    }
    let body = json!({"messageType": "ChannelStateChangeMessageV2", "channels": channel_resources(agent)});
    notes.retain(|note| note.agent != agent.id || &*note.channel != TOPIC);
    notes.push(NewNote {
        agent: agent.id.clone(),
        channel: TOPIC.into(),
        body: body.to_string().into(),
        about: Key::Agent(agent.id.clone()),
    });
}

//! Channels of an agent and their states (core-and-voice §4.6, digital-channels §5.5).

use domain::agent::{Agent, AgentState, ChannelState, Readiness};
use serde_json::{Value, json};

/// The state of a channel or device; right after login it is only that (client-requirements 24).
pub fn user_state(channel: Option<&ChannelState>) -> Value {
    match channel {
        None => json!({
            "id": "0F7F5003-EF26-4D13-A6Ef-D0C7EC819BEB",
            "displayName": "Offline",
            "state": Readiness::LoggedOut.as_str(),
        }),
        Some(ChannelState { state: None, .. }) => json!({"state": Readiness::LoggedIn.as_str()}),
        Some(ChannelState { state: Some(state), .. }) => chosen(state),
    }
}

fn chosen(state: &AgentState) -> Value {
    let mut out = json!({"id": state.id, "displayName": state.display, "state": state.state.as_str()});
    if let Some(mode) = &state.work_mode {
        out["workMode"] = mode.as_str().into();
    }
    if let Some(reason) = &state.reason {
        out["reason"] = reason.as_str().into();
    }
    out
}

/// A state as the list of states shows it. There the offline one counts as `Logout`, although whoever is in it
/// shows as `LoggedOut` (core-and-voice §4.3).
pub fn agent_state_resource(state: &AgentState) -> Value {
    let mut out = chosen(state);
    out["operationName"] = state.operation.as_str().into();
    if state.state == Readiness::LoggedOut {
        out["state"] = "Logout".into();
    }
    out
}

/// The channels of an agent's contact-centre session; none without one.
pub fn channel_resources(agent: &Agent) -> Vec<Value> {
    let login = agent.login.as_ref();
    let channels = login.into_iter().flat_map(|login| &login.channels);
    channels
        .map(|(name, state)| {
            let quiet = if state.do_not_disturb { "On" } else { "Off" };
            json!({"channel": name.as_str(), "userState": user_state(Some(state)), "doNotDisturb": quiet})
        })
        .collect()
}

//! Channels of an agent and their states (spec: core-and-voice#4.6, digital-channels#5.5).

use domain::{
    agent::{Agent, AgentState, ChannelState, Readiness},
    call::{Call, CallKind, Party, PartyState},
    medium::VOICE,
    user::User,
};
use serde_json::{Value, json};

/// The name of the switch, which is part of this program; there is only one.
pub const SWITCH: &str = "Jackfield";

/// The state of a channel or device; right after login only the state itself (spec: client-requirements#24).
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

/// A state as the list of states shows it. There the offline one counts as `Logout`, although an agent in it
/// has the state `LoggedOut` (spec: core-and-voice#4.3).
fn agent_state_resource(state: &AgentState) -> Value {
    let mut out = chosen(state);
    out["operationName"] = state.operation.as_str().into();
    if state.state == Readiness::LoggedOut {
        out["state"] = "Logout".into();
    }
    out
}

/// The states that an agent can enter by an operation. `Offline` is not among them: a session ends with its own
/// operation, so offering it would offer what is refused.
pub fn states_to_choose<'s>(states: impl Iterator<Item = &'s AgentState>) -> Vec<Value> {
    states.filter(|state| state.state != Readiness::LoggedOut).map(agent_state_resource).collect()
}

/// The channels of an agent's contact-centre session; none without one. `activity` is what the phone of `user` does now
/// ([`activity`]). Do-not-disturb stands under the name that documents give it on channels,
/// and under the one it has on devices.
pub fn channel_resources(user: &User, agent: &Agent, activity: &'static str) -> Vec<Value> {
    let login = agent.login.as_ref();
    let channels = login.into_iter().flat_map(|login| &login.channels);
    channels
        .map(|(name, state)| {
            let quiet = if state.do_not_disturb { "On" } else { "Off" };
            let mut out = json!({
                "channel": name.as_str(),
                "userState": user_state(Some(state)),
                "dndState": quiet,
                "doNotDisturb": quiet,
            });
            if name.as_str() == VOICE {
                let number = user.device.as_ref().map(|device| device.phone_number.as_str());
                out["phoneNumber"] = number.unwrap_or_default().into();
                out["switchName"] = SWITCH.into();
                out["userActivity"] = activity.into();
            }
            out
        })
        .collect()
}

/// What a phone does, from its user's parts in calls: `Idle` (spec: core-and-voice#4.6) without one, else the word of
/// the vendor's statistics. Of several parts the one that talks counts.
pub fn activity<'c>(parts: impl Iterator<Item = (&'c Call, &'c Party)>) -> &'static str {
    let rank = |party: &Party| match party.state {
        PartyState::Established => 4,
        PartyState::Dialing => 3,
        PartyState::Ringing => 2,
        PartyState::Held => 1,
        PartyState::Released => 0,
    };
    let Some((call, party)) = parts.max_by_key(|(_, party)| rank(party)) else { return IDLE };
    match (party.state, call.line(party).kind) {
        (PartyState::Released, _) => IDLE,
        (PartyState::Dialing, _) => "CallDialing",
        (PartyState::Ringing, _) => "CallRinging",
        (PartyState::Held, _) => "CallOnHold",
        (PartyState::Established, CallKind::Internal) => "CallInternal",
        (PartyState::Established, CallKind::Inbound) => "CallInbound",
        (PartyState::Established, CallKind::Outbound) => "CallOutbound",
        (PartyState::Established, CallKind::Consult) => "CallConsult",
    }
}

const IDLE: &str = "Idle";

//! Channels of an agent and their states (spec: core-and-voice#4.6, digital-channels#5.5).

use super::words::{OnOff, Readiness};
use crate::links::Links;
use domain::{
    agent::{self, Agent, ChannelState},
    call::{Call, CallKind, Party, PartyState},
    medium::VOICE,
    user::User,
};
use serde::Serialize;
use utoipa::ToSchema;

/// The name of the switch, which is part of this program; there is only one.
pub const SWITCH: &str = "Jackfield";

/// The state of a channel or device. Right after the login it is only `state` (spec: client-requirements#24).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserState {
    /// The id of the state in the centre's list, without regard to case.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// What people read.
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    /// The system state it counts as.
    state: Readiness,
    /// A finer word for it, `AfterCallWork` for instance.
    #[serde(skip_serializing_if = "Option::is_none")]
    work_mode: Option<String>,
    /// The reason it stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// The state of a channel or device.
pub fn user_state(channel: Option<&ChannelState>) -> UserState {
    match channel {
        None => UserState {
            id: Some("0F7F5003-EF26-4D13-A6Ef-D0C7EC819BEB".to_owned()),
            display_name: Some("Offline".to_owned()),
            state: Readiness(agent::Readiness::LoggedOut),
            work_mode: None,
            reason: None,
        },
        Some(ChannelState { state: None, .. }) => UserState {
            id: None,
            display_name: None,
            state: Readiness(agent::Readiness::LoggedIn),
            work_mode: None,
            reason: None,
        },
        Some(ChannelState { state: Some(state), .. }) => UserState {
            id: Some(state.id.clone()),
            display_name: Some(state.display.clone()),
            state: Readiness(state.state),
            work_mode: state.work_mode.clone(),
            reason: state.reason.clone(),
        },
    }
}

/// What a state of the centre's list counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub enum ListedReadiness {
    /// Just logged in.
    LoggedIn,
    /// Takes work.
    Ready,
    /// Takes none.
    NotReady,
    /// Not logged in. An agent in it has the state `LoggedOut` (spec: core-and-voice#4.3).
    Logout,
}

/// A state that an agent can enter by an operation, as the list of states shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentState {
    /// The id, without regard to case.
    id: String,
    /// What people read.
    display_name: String,
    /// The system state it counts as.
    state: ListedReadiness,
    /// The operation that enters it.
    operation_name: String,
    /// A finer word for it, `AfterCallWork` for instance.
    #[serde(skip_serializing_if = "Option::is_none")]
    work_mode: Option<String>,
    /// The reason it stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

fn agent_state_resource(state: &agent::AgentState) -> AgentState {
    AgentState {
        id: state.id.clone(),
        display_name: state.display.clone(),
        state: match state.state {
            agent::Readiness::LoggedIn => ListedReadiness::LoggedIn,
            agent::Readiness::Ready => ListedReadiness::Ready,
            agent::Readiness::NotReady => ListedReadiness::NotReady,
            agent::Readiness::LoggedOut => ListedReadiness::Logout,
        },
        operation_name: state.operation.clone(),
        work_mode: state.work_mode.clone(),
        reason: state.reason.clone(),
    }
}

/// The states that an agent can enter by an operation. `Offline` is not among them: a session ends with its own
/// operation, so offering it would offer what is refused.
pub fn states_to_choose<'s>(states: impl Iterator<Item = &'s agent::AgentState>) -> Vec<AgentState> {
    states.filter(|state| state.state != agent::Readiness::LoggedOut).map(agent_state_resource).collect()
}

/// A channel of an agent's contact-centre session.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Channel)]
pub struct ChannelResource {
    /// Its name: `voice`, or that of a medium.
    pub channel: String,
    /// Its state.
    user_state: UserState,
    /// Whether it takes no work, under the name that documents give it on channels.
    dnd_state: OnOff,
    /// The same under the name that it has on devices.
    do_not_disturb: OnOff,
    /// Of `voice`: the number of the agent's phone; may be empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<String>,
    /// Of `voice`: the name of the switch.
    #[serde(skip_serializing_if = "Option::is_none")]
    switch_name: Option<String>,
    /// Of `voice`: what the phone does now.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_activity: Option<UserActivity>,
    /// Its address; channels of others have none, as nothing can be done to them there.
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<String>,
    /// Its path.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
}

impl ChannelResource {
    /// The channel with its address, as its own agent sees it.
    #[must_use]
    pub fn addressed(self, links: &Links) -> Self {
        let path = format!("/me/channels/{}", self.channel);
        Self { uri: Some(links.uri(&path)), path: Some(path), ..self }
    }
}

/// The channels of an agent's contact-centre session; none without one. `activity` is what the phone of `user` does now
/// ([`activity`]).
pub fn channel_resources(user: &User, agent: &Agent, activity: UserActivity) -> Vec<ChannelResource> {
    let login = agent.login.as_ref();
    let channels = login.into_iter().flat_map(|login| &login.channels);
    channels
        .map(|(name, state)| {
            let is_voice = name.as_str() == VOICE;
            let number = || agent.device(user).map_or("", |device| device.phone_number.as_str()).to_owned();
            ChannelResource {
                channel: name.as_str().to_owned(),
                user_state: user_state(Some(state)),
                dnd_state: state.do_not_disturb.into(),
                do_not_disturb: state.do_not_disturb.into(),
                phone_number: is_voice.then(number),
                switch_name: is_voice.then(|| SWITCH.to_owned()),
                user_activity: is_voice.then_some(activity),
                uri: None,
                path: None,
            }
        })
        .collect()
}

/// What a phone does: `Idle` (spec: core-and-voice#4.6), or the word of the vendor's statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub enum UserActivity {
    /// It is in no call.
    Idle,
    /// It calls.
    CallDialing,
    /// It rings.
    CallRinging,
    /// It is held.
    CallOnHold,
    /// It talks with a colleague.
    CallInternal,
    /// It talks with somebody who called.
    CallInbound,
    /// It talks with somebody who was called.
    CallOutbound,
    /// It consults.
    CallConsult,
}

/// What a phone does, from its user's parts in calls. Of several parts the one that talks counts.
pub fn activity<'c>(parts: impl Iterator<Item = (&'c Call, &'c Party)>) -> UserActivity {
    let rank = |party: &Party| match party.state {
        PartyState::Established => 4,
        PartyState::Dialing => 3,
        PartyState::Ringing => 2,
        PartyState::Held => 1,
        PartyState::Released => 0,
    };
    let Some((call, party)) = parts.max_by_key(|(_, party)| rank(party)) else { return UserActivity::Idle };
    match (party.state, call.line(party).kind) {
        (PartyState::Released, _) => UserActivity::Idle,
        (PartyState::Dialing, _) => UserActivity::CallDialing,
        (PartyState::Ringing, _) => UserActivity::CallRinging,
        (PartyState::Held, _) => UserActivity::CallOnHold,
        (PartyState::Established, CallKind::Internal) => UserActivity::CallInternal,
        (PartyState::Established, CallKind::Inbound) => UserActivity::CallInbound,
        (PartyState::Established, CallKind::Outbound) => UserActivity::CallOutbound,
        (PartyState::Established, CallKind::Consult) => UserActivity::CallConsult,
    }
}

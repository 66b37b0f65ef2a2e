//! Agents: as they are provisioned, and at work.

use super::{
    row::{Led, Names, Row, json, schema, time, while_busy},
    words,
};
use domain::{
    MediumName,
    agent::{AgentEvent, AgentState, Fact, SettledBy},
    notice::Wording,
    user::{Role, User, UserAccountEvent},
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) const KINDS: &[Row] = &[
    ("agent.logged-in", schema::<LoggedIn<'_>>),
    ("agent.logged-out", schema::<LoggedOut<'_>>),
    ("agent.channels-left", schema::<ChannelsLeft<'_>>),
    ("agent.connection-lost", schema::<ConnectionLost<'_>>),
    ("agent.connection-back", schema::<ConnectionBack<'_>>),
    ("agent.seated", schema::<Seated<'_>>),
    ("agent.left-desk", schema::<LeftDesk<'_>>),
    ("agent.state", schema::<StateChanged<'_>>),
    ("agent.state-chosen", schema::<StateChosen<'_>>),
    ("agent.disposition-owed", schema::<DispositionOwed<'_>>),
    ("agent.disposition-settled", schema::<DispositionSettled<'_>>),
    ("agent.do-not-disturb", schema::<DoNotDisturb<'_>>),
    ("agent.monitoring-began", schema::<WatchBegan<'_>>),
    ("agent.monitoring-ended", schema::<WatchEnded<'_>>),
    ("agent.focus", schema::<Focused<'_>>),
    ("user.put", schema::<UserPut<'_>>),
    ("user.removed", schema::<UserRemoved<'_>>),
];

/// The agent that an event is about.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Who<'a> {
    /// The agent's user name.
    agent: &'a str,
    /// The agent's user id.
    agent_id: &'a str,
}

/// A contact-centre session began, or took in further channels.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct LoggedIn<'a> {
    #[serde(flatten)]
    who: Who<'a>,
    /// The place; null when none was named.
    place: Option<&'a str>,
    /// The channels that were started.
    channels: Vec<&'a str>,
}

/// The contact-centre session ended.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct LoggedOut<'a> {
    #[serde(flatten)]
    who: Who<'a>,
    #[serde(flatten)]
    led: Led<'a>,
}

/// Channels ended, and the session goes on with the others.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ChannelsLeft<'a> {
    #[serde(flatten)]
    who: Who<'a>,
    #[serde(flatten)]
    led: Led<'a>,
    /// The channels.
    channels: Vec<&'a str>,
}

/// The agent's client fell silent.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ConnectionLost<'a> {
    #[serde(flatten)]
    who: Who<'a>,
    /// When it was last heard.
    #[schemars(extend("format" = "date-time"))]
    since: String,
    /// When the conversations that the agent holds are given back; null when they are not.
    #[schemars(extend("format" = "date-time"))]
    until: Option<String>,
}

/// The agent's client is heard again.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ConnectionBack<'a> {
    #[serde(flatten)]
    who: Who<'a>,
}

/// The agent came to work at a phone that is not their own.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Seated<'a> {
    #[serde(flatten)]
    who: Who<'a>,
    /// The place where it stands; null when it has no name.
    place: Option<&'a str>,
    /// The id of the phone.
    device_id: &'a str,
    /// Its number.
    this_dn: &'a str,
}

/// The agent left that phone, for their own or with the end of the session.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct LeftDesk<'a> {
    #[serde(flatten)]
    who: Who<'a>,
    #[serde(flatten)]
    led: Led<'a>,
    /// The id of the phone that they left.
    device_id: &'a str,
    /// Its number.
    this_dn: &'a str,
    /// The place they are at from now on, which is their own; null with the end of the session.
    place: Option<&'a str>,
}

/// A supervisor begins to follow the conversations of an agent on one medium, or does so otherwise.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct WatchBegan<'a> {
    #[serde(flatten)]
    who: Who<'a>,
    /// The name of the medium.
    media: &'a str,
    /// The user name of the agent whom they follow; null when there is no such user any more.
    target: Option<String>,
    /// That agent's id.
    target_id: &'a str,
    /// How.
    #[serde(with = "words::Monitoring")]
    monitoring: domain::watch::Monitoring,
    /// Which conversations.
    #[serde(with = "words::WatchMode")]
    monitoring_mode: domain::watch::WatchMode,
}

/// A supervisor does not follow the conversations of an agent any more. They stay in those where they are.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct WatchEnded<'a> {
    #[serde(flatten)]
    who: Who<'a>,
    /// The name of the medium.
    media: &'a str,
    /// The user name of the agent; null when there is no such user any more.
    target: Option<String>,
    /// That agent's id.
    target_id: &'a str,
}

/// Channels changed their state.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct StateChanged<'a> {
    #[serde(flatten)]
    who: Who<'a>,
    #[serde(flatten)]
    led: Led<'a>,
    /// The channels.
    channels: Vec<&'a str>,
    /// Their new state.
    state: StateEntry<'a>,
    /// Whether the server did it: an offer was not answered, a call was over, or the agent's client fell silent.
    by_server: bool,
    /// The code of a reason that the server gave, which does not change: `no-answer` or `connection-lost`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "&str")]
    reason_code: Option<&'static str>,
    /// Until when work after a call lasts; null when it has no end that is known.
    #[schemars(extend("format" = "date-time"))]
    until: Option<String>,
    /// In work after a call that the server began, whether the agent has extended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "bool")]
    extended: Option<bool>,
}

/// A state was chosen for the channel `voice` that applies once work after a call is over.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct StateChosen<'a> {
    #[serde(flatten)]
    who: Who<'a>,
    #[serde(flatten)]
    led: Led<'a>,
    /// The state.
    state: StateEntry<'a>,
}

/// An agent's part of an interaction ended without the disposition that is required before the next.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct DispositionOwed<'a> {
    #[serde(flatten)]
    who: Who<'a>,
    /// The name of the medium.
    media: &'a str,
    /// The interaction as the agent knows it; of a call its `callUuid`.
    interaction_id: &'a str,
    /// When the agent is let off.
    #[schemars(extend("format" = "date-time"))]
    until: String,
}

/// An agent does not owe a disposition any more.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct DispositionSettled<'a> {
    #[serde(flatten)]
    who: Who<'a>,
    #[serde(flatten)]
    led: Led<'a>,
    /// The name of the medium.
    media: &'a str,
    /// The interaction as the agent knows it; of a call its `callUuid`.
    interaction_id: &'a str,
    /// By what.
    by: Settled,
}

/// What ended that an agent owed a disposition.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Settled {
    /// The agent set it.
    Code,
    /// A supervisor let the agent off.
    Supervisor,
    /// Its time was over.
    Timeout,
}

/// Channels were closed to work, or opened again.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct DoNotDisturb<'a> {
    #[serde(flatten)]
    who: Who<'a>,
    #[serde(flatten)]
    led: Led<'a>,
    /// The channels.
    channels: Vec<&'a str>,
    /// Closed or opened.
    on: bool,
}

/// The agent looks at another interaction, or at none.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Focused<'a> {
    #[serde(flatten)]
    who: Who<'a>,
    /// The interaction; null when it is none.
    interaction_id: Option<&'a str>,
}

/// A state that an agent can choose.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct StateEntry<'a> {
    /// Its fixed id.
    id: &'a str,
    /// The operation that enters it.
    operation_name: &'a str,
    /// What people read.
    display_name: &'a str,
    /// The system state it counts as.
    #[serde(with = "words::Readiness")]
    state: domain::agent::Readiness,
    /// A finer word for it.
    work_mode: Option<&'a str>,
    /// The reason it stands for.
    reason: Option<&'a str>,
}

impl<'a> StateEntry<'a> {
    pub fn of(state: &'a AgentState) -> Self {
        Self {
            id: &state.id,
            operation_name: &state.operation,
            display_name: &state.display,
            state: state.state,
            work_mode: state.work_mode.as_deref(),
            reason: state.reason.as_deref(),
        }
    }
}

/// The data of a fact of an agent; `None` for what follows from others.
pub(super) fn data(id: &str, event: &AgentEvent, names: Names<'_>) -> Option<Value> {
    let who = Who { agent: &event.user_name, agent_id: id };
    let led = Led::by(event.by.as_ref(), names);
    match &event.fact {
        Fact::LoggedIn { place, channels } => {
            json(LoggedIn { who, place: place.as_deref(), channels: words_of(channels) })
        }
        Fact::LoggedOut => json(LoggedOut { who, led }),
        Fact::ChannelsLeft { channels } => json(ChannelsLeft { who, led, channels: words_of(channels) }),
        Fact::ConnectionLost { since, until } => {
            json(ConnectionLost { who, since: time(*since), until: until.map(time) })
        }
        Fact::ConnectionBack => json(ConnectionBack { who }),
        Fact::Seated { place, device } => json(Seated {
            who,
            place: place.as_deref(),
            device_id: &device.id,
            this_dn: device.phone_number.as_str(),
        }),
        Fact::LeftDesk { device, place } => json(LeftDesk {
            who,
            led,
            device_id: &device.id,
            this_dn: device.phone_number.as_str(),
            place: place.as_deref(),
        }),
        Fact::StateChanged { channels, state, by_server, until, after_call } => json(StateChanged {
            who,
            led,
            channels: words_of(channels),
            state: StateEntry::of(state),
            by_server: *by_server,
            reason_code: state.reason.as_deref().filter(|_| *by_server).and_then(reason_code),
            until: until.map(time),
            extended: after_call.as_ref().map(|after| after.extended),
        }),
        Fact::StateChosen { state } => json(StateChosen { who, led, state: StateEntry::of(state) }),
        Fact::DispositionOwed { medium, interaction, until } => json(DispositionOwed {
            who,
            media: medium.as_str(),
            interaction_id: interaction.as_str(),
            until: time(*until),
        }),
        Fact::DispositionSettled { medium, interaction, by } => {
            let (by, supervisor) = match by {
                SettledBy::Code => (Settled::Code, None),
                SettledBy::Supervisor(user) => (Settled::Supervisor, Some(user)),
                SettledBy::Timeout => (Settled::Timeout, None),
            };
            json(DispositionSettled {
                who,
                led: Led::by(supervisor.or(event.by.as_ref()), names),
                media: medium.as_str(),
                interaction_id: interaction.as_str(),
                by,
            })
        }
        Fact::DoNotDisturb { channels, on } => {
            json(DoNotDisturb { who, led, channels: words_of(channels), on: *on })
        }
        Fact::Focused { session } => {
            json(Focused { who, interaction_id: session.as_ref().map(domain::InteractionId::as_str) })
        }
        Fact::WatchBegan { watch } => json(WatchBegan {
            who,
            media: watch.medium.as_str(),
            target: names(&watch.target),
            target_id: watch.target.as_str(),
            monitoring: watch.monitoring,
            monitoring_mode: watch.mode,
        }),
        Fact::WatchEnded { target, medium } => json(WatchEnded {
            who,
            media: medium.as_str(),
            target: names(target),
            target_id: target.as_str(),
        }),
        Fact::SlotTaken { .. }
        | Fact::SlotIdle { .. }
        | Fact::SlotFreed { .. }
        | Fact::AbsenceUntil { .. }
        | Fact::WatchedBy { .. } => None,
    }
}

fn words_of(channels: &[MediumName]) -> Vec<&str> {
    channels.iter().map(MediumName::as_str).collect()
}

/// The code of a reason that the server gives.
fn reason_code(reason: &str) -> Option<&'static str> {
    let known = [Wording::NoAnswer, Wording::ConnectionLost];
    known.into_iter().find(|known| reason == known.sentence()).map(Wording::code)
}

/// A user was written, as a whole. The password is not told, in whatever form.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct UserPut<'a> {
    /// The user's id.
    user_id: &'a str,
    /// The login name.
    user_name: &'a str,
    /// First name.
    first_name: &'a str,
    /// Last name.
    last_name: &'a str,
    /// E-mail address.
    email_address: &'a str,
    /// What the user may do, in the words of the API: `ROLE_AGENT` for instance.
    roles: Vec<&'static str>,
    /// Whether the user may log in.
    enabled: bool,
    /// Skills with levels.
    skills: &'a BTreeMap<String, u8>,
    /// The DN of the user's phone; null without one.
    phone_number: Option<&'a str>,
    /// The place the user sits at by default.
    place: Option<&'a str>,
    /// Slots per medium, where they differ from the centre's.
    capacity: BTreeMap<&'a str, u8>,
    /// For a medium, the other media beside which the user is offered more of it, where that differs from the centre's.
    while_busy: BTreeMap<&'a str, Vec<&'a str>>,
    /// How many interactions of all media together; null is as the centre says.
    max_total: Option<u8>,
    /// The queues whose work the user takes; empty means those whose skills the user has.
    queues: Vec<&'a str>,
    /// Settings of the user's own, by section and option.
    settings: &'a BTreeMap<String, BTreeMap<String, Value>>,
}

/// A user was taken away.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct UserRemoved<'a> {
    /// The user's id.
    user_id: &'a str,
    /// The login name.
    user_name: &'a str,
}

/// The data of a fact of a user's provisioning. Written member by member on purpose, so that no secret of a user gets in
/// by oversight.
pub(super) fn of_user(id: &str, event: &UserAccountEvent) -> Option<Value> {
    match event {
        UserAccountEvent::Put(user) => put(user),
        UserAccountEvent::Removed { user_name } => json(UserRemoved { user_id: id, user_name }),
    }
}

fn put(user: &User) -> Option<Value> {
    let User {
        id,
        user_name,
        first_name,
        last_name,
        email,
        password_hash: _,
        roles,
        enabled,
        skills,
        device,
        place,
        capacity,
        across,
        queues,
        settings,
    } = user;
    json(UserPut {
        user_id: id.as_str(),
        user_name,
        first_name,
        last_name,
        email_address: email,
        roles: roles.iter().copied().map(Role::as_str).collect(),
        enabled: *enabled,
        skills,
        phone_number: device.as_ref().map(|device| device.phone_number.as_str()),
        place: place.as_deref(),
        capacity: capacity.iter().map(|(medium, slots)| (medium.as_str(), *slots)).collect(),
        while_busy: while_busy(across),
        max_total: across.max_total,
        queues: queues.iter().map(domain::QueueName::as_str).collect(),
        settings,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::agent::Readiness;

    fn told(reason: &str, by_server: bool) -> Value {
        let state = AgentState {
            id: "X".into(),
            operation: "NotReady".into(),
            display: "Not ready".into(),
            state: Readiness::NotReady,
            work_mode: None,
            reason: Some(reason.into()),
        };
        let state = state.into();
        let fact =
            Fact::StateChanged { channels: Vec::new(), state, by_server, until: None, after_call: None };
        data("7f", &AgentEvent { user_name: "tom".into(), fact, by: None, elapsed_ms: None }, &|_| None)
            .expect("data")
    }

    #[test]
    fn a_reason_that_the_server_gives_has_a_code_beside_its_sentence() {
        let data = told("No answer", true);
        assert_eq!(
            (&data["reasonCode"], &data["state"]["reason"]),
            (&"no-answer".into(), &"No answer".into())
        );
        for (reason, by_server) in [("Lunch", true), ("No answer", false)] {
            assert!(told(reason, by_server).get("reasonCode").is_none(), "{reason}");
        }
    }
}

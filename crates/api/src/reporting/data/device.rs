//! Phones: whose they are, whether they can be reached, what they do with calls.

use super::{
    row::{Names, Row, json, schema},
    words,
};
use domain::{UserId, call::Dn, device::DeviceEvent};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

pub(super) const KINDS: &[Row] = &[
    ("device.assigned", schema::<Assigned<'_>>),
    ("device.in-service", schema::<InService<'_>>),
    ("device.out-of-service", schema::<OutOfService<'_>>),
    ("device.do-not-disturb", schema::<DoNotDisturb<'_>>),
    ("device.forwarded", schema::<Forwarded<'_>>),
    ("device.monitoring-began", schema::<MonitoringBegan<'_>>),
    ("device.monitoring-ended", schema::<MonitoringEnded<'_>>),
    ("device.user-event", schema::<UserEvent<'_>>),
];

/// A phone was provisioned for a user, or for nobody.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Assigned<'a> {
    /// Its number.
    this_dn: &'a str,
    /// The user's name; null when it is nobody's, or when they are no longer provisioned.
    agent: Option<String>,
    /// The user's id; null when it is nobody's.
    agent_id: Option<&'a str>,
}

/// A phone registered under the number.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct InService<'a> {
    /// Its number.
    this_dn: &'a str,
    /// Whether the server can make it answer.
    answers: bool,
}

/// No phone is registered under the number any more.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct OutOfService<'a> {
    /// Its number.
    this_dn: &'a str,
}

/// A phone takes no calls, or takes them again.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct DoNotDisturb<'a> {
    /// Its number.
    this_dn: &'a str,
    /// Takes none.
    on: bool,
}

/// A phone's calls go elsewhere, or come to it again.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Forwarded<'a> {
    /// Its number.
    this_dn: &'a str,
    /// Where they go; null when they come to it.
    to: Option<&'a str>,
}

/// The user of a phone follows the calls of another one.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct MonitoringBegan<'a> {
    /// Its number.
    this_dn: &'a str,
    /// The user's name.
    agent: &'a str,
    /// The user's id.
    agent_id: &'a str,
    /// The number of the other phone.
    monitored_dn: &'a str,
    /// How.
    #[serde(with = "words::Monitoring")]
    monitoring: domain::watch::Monitoring,
    /// Which calls.
    #[serde(with = "words::WatchMode")]
    monitoring_mode: domain::watch::WatchMode,
    /// How long in each.
    #[serde(with = "words::WatchScope")]
    monitoring_scope: domain::watch::WatchScope,
}

/// The user of a phone follows the calls of another one no longer.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct MonitoringEnded<'a> {
    /// Its number.
    this_dn: &'a str,
    /// The user's name; empty when they are no longer provisioned.
    agent: &'a str,
    /// The user's id; null when they followed nobody.
    agent_id: Option<&'a str>,
    /// The number of the other phone; null when they followed nobody.
    monitored_dn: Option<&'a str>,
}

/// The user of a phone sent an event that belongs to no call.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct UserEvent<'a> {
    /// Its number.
    this_dn: &'a str,
    /// The name by which contact centres know such an event.
    #[schemars(with = "&str", extend("const" = "EventUserEvent"))]
    event: &'static str,
    /// The user's name.
    agent: &'a str,
    /// The user's id.
    agent_id: &'a str,
    /// What was sent.
    user_data: &'a Map<String, Value>,
}

/// The data of an event of a phone; `None` for who works at it, which the events of agents tell.
pub(super) fn data(this_dn: &str, event: &DeviceEvent, names: Names<'_>) -> Option<Value> {
    match event {
        DeviceEvent::Assigned { owner } => json(Assigned {
            this_dn,
            agent: owner.as_ref().and_then(names),
            agent_id: owner.as_ref().map(UserId::as_str),
        }),
        DeviceEvent::Occupied { .. } | DeviceEvent::WatchedBy { .. } => None,
        DeviceEvent::Service { on: true, answers } => json(InService { this_dn, answers: *answers }),
        DeviceEvent::Service { on: false, answers: _ } => json(OutOfService { this_dn }),
        DeviceEvent::DoNotDisturb { on } => json(DoNotDisturb { this_dn, on: *on }),
        DeviceEvent::UserEvent { agent, user_name, user_data } => json(UserEvent {
            this_dn,
            event: "EventUserEvent",
            agent: user_name,
            agent_id: agent.as_str(),
            user_data: user_data.pairs(),
        }),
        DeviceEvent::Watches { user_name, watch: Some(watch), before: _ } => json(MonitoringBegan {
            this_dn,
            agent: user_name,
            agent_id: watch.supervisor.as_str(),
            monitored_dn: watch.target.as_str(),
            monitoring: watch.monitoring,
            monitoring_mode: watch.mode,
            monitoring_scope: watch.scope,
        }),
        DeviceEvent::Watches { user_name, watch: None, before } => json(MonitoringEnded {
            this_dn,
            agent: user_name,
            agent_id: before.as_ref().map(|watch| watch.supervisor.as_str()),
            monitored_dn: before.as_ref().map(|watch| watch.target.as_str()),
        }),
        DeviceEvent::Forwarded { to } => json(Forwarded { this_dn, to: to.as_ref().map(Dn::as_str) }),
    }
}

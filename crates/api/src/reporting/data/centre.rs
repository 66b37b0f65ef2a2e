//! How the contact centre is set up.

use super::{
    agent::StateEntry,
    row::{Row, json, schema},
    words,
};
use domain::{
    centre::{Centre, CentreEvent, Service},
    disposition::Rule,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const KINDS: &[Row] = &[("centre.put", schema::<Put<'_>>)];

/// The contact centre was written, as a whole.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Put<'a> {
    /// Its id.
    contact_center_id: &'a str,
    /// Its name.
    name: &'a str,
    /// Ids of the features it has.
    features: &'a BTreeSet<String>,
    /// The states an agent can choose.
    agent_states: Vec<StateEntry<'a>>,
    /// How dispositions are taken.
    disposition_rule: DispositionRule<'a>,
    /// Slots per agent, by medium.
    capacity: BTreeMap<&'a str, u8>,
    /// The services that customers come in through, by name.
    services: BTreeMap<&'a str, ServiceEntry<'a>>,
    /// Settings by section and option.
    settings: &'a BTreeMap<String, BTreeMap<String, Value>>,
}

/// How dispositions are taken.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct DispositionRule<'a> {
    /// The user-data key when a request names none.
    key: &'a str,
    /// For how many milliseconds after its completion a conversation takes a disposition.
    late_millis: i64,
    /// Which values are taken, by medium; media not named take any.
    policy: BTreeMap<&'a str, Values>,
}

/// Which values a disposition may have.
#[derive(Serialize, JsonSchema)]
#[serde(transparent)]
struct Values(#[serde(with = "words::Policy")] domain::disposition::Policy);

/// A service that customers come in through.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ServiceEntry<'a> {
    /// The name of its medium.
    media: &'a str,
    /// The queue its customers wait in.
    queue: &'a str,
    /// A customer without any request for so many milliseconds has left; where a connector carries the messages,
    /// a conversation in which nobody wrote for so long is over.
    inactivity_millis: i64,
    /// For so many milliseconds after a customer's last act they can be answered; null is always.
    reply_millis: Option<i64>,
    /// For so many milliseconds after it a person can; null is no longer than anyone.
    person_reply_millis: Option<i64>,
    /// The longest message, in characters; null is as long as any.
    max_chars: Option<u32>,
}

/// The data of a fact of the centre's provisioning.
pub(super) fn data(event: &CentreEvent) -> Option<Value> {
    match event {
        CentreEvent::Put(centre) => put(centre),
    }
}

fn put(centre: &Centre) -> Option<Value> {
    // Which object was made by whom concerns only `config apply`.
    let Centre {
        id,
        name,
        features,
        agent_states,
        disposition,
        capacity,
        services,
        settings,
        made_by_file: _,
    } = centre;
    json(Put {
        contact_center_id: id,
        name,
        features,
        agent_states: agent_states.iter().map(|state| StateEntry::of(state)).collect(),
        disposition_rule: rule(disposition),
        capacity: capacity.iter().map(|(medium, slots)| (medium.as_str(), *slots)).collect(),
        services: services.iter().map(|(name, service)| (name.as_str(), entry(service))).collect(),
        settings,
    })
}

fn rule(rule: &Rule) -> DispositionRule<'_> {
    let Rule { key, late, policy } = rule;
    let policy = policy.iter().map(|(medium, policy)| (medium.as_str(), Values(*policy))).collect();
    DispositionRule { key, late_millis: *late, policy }
}

fn entry(service: &Service) -> ServiceEntry<'_> {
    let Service { medium, queue, inactivity, terms } = service;
    ServiceEntry {
        media: medium.as_str(),
        queue: queue.as_str(),
        inactivity_millis: *inactivity,
        reply_millis: terms.reply,
        person_reply_millis: terms.person,
        max_chars: terms.max_chars,
    }
}

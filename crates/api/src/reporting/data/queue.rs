//! Provisioned queues.

use super::{Row, json, schema};
use domain::queue::{Event, Queue};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) const KINDS: &[Row] =
    &[("queue.put", schema::<Put<'_>>), ("queue.removed", schema::<Removed<'_>>)];

/// A queue was written, as a whole.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Put<'a> {
    /// Its name.
    queue: &'a str,
    /// Skills an agent must have, each with the least level.
    skills: &'a BTreeMap<String, u8>,
    /// Priority of what comes in; higher goes first.
    priority: i32,
    /// After how many milliseconds of waiting the priority rises by one; 0 is never.
    ageing_millis: i64,
    /// For how many milliseconds an offer stands.
    offer_millis: i64,
    /// For how many milliseconds an agent who refused is not offered the same conversation again.
    cool_down_millis: i64,
    /// The most conversations that may wait.
    max_waiting: u32,
    /// The DN by which callers reach it; null without one.
    routing_point: Option<&'a str>,
}

/// A queue was taken away.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Removed<'a> {
    /// Its name.
    queue: &'a str,
}

/// What a fact of a queue's provisioning tells.
pub(super) fn data(name: &str, event: &Event) -> Option<Value> {
    match event {
        Event::Put(queue) => put(queue),
        Event::Removed => json(Removed { queue: name }),
    }
}

fn put(queue: &Queue) -> Option<Value> {
    let Queue { name, skills, priority, ageing, offer, cool_down, max_waiting, routing_point } = queue;
    json(Put {
        queue: name.as_str(),
        skills,
        priority: *priority,
        ageing_millis: *ageing,
        offer_millis: *offer,
        cool_down_millis: *cool_down,
        max_waiting: *max_waiting,
        routing_point: routing_point.as_deref(),
    })
}

//! Provisioned queues.

use super::row::{Row, json, schema};
use domain::{
    call::Dn,
    queue::{self, Overflow, Queue, QueueEvent},
};
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
    /// The most conversations and calls that may wait.
    max_waiting: u32,
    /// How many of these places are kept for each medium, in percent.
    reserve_percent: u8,
    /// The DN by which callers reach it; null without one.
    routing_point: Option<&'a str>,
    /// What callers hear and where they go.
    calls: Calls<'a>,
}

/// What a queue does with calls.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Calls<'a> {
    /// The prompt a caller hears first; null without one.
    greeting: Option<&'a str>,
    /// When it takes calls, in the syntax of `opening_hours`; null is always.
    hours: Option<&'a str>,
    /// Where a call goes outside of these hours.
    closed: Elsewhere<'a>,
    /// Where a call goes while as many wait as the queue takes.
    full: Elsewhere<'a>,
    /// For how many milliseconds a call may wait; 0 is forever.
    patience_millis: i64,
    /// Where a call goes that has waited for so long.
    late: Elsewhere<'a>,
    /// How many milliseconds an agent has for work after a call; 0 is none.
    wrap_up_millis: i64,
}

/// Where a call goes that a queue does not take: released when both are null.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Elsewhere<'a> {
    /// The prompt it hears before it is released.
    announcement: Option<&'a str>,
    /// The queue it goes into.
    queue: Option<&'a str>,
}

impl<'a> Elsewhere<'a> {
    fn of(overflow: &'a Overflow) -> Self {
        match overflow {
            Overflow::Close => Self { announcement: None, queue: None },
            Overflow::Announce(prompt) => Self { announcement: Some(prompt), queue: None },
            Overflow::Queue(name) => Self { announcement: None, queue: Some(name.as_str()) },
        }
    }
}

/// A queue was taken away.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Removed<'a> {
    /// Its name.
    queue: &'a str,
}

/// The data of a fact of a queue's provisioning.
pub(super) fn data(name: &str, event: &QueueEvent) -> Option<Value> {
    match event {
        QueueEvent::Put(queue) => put(queue),
        QueueEvent::Removed => json(Removed { queue: name }),
    }
}

fn put(queue: &Queue) -> Option<Value> {
    let Queue {
        name,
        skills,
        priority,
        ageing,
        offer,
        cool_down,
        max_waiting,
        reserve_percent,
        routing_point,
        calls,
    } = queue;
    let queue::Calls { greeting, hours, closed, full, patience, late, wrap_up } = calls;
    json(Put {
        queue: name.as_str(),
        skills,
        priority: *priority,
        ageing_millis: *ageing,
        offer_millis: *offer,
        cool_down_millis: *cool_down,
        max_waiting: *max_waiting,
        reserve_percent: *reserve_percent,
        routing_point: routing_point.as_ref().map(Dn::as_str),
        calls: Calls {
            greeting: greeting.as_deref(),
            hours: hours.as_deref(),
            closed: Elsewhere::of(closed),
            full: Elsewhere::of(full),
            patience_millis: *patience,
            late: Elsewhere::of(late),
            wrap_up_millis: *wrap_up,
        },
    })
}

//! A provisioned queue.

use crate::{Millis, QueueName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A queue: who may serve it and how long an offer stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// Its name.
    pub name: QueueName,
    /// Skills an agent must have, each with the least level.
    #[serde(default)]
    pub skills: BTreeMap<String, u8>,
    /// Priority of what comes in; higher goes first.
    #[serde(default)]
    pub priority: i32,
    /// After how long of waiting the priority rises by one; 0 is never. Milliseconds.
    #[serde(default)]
    pub ageing: Millis,
    /// How long an offer stands, in milliseconds.
    pub offer: Millis,
    /// For how long an agent who refused is not offered the same conversation again, in milliseconds.
    pub cool_down: Millis,
    /// The most conversations that may wait.
    pub max_waiting: u32,
    /// The DN by which callers reach it, if any.
    #[serde(default)]
    pub routing_point: Option<String>,
}

/// What happened to a queue's provisioning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The queue was written, as a whole.
    Put(Box<Queue>),
    /// The queue was taken away.
    Removed,
}

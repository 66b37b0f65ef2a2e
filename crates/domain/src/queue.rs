//! A provisioned queue.

use crate::{
    Millis, QueueName,
    hours::{Closed, Hours},
    ids::Dn,
    requirement::Requirement,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The reserve of each medium where the settings say nothing, in percent of `max_waiting`.
pub const RESERVE_PERCENT: u8 = 10;

/// Within how many milliseconds a queue is to answer, where the settings say nothing: the 20 seconds of the usual "80 % in
/// 20 seconds". Reporting alone looks at it.
pub const SERVICE_LEVEL: Millis = 20_000;

/// Up to how many milliseconds of waiting somebody who gives up counts as one who came by mistake, where the settings say
/// nothing. Reporting alone looks at it.
pub const SHORT_ABANDON: Millis = 5_000;

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
    /// For how long a customer who comes back is kept for the agent who served them last, in milliseconds; 0 is not.
    #[serde(default, skip_serializing_if = "crate::millis::is_zero")]
    pub last_agent_wait: Millis,
    /// The most conversations and calls that may wait.
    pub max_waiting: u32,
    /// How many of these places are kept for each medium, in percent ([`crate::share`]).
    #[serde(default = "reserve_percent", skip_serializing_if = "is_usual")]
    pub reserve_percent: u8,
    /// Within how long it is to answer, in milliseconds: what reporting counts as answered in time.
    #[serde(default = "service_level", skip_serializing_if = "is_usual_level")]
    pub service_level: Millis,
    /// Who gives up before they have waited for so long, in milliseconds, is left out of the service level; 0 is nobody.
    #[serde(default = "short_abandon", skip_serializing_if = "is_usual_abandon")]
    pub short_abandon: Millis,
    /// The DN by which callers reach it, if any.
    #[serde(default)]
    pub routing_point: Option<Dn>,
    /// When it is open.
    #[serde(default, skip_serializing_if = "Hours::is_default")]
    pub hours: Hours,
    /// What becomes of somebody who writes while it is not.
    #[serde(default, skip_serializing_if = "Closed::is_queue")]
    pub closed: Closed,
    /// What callers hear and where they go.
    #[serde(default, skip_serializing_if = "Calls::is_default")]
    pub calls: Calls,
    /// Whether a disposition is required, where it says something else than the centre.
    #[serde(default, skip_serializing_if = "Requirement::is_silent")]
    pub required: Requirement,
}

impl Queue {
    /// When it takes calls.
    pub fn hours_of_calls(&self) -> Hours {
        Hours { open: self.calls.hours.clone().or_else(|| self.hours.open.clone()), ..self.hours.clone() }
    }
}

const fn reserve_percent() -> u8 {
    RESERVE_PERCENT
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
const fn is_usual(percent: &u8) -> bool {
    *percent == RESERVE_PERCENT
}

const fn service_level() -> Millis {
    SERVICE_LEVEL
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
const fn is_usual_level(time: &Millis) -> bool {
    *time == SERVICE_LEVEL
}

const fn short_abandon() -> Millis {
    SHORT_ABANDON
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
const fn is_usual_abandon(time: &Millis) -> bool {
    *time == SHORT_ABANDON
}

/// What a queue does with calls.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Calls {
    /// The prompt a caller hears first, by name.
    pub greeting: Option<String>,
    /// When it takes calls, where that is not when the queue is open: in the same syntax, with its zone and holidays.
    pub hours: Option<String>,
    /// Where a call goes outside of these hours.
    pub closed: Overflow,
    /// Where a call goes while as many wait as the queue takes.
    pub full: Overflow,
    /// For how long a call may wait, in milliseconds; 0 is forever.
    pub patience: Millis,
    /// Where a call goes that has waited for so long.
    pub late: Overflow,
    /// How long an agent has for work after a call before they are ready again, in milliseconds; 0 is none.
    pub wrap_up: Millis,
}

impl Calls {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Where a call goes that a queue does not take.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Overflow {
    /// It is released.
    #[default]
    Close,
    /// It hears a prompt, by name, and is released.
    Announce(String),
    /// It goes into another queue.
    Queue(QueueName),
}

/// What happened to a queue's provisioning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum QueueEvent {
    /// The queue was written, as a whole.
    Put(Box<Queue>),
    /// The queue was taken away.
    Removed,
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = r#"{"name":"A","skills":{},"priority":0,"ageing":0,"offer":30000,"cool_down":0,"max_waiting":10,"routing_point":null}"#;

    #[test]
    fn a_queue_without_terms_of_its_own_is_written_as_it_was_before_there_were_any() {
        let queue: Queue = serde_json::from_str(BEFORE).expect("a queue of an earlier release");
        assert_eq!((queue.service_level, queue.short_abandon), (SERVICE_LEVEL, SHORT_ABANDON));
        assert_eq!(serde_json::to_string(&queue).expect("JSON"), BEFORE);
    }

    #[test]
    fn the_terms_of_a_queue_read_back() {
        let usual: Queue = serde_json::from_str(BEFORE).expect("a queue");
        let queue = Queue { service_level: 60_000, short_abandon: 0, ..usual };
        let written = serde_json::to_string(&queue).expect("JSON");
        assert_eq!(serde_json::from_str::<Queue>(&written).expect("JSON of ours"), queue);
    }
}

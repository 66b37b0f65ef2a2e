//! When a queue is open, and what becomes of those who write while it is not. Hours are kept as they were written; who
//! can read them and knows the time zones says whether they leave a queue closed at a moment ([`Closure`]).

use crate::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// When a queue is open. Without any member it is always.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Hours {
    /// In the syntax of `OpenStreetMap`'s `opening_hours`; `None` is always, but for holidays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<String>,
    /// The time zone they are meant in, by its IANA name; `None` is that of the machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Days on which it is closed, unless the hours say otherwise by `PH`: `2026-12-25`.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub holidays: BTreeSet<String>,
}

impl Hours {
    /// Whether it is never closed.
    pub fn is_always(&self) -> bool {
        self.open.is_none() && self.holidays.is_empty()
    }

    /// Whether nothing was set.
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// What becomes of somebody who writes to a closed queue. Calls have their own ([`crate::queue::Calls::closed`]).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Closed {
    /// They wait, as if it were open.
    #[default]
    Queue,
    /// They are answered with this text, once for each closure, and wait.
    Reply(String),
    /// They are answered with this text and do not wait.
    Refuse(String),
}

impl Closed {
    /// Whether they wait and are told nothing.
    pub(crate) fn is_queue(&self) -> bool {
        *self == Self::Queue
    }

    /// What they are told.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Queue => None,
            Self::Reply(text) | Self::Refuse(text) => Some(text),
        }
    }
}

/// A time in which a queue is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closure {
    /// When it opens; `None` when it will not, as far as its hours can be told.
    pub until: Option<Millis>,
}

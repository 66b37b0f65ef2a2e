//! Interval rows: what happened in each quarter of an hour, without any value of a customer.

use domain::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The length of an interval in milliseconds: fifteen minutes. Every offset from UTC in use is a multiple of it, so that
/// hours and days of every zone are sums of intervals.
pub const INTERVAL: Millis = 15 * 60 * 1000;

/// An interval, by its beginning in milliseconds since 1970 (UTC), which is a multiple of [`INTERVAL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Interval(pub Millis);

impl Interval {
    /// The interval in which a moment lies.
    pub const fn of(at: Millis) -> Self {
        Self(at - at.rem_euclid(INTERVAL))
    }

    /// When it ends, which is when the next begins.
    pub const fn end(self) -> Millis {
        self.0 + INTERVAL
    }
}

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Table {
    /// A queue and a medium.
    Queue,
    /// An agent, and where it counts interactions a medium.
    Agent,
    /// An agent in a state: seconds by state and reason.
    State,
    /// A code that was set.
    Disposition,
}

/// Which row: no two rows of a journal have the same key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RowKey {
    /// The interval.
    pub interval: Interval,
    /// What it is about.
    pub table: Table,
    /// The queue by its name, or the agent by their id; empty where there is none.
    pub object: String,
    /// The medium by its name; empty for all.
    pub medium: String,
    /// What else tells it from others, as a JSON array of texts: of a state its name and reason, of a disposition its queue,
    /// key, code and the interval in which its interaction ended; empty where nothing does.
    pub detail: String,
}

/// What is to be added to a row. All columns are whole numbers, so that the order in which changes are added is of no
/// matter, and none is added twice that is added with the position of its fold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The row; it begins with zeros.
    pub key: RowKey,
    /// What is added to its columns, by their names.
    pub add: BTreeMap<String, i64>,
    /// What its columns are at least, by their names: the longest wait.
    pub most: BTreeMap<String, i64>,
}

/// A row as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Which.
    pub key: RowKey,
    /// Its columns, by their names; one that is not there is 0.
    pub columns: BTreeMap<String, i64>,
    /// The position in the journal up to which events had been counted when it last changed, or the least greater number
    /// where that is no greater than the one before: grows with each change, also where events are counted anew.
    pub revision: u64,
}

impl Row {
    /// The row before anything was counted.
    pub const fn new(key: RowKey) -> Self {
        Self { key, columns: BTreeMap::new(), revision: 0 }
    }

    /// Adds a change, by which the row comes to a revision.
    pub fn apply(&mut self, change: &Change, revision: u64) {
        for (column, more) in &change.add {
            let value = self.columns.entry(column.clone()).or_default();
            *value = value.saturating_add(*more);
        }
        for (column, least) in &change.most {
            let value = self.columns.entry(column.clone()).or_default();
            *value = (*value).max(*least);
        }
        self.revision = self.revision.max(revision);
    }
}

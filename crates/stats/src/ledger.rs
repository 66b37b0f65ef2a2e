//! What was counted and not taken yet, by rows.

use crate::{
    columns::Column,
    row::{Change, Interval, RowKey, Table},
};
use domain::Millis;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

/// The changes since they were last taken, and what is needed to say how long something lasted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Ledger {
    #[serde(serialize_with = "write", deserialize_with = "read")]
    rows: BTreeMap<RowKey, Sums>,
}

/// What is added to the columns of a row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sums {
    add: BTreeMap<String, i64>,
    most: BTreeMap<String, i64>,
}

impl Sums {
    /// Adds to a column; nothing is added for nothing.
    pub fn add(&mut self, column: Column, more: i64) -> &mut Self {
        if more == 0 {
            return self;
        }
        if let Some(sum) = self.add.get_mut(column.name) {
            *sum = sum.saturating_add(more);
        } else {
            self.add.insert(column.name.to_owned(), more);
        }
        self
    }

    /// Counts one.
    pub fn one(&mut self, column: Column) -> &mut Self {
        self.add(column, 1)
    }

    /// Says what a column is at least.
    pub fn most(&mut self, column: Column, least: i64) -> &mut Self {
        if least > 0 {
            let value = self.most.entry(column.name.to_owned()).or_default();
            *value = (*value).max(least);
        }
        self
    }
}

impl Ledger {
    /// The row of a queue and a medium at a moment.
    pub fn queue(&mut self, at: Millis, queue: &str, medium: &str) -> &mut Sums {
        self.row(Interval::of(at), Table::Queue, queue, medium, String::new())
    }

    /// The row of an agent and a medium at a moment.
    pub fn agent(&mut self, at: Millis, agent: &str, medium: &str) -> &mut Sums {
        self.row(Interval::of(at), Table::Agent, agent, medium, String::new())
    }

    /// The row of anything in an interval.
    pub fn row(
        &mut self,
        interval: Interval,
        table: Table,
        object: &str,
        medium: &str,
        detail: String,
    ) -> &mut Sums {
        let key = RowKey { interval, table, object: object.to_owned(), medium: medium.to_owned(), detail };
        self.rows.entry(key).or_default()
    }

    /// Takes what was counted: merged by rows, in their order, without rows to which nothing was added.
    pub fn take(&mut self) -> Vec<Change> {
        let is_something = |(_, sums): &(RowKey, Sums)| !sums.add.is_empty() || !sums.most.is_empty();
        std::mem::take(&mut self.rows)
            .into_iter()
            .filter(is_something)
            .map(|(key, Sums { add, most })| Change { key, add, most })
            .collect()
    }
}

/// Keys of JSON objects are texts: the rows are written as a list.
fn write<S: Serializer>(rows: &BTreeMap<RowKey, Sums>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(rows)
}

fn read<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<RowKey, Sums>, D::Error> {
    Ok(Vec::<(RowKey, Sums)>::deserialize(from)?.into_iter().collect())
}

/// How long something lasted, in milliseconds: nothing where a clock went back.
pub(crate) fn lasted(since: Millis, at: Millis) -> i64 {
    at.saturating_sub(since).max(0)
}

//! Rows of intervals become rows of groups, one group after the other: as much is in memory as one group has.

use super::{group::Grouping, shape::ended};
use domain::Millis;
use stats::{Interval, Row, RowKey, Table};
use std::collections::BTreeMap;

/// Takes rows in the order of their intervals and gives those of groups, in order.
pub(super) struct Sums {
    grouping: Grouping,
    /// When the group began that is being added up.
    start: Millis,
    /// Groups that begin at or after this moment are not wanted.
    to: Millis,
    rows: BTreeMap<RowKey, Row>,
    /// The queues that there are, each with the media it serves: where nothing was counted of one, its row is zeros.
    queues: Vec<(String, String)>,
}

impl Sums {
    /// Groups from the one in which a moment lies up to another moment.
    pub fn new(grouping: Grouping, from: Millis, to: Millis, queues: Vec<(String, String)>) -> Self {
        let start = grouping.start(from);
        Self { grouping, start, to, rows: BTreeMap::new(), queues }
    }

    /// When the group begins that is being added up.
    pub const fn start(&self) -> Millis {
        self.start
    }

    /// Whether a row belongs to a later group than the one that is being added up.
    pub fn is_later(&self, row: &Row) -> bool {
        row.key.interval.0 >= self.grouping.next(self.start)
    }

    /// Whether all groups are over.
    pub const fn is_over(&self) -> bool {
        self.start >= self.to
    }

    /// Adds a row to the group.
    pub fn take(&mut self, mut row: Row) {
        row.key.interval = Interval(self.start);
        if row.key.table == Table::Disposition {
            row.key.detail = self.regrouped(&row.key.detail);
        }
        match self.rows.get_mut(&row.key) {
            Some(sum) => sum.add(&row),
            None => drop(self.rows.insert(row.key.clone(), row)),
        }
    }

    /// The rows of the group, in order; the next one begins.
    pub fn close(&mut self) -> impl Iterator<Item = Row> + use<> {
        let mut rows = std::mem::take(&mut self.rows);
        for (queue, medium) in &self.queues {
            let key = RowKey {
                interval: Interval(self.start),
                table: Table::Queue,
                object: queue.clone(),
                medium: medium.clone(),
                detail: String::new(),
            };
            rows.entry(key.clone()).or_insert_with(|| Row::new(key));
        }
        self.start = self.grouping.next(self.start);
        rows.into_values()
    }

    /// The detail of a code, with the group in which its interaction ended in place of the interval.
    fn regrouped(&self, detail: &str) -> String {
        let Ok(mut parts) = serde_json::from_str::<Vec<serde_json::Value>>(detail) else {
            return detail.into();
        };
        if let Some(last) = parts.get_mut(3)
            && let Some(at) = ended(last)
        {
            *last = self.grouping.start(at).into();
        }
        serde_json::Value::Array(parts).to_string()
    }
}

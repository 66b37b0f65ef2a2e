//! What reporting counted, as the strict store keeps it.

use desk::ports::{Counted, StoreFault};
use stats::{Interval, Row, RowKey, Table};
use std::collections::{BTreeMap, VecDeque};

/// What was counted.
#[derive(Default)]
pub(super) struct ReportsData {
    pub kept: Option<Kept>,
    pub rows: BTreeMap<RowKey, Row>,
    pub intervals: BTreeMap<(Table, Interval), CountedInterval>,
    /// What the next batches fail with.
    pub faults: VecDeque<StoreFault>,
}

impl ReportsData {
    pub fn fail(&mut self, faults: impl IntoIterator<Item = StoreFault>) {
        self.faults.extend(faults);
    }
}

/// How far events are counted.
pub(super) struct Kept {
    pub counted: Counted,
    /// The newest event when counting began anew.
    pub upto: u64,
    /// How often it began anew.
    pub epoch: u64,
}

/// An interval that has rows: the greatest revision of theirs, and the epoch in which it last began with zeros.
#[derive(Clone, Copy)]
pub(super) struct CountedInterval {
    pub revision: u64,
    pub epoch: u64,
}

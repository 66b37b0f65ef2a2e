//! What reporting counted: rows of intervals, and how far the events of the journal are in them.

use super::StoreFault;
use domain::Millis;
use futures::future::BoxFuture;
use stats::{Change, Interval, Row, RowKey, Table};

/// What was counted, and up to where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Events up to and with this sequence number are counted.
    pub position: u64,
    /// The number of the last batch: grows with each, is never less than the position, and is what rows changed by it have
    /// as [`Row::revision`].
    pub revision: u64,
    /// The state in which counting goes on; `None` where it begins with the first event of the journal.
    pub state: Option<String>,
    /// Rows of intervals before this one are left as they are until what was counted before is counted anew; `None` where
    /// the journal still has all its events.
    pub since: Option<Interval>,
    /// Events up to and with this sequence number might have been deleted when counting began. If more are gone of what is
    /// not counted yet, it must begin anew.
    pub oldest: u64,
}

/// What is to be counted at once.
#[derive(Clone, Debug)]
pub struct CountBatch {
    /// The revision on which it goes on ([`Counted::revision`]).
    pub on: u64,
    /// The sequence number up to and with which events are counted then.
    pub upto: u64,
    /// The state in which counting goes on behind it.
    pub state: String,
    /// What is added to rows.
    pub changes: Vec<Change>,
}

/// What became of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountOutcome {
    /// It is counted, and this is the revision now.
    Written(u64),
    /// Nothing was written: since the batch was begun, another node counted, or counting began anew.
    Passed,
}

/// Which rows a reader wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowQuery {
    /// What they are about.
    pub table: Table,
    /// Rows of intervals that begin at or after this moment.
    pub from: Millis,
    /// Rows of intervals that begin before this moment.
    pub to: Millis,
    /// Only rows of this queue or agent ([`RowKey::object`]).
    pub object: Option<String>,
    /// Only rows whose revision is greater.
    pub changed_since: Option<u64>,
    /// Only rows behind this one, in the order of their keys.
    pub after: Option<RowKey>,
    /// The most rows; never more than 10,000 are answered.
    pub limit: u32,
}

/// A page of rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowPage {
    /// In the order of their keys. A row that cannot be read is left out, and the log tells of it.
    pub rows: Vec<Row>,
    /// Behind which row the next page begins ([`RowQuery::after`]); `None` when there are no more.
    pub next: Option<RowKey>,
    /// The revision of the moment at which the page was read: a reader who has all of its rows asks for what changed since
    /// the revision of their first page.
    pub revision: u64,
}

/// Which intervals a reader wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntervalQuery {
    /// What their rows are about.
    pub table: Table,
    /// Intervals that begin at or after this moment.
    pub from: Millis,
    /// Intervals that begin before this moment.
    pub to: Millis,
    /// Only intervals whose revision is greater.
    pub changed_since: Option<u64>,
    /// The most intervals; never more than 10,000 are answered.
    pub limit: u32,
}

/// Keeps what reporting counted: part of the port [`super::Store`]. Retention and erasure of conversations leave it alone,
/// and a copy of the journal has it. Batches are counted exactly once and have one order, whichever nodes count.
pub trait Reports: Send + Sync + 'static {
    /// How far the journal is counted; `None` where nobody ever began ([`Reports::recount`]).
    fn counted(&self) -> BoxFuture<'static, Result<Option<Counted>, StoreFault>>;

    /// Adds a batch to the rows it names and keeps its state, at once and durably; or writes nothing, if the kept revision
    /// is not the one it goes on.
    fn count(&self, batch: CountBatch) -> BoxFuture<'static, Result<CountOutcome, StoreFault>>;

    /// Has counting begin anew with the first event of the journal, without a state. While events are counted that had been
    /// counted before, each interval begins with zeros at its first change, and intervals of which the journal may not have
    /// all events any more are left as they are, so that no row is lowered for lack of them: those that begin before the
    /// answer. It is `None` where the journal has all of its events, and never after the interval in which `now` lies ends.
    fn recount(&self, now: Millis) -> BoxFuture<'static, Result<Option<Interval>, StoreFault>>;

    /// A page of rows.
    fn interval_rows(&self, query: RowQuery) -> BoxFuture<'static, Result<RowPage, StoreFault>>;

    /// Intervals that have rows, in order, with the greatest revision of their rows.
    fn intervals(&self, query: IntervalQuery)
    -> BoxFuture<'static, Result<Vec<(Interval, u64)>, StoreFault>>;

    /// Deletes the rows of intervals before one, in small steps so that others get their turn; answers how many.
    fn forget_rows(&self, before: Interval) -> BoxFuture<'static, Result<u64, StoreFault>>;
}

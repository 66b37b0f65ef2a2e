//! What reporting counts: interval rows and live values, as a pure fold over the events of the journal.
//!
//! Nothing here reads a clock, a file or a setting: all of it is in the events, so that a fold that was killed and goes on
//! from its saved state arrives where one arrives that was not.

mod agents;
mod calls;
pub mod columns;
pub mod definition;
mod dispositions;
mod fold;
mod ledger;
mod live;
mod queueing;
mod row;
mod sessions;
pub mod statistics;
pub mod window;

pub use fold::{FORMAT, Fold, LONGEST_GAP};
pub use live::{AgentNow, ChannelNow, Live, Waiting};
pub use row::{Change, INTERVAL, Interval, Row, RowKey, Table};

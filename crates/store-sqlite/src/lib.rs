//! The embedded journal: one SQLite file, one writer, any number of readers.
//!
//! [`SqliteStore`] implements [`desk::ports::Store`]. Callers put jobs into a queue; the writer's thread takes all jobs
//! that wait there, runs them in one transaction, and answers all of them when that transaction is on the disk.
//! It never waits to fill a group, so a lone caller pays one `fsync` and sixty-four share one.
//!
//! Reading order: `open` (over `connect`) with what the last process left (`left`, `mark`, `wal`, `damage`);
//! `document`, `unreadable`; `queue`, `writer`, `group`, `tx_view`, `flush`, `checkpoint`; then the readers (`cache`,
//! `pool`, `snapshot`, `mailbox`, `feed`, `session_table`, `binding`, `task`, `quarantine`,
//! `report_rows`); then the operator's tools
//! (`retention`, `erase`, `person`, `raw_search`, `backup`, `clear`, `rebuild`, `finish`).

mod backup;
mod binding;
mod cache;
mod checkpoint;
mod clear;
mod connect;
mod damage;
mod digests;
mod document;
mod erase;
mod fault;
mod feed;
mod files;
mod finish;
mod flush;
mod fold;
mod group;
mod health;
mod left;
mod limited;
mod limits;
mod links;
mod mailbox;
mod mark;
mod message_key;
mod open;
mod open_error;
mod operator;
mod person;
mod pool;
mod quarantine;
mod queue;
mod raw_search;
mod reader;
mod rebuild;
mod report_rows;
mod reports;
mod result;
mod retention;
mod schema;
mod session_table;
mod snapshot;
mod store;
mod task;
mod tx_view;
mod unreadable;
mod wal;
mod writer;

pub use backup::{BackupError, backup, restore};
pub use clear::clear;
pub use finish::finish;
pub use health::Health;
pub use open::Options;
pub use open_error::OpenError;
pub use operator::{OperatorError, SqliteDirectory};
pub use reader::SqliteReader;
pub use rebuild::{RebuildError, accept_loss, rebuild};
pub use store::SqliteStore;

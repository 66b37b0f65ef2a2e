//! A reader for programs that do not write, beside a server that does.

use crate::{Traces, fault::Fault, feed, open, open::OpenError, person, schema, snapshot};
use desk::ports::{FeedPage, FeedQuery, StoreFault};
use domain::{Kind, State};
use rusqlite::Connection;
use std::{path::Path, sync::Arc};

/// A journal opened without its lock, for reading, usable while a server runs in another process. Its functions
/// block.
pub struct SqliteReader {
    conn: Connection,
    stream_id: String,
}

impl SqliteReader {
    /// Opens the journal of a directory. Needs the exact schema of this program.
    pub fn open(dir: &Path) -> Result<Self, OpenError> {
        let conn = open::reader_beside(dir)?;
        let stream_id = schema::meta(&conn, "stream_id")?
            .ok_or_else(|| Fault::Damaged("the journal has no stream id".into()))?;
        Ok(Self { conn, stream_id })
    }

    /// The id of this journal's stream ([`desk::ports::Store::stream_id`]).
    pub fn stream_id(&self) -> &str {
        &self.stream_id
    }

    /// A page of events ([`desk::ports::Store::events`]).
    pub fn events(&self, query: &FeedQuery) -> Result<FeedPage, StoreFault> {
        Ok(feed::page(&self.conn, query)?)
    }

    /// Every snapshot of a kind that is still open ([`desk::ports::Store::open`]).
    pub fn states(&self, kind: Kind) -> Result<Vec<Arc<State>>, StoreFault> {
        Ok(snapshot::open(&self.conn, kind)?.into_iter().map(|(_, entry)| entry.state).collect())
    }

    /// What holds a value of a customer's: see [`crate::SqliteStore::find_person`].
    pub fn find_person(&self, value: &str) -> Result<Traces, StoreFault> {
        Ok(person::find(&self.conn, value)?)
    }
}

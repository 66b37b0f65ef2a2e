//! A reader for programs that do not write, beside a server that does.

use crate::{
    fault::SqliteFault,
    feed,
    open::{self, ReadOnlyJournal},
    open_error::OpenError,
    person, schema, snapshot,
};
use desk::ports::{EventRow, FeedPage, FeedQuery, StoreFault, Traces};
use domain::{EntityKind, InteractionId, Key, Message, State};
use rusqlite::Connection;
use std::{fs::File, path::Path, sync::Arc};

/// A journal opened without its lock, for reading, usable while a server runs in another process. Its functions
/// block.
pub struct SqliteReader {
    conn: Connection,
    stream_id: String,
    /// Held where the journal is read without its WAL.
    _lock: Option<File>,
}

impl SqliteReader {
    /// Opens the journal of a directory. Needs the exact schema of this program.
    pub fn open(dir: &Path) -> Result<Self, OpenError> {
        Self::over(open::reader_beside(dir)?, None)
    }

    /// The same without leaving a trace: no file is made or changed, whether or not a server runs. `None` when the
    /// directory or its journal is not there. If no server runs, none can start before this is dropped.
    pub fn look(dir: &Path) -> Result<Option<Self>, OpenError> {
        match open::untouched(dir)? {
            Some(ReadOnlyJournal { conn, lock }) => Self::over(conn, lock).map(Some),
            None => Ok(None),
        }
    }

    fn over(conn: Connection, lock: Option<File>) -> Result<Self, OpenError> {
        let stream_id = schema::meta(&conn, "stream_id")?
            .ok_or_else(|| SqliteFault::Damaged("the journal has no stream id".into()))?;
        Ok(Self { conn, stream_id, _lock: lock })
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
    pub fn states(&self, kind: EntityKind) -> Result<Vec<Arc<State>>, StoreFault> {
        Ok(snapshot::open(&self.conn, kind)?.into_iter().map(|(_, entry)| entry.state).collect())
    }

    /// The events of one entity behind a version, in order, at most so many.
    pub fn history(&self, key: &Key, after: u64, limit: u32) -> Result<Vec<EventRow>, StoreFault> {
        Ok(feed::history(&self.conn, key, after, limit)?)
    }

    /// The committed snapshot of an entity ([`desk::ports::Store::state`]).
    pub fn state(&self, key: &Key) -> Result<Option<Arc<State>>, StoreFault> {
        Ok(snapshot::load(&self.conn, key)?.map(|entry| entry.state))
    }

    /// Entries of the log of a conversation from an index on, at most so many.
    pub fn messages(
        &self,
        session: &InteractionId,
        from: u32,
        limit: u32,
    ) -> Result<Vec<Message>, StoreFault> {
        Ok(snapshot::messages(&self.conn, session, from, limit, usize::MAX)?.entries)
    }

    /// What holds a value of a customer's: see [`crate::SqliteStore::find_person`].
    pub fn find_person(&self, value: &str) -> Result<Traces, StoreFault> {
        Ok(person::find(&self.conn, value)?)
    }
}

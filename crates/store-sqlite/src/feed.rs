//! Reading events in journal order.
//!
//! Without kinds a page is a walk along the table, and few rows of it are not reported. With kinds, the index on
//! kind and number gives the numbers of each, so that a rare kind costs no walk past the others.

use crate::{
    document,
    fault::{Fault, Outcome},
    schema, snapshot, unreadable,
};
use desk::ports::{EventRow, FeedPage, FeedQuery};
use domain::{Key, format::Document};
use rusqlite::{Connection, Row, named_params};

/// The most rows of a page, whatever was asked for.
const MOST: u32 = 10_000;

/// A page of events.
pub(crate) fn page(conn: &Connection, query: &FeedQuery) -> Outcome<FeedPage> {
    // One transaction, so that head and rows are of one moment.
    let tx = conn.unchecked_transaction()?;
    let oldest = schema::oldest(conn)?;
    let head = head(conn)?.max(oldest);
    let mut after = start(conn, query)?;
    let Read { rows, full, .. } = loop {
        let read = if query.kinds.is_empty() { walk(conn, query, after)? } else { pick(conn, query, after)? };
        // A page of which nothing could be read would leave its reader where they are.
        if !read.rows.is_empty() || !read.full || read.last <= after {
            break read;
        }
        after = read.last;
    };
    tx.finish()?;
    Ok(FeedPage { rows, full, head, oldest })
}

/// The number of the newest event that is in the file; 0 for none.
pub(crate) fn head(conn: &Connection) -> Outcome<u64> {
    let mut statement = conn.prepare_cached("SELECT coalesce(max(seq), 0) FROM event")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// Where the page can begin: behind what is known to have happened before the moment asked for.
fn start(conn: &Connection, query: &FeedQuery) -> Outcome<u64> {
    // SQLite's integers are signed; a cursor may be any number, since it comes from outside.
    let after = query.after.min(i64::MAX.unsigned_abs());
    let Some(since) = query.since else { return Ok(after) };
    let mut statement = conn.prepare_cached(
        "SELECT coalesce(max(seq), 0) FROM mark
         WHERE seq < coalesce((SELECT seq FROM mark WHERE seq > ?1 AND at >= ?2 ORDER BY seq LIMIT 1), 1 << 62)",
    )?;
    let mark: u64 = statement.query_row((after, since), |row| row.get(0))?;
    Ok(mark.max(after))
}

/// Rows of a page as they are read, one after the other, until it is full.
#[derive(Default)]
struct Read {
    rows: Vec<EventRow>,
    full: bool,
    /// How many were read, those that cannot be read among them.
    count: u32,
    /// The number of the last of them.
    last: u64,
}

impl Read {
    /// Takes a row in, unless those before it fill the page already.
    fn take(&mut self, row: &Row<'_>, left: &mut usize) -> Outcome<()> {
        let weight = row.get_ref(4)?.as_bytes().map_or(0, <[u8]>::len);
        match left.checked_sub(weight) {
            Some(less) => *left = less,
            None if self.rows.is_empty() => *left = 0,
            None => self.full = true,
        }
        if !self.full {
            self.count += 1;
            self.last = row.get(0)?;
            match event(row) {
                Ok(event) => self.rows.push(event),
                Err(fault @ (Fault::Damaged(_) | Fault::Json(_))) => {
                    unreadable::tell("event", &self.last, &fault);
                }
                Err(fault) => return Err(fault),
            }
        }
        Ok(())
    }

    /// What was read, when at most so many rows were asked for.
    fn of_at_most(mut self, limit: u32) -> Self {
        self.full |= self.count >= limit;
        self
    }
}

fn walk(conn: &Connection, query: &FeedQuery, after: u64) -> Outcome<Read> {
    let mut statement = conn.prepare_cached(
        "SELECT seq, key, version, at, body, event.format FROM event JOIN entity ON entity.id = event.entity
         WHERE seq > :after AND at >= :since AND (reported OR :unreported) ORDER BY seq LIMIT :limit",
    )?;
    let mut rows = statement.query(named_params! {
        ":after": after,
        ":since": query.since.unwrap_or(i64::MIN),
        ":unreported": query.unreported,
        ":limit": query.limit.min(MOST),
    })?;
    let (mut found, mut left) = (Read::default(), query.bytes.unwrap_or(usize::MAX));
    while !found.full
        && let Some(row) = rows.next()?
    {
        found.take(row, &mut left)?;
    }
    Ok(found.of_at_most(query.limit.min(MOST)))
}

fn pick(conn: &Connection, query: &FeedQuery, after: u64) -> Outcome<Read> {
    let mut numbers: Vec<u64> = Vec::new();
    let mut kinds = query.kinds.clone();
    kinds.sort_unstable();
    kinds.dedup();
    let limit = query.limit.min(MOST);
    for kind in kinds {
        let mut statement = conn.prepare_cached(
            "SELECT seq FROM event INDEXED BY event_kind
             WHERE kind = :kind AND seq > :after AND at >= :since AND (reported OR :unreported)
             ORDER BY seq LIMIT :limit",
        )?;
        let rows = statement.query_map(
            named_params! {
                ":kind": kind,
                ":after": after,
                ":since": query.since.unwrap_or(i64::MIN),
                ":unreported": query.unreported,
                ":limit": limit,
            },
            |row| row.get(0),
        )?;
        for row in rows {
            numbers.push(row?);
        }
    }
    numbers.sort_unstable();
    numbers.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let (mut found, mut left) = (Read::default(), query.bytes.unwrap_or(usize::MAX));
    let mut statement = conn.prepare_cached(
        "SELECT seq, key, version, at, body, event.format FROM event JOIN entity ON entity.id = event.entity WHERE seq = ?1",
    )?;
    for seq in numbers {
        let mut rows = statement.query([seq])?;
        if let Some(row) = rows.next()? {
            found.take(row, &mut left)?;
        }
        if found.full {
            break;
        }
    }
    Ok(found.of_at_most(limit))
}

/// The events of one entity behind a version, in order, at most so many.
pub(crate) fn history(conn: &Connection, key: &Key, after: u64, limit: u32) -> Outcome<Vec<EventRow>> {
    let mut statement = conn.prepare_cached(
        "SELECT seq, key, version, at, body, event.format FROM event JOIN entity ON entity.id = event.entity
         WHERE key = ?1 AND version > ?2 ORDER BY version LIMIT ?3",
    )?;
    let mut rows = statement.query((key.to_string(), after, limit.min(MOST)))?;
    let mut history = Vec::new();
    while let Some(row) = rows.next()? {
        history.push(event(row)?);
    }
    Ok(history)
}

fn event(row: &Row<'_>) -> Outcome<EventRow> {
    let text = |index| row.get_ref(index).map(|value| value.as_str().map_err(rusqlite::Error::from));
    let seq: u64 = row.get(0)?;
    let event = document::read(Document::Event, row, 4)?
        .map_err(|why| Fault::Damaged(format!("event {seq} cannot be read: {why}")))?;
    Ok(EventRow { seq, key: snapshot::key(text(1)??)?, version: row.get(2)?, at: row.get(3)?, event })
}

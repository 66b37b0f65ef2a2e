//! Reading events in journal order.
//!
//! A page is a walk along the table, and few rows of it are not reported. Where kinds are asked for, the marks tell in
//! which stretches of some hundred events there are any, so that a rare kind costs no walk past all others, and no
//! index at each commit.

use crate::{
    document,
    fault::{SqliteFault, SqliteResult},
    links, schema, snapshot, unreadable,
};
use desk::ports::{EventRow, FeedPage, FeedQuery};
use domain::{Key, format::Document};
use rusqlite::{Connection, Row, named_params};

/// The most rows of a page, whatever was asked for.
const MOST: u32 = 10_000;

/// A page of events.
pub(crate) fn page(conn: &Connection, query: &FeedQuery) -> SqliteResult<FeedPage> {
    // One transaction, so that head and rows are of one moment.
    let tx = conn.unchecked_transaction()?;
    let oldest = schema::oldest(conn)?;
    let head = head(conn)?.max(oldest);
    let mut after = start(conn, query)?;
    let PageBuilder { rows, full, .. } = loop {
        let read = read(conn, query, after)?;
        // A page without any readable row would leave its reader where they are.
        if !read.rows.is_empty() || !read.full || read.last <= after {
            break read;
        }
        after = read.last;
    };
    tx.finish()?;
    Ok(FeedPage { rows, full, head, oldest })
}

/// The number of the newest event that is in the file; 0 for none.
pub(crate) fn head(conn: &Connection) -> SqliteResult<u64> {
    let mut statement = conn.prepare_cached("SELECT coalesce(max(seq), 0) FROM event")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// Where the page can begin: behind the events that certainly happened before the moment asked for.
fn start(conn: &Connection, query: &FeedQuery) -> SqliteResult<u64> {
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
struct PageBuilder {
    rows: Vec<EventRow>,
    full: bool,
    /// How many more may be read, also those that cannot be read.
    more: u32,
    /// How many more bytes their bodies may have.
    left: usize,
    /// The number of the last of them.
    last: u64,
}

impl PageBuilder {
    fn new(query: &FeedQuery) -> Self {
        let more = query.limit.min(MOST);
        Self { rows: Vec::new(), full: more == 0, more, left: query.bytes.unwrap_or(usize::MAX), last: 0 }
    }

    /// Reads on behind a number, up to and with another.
    fn stretch(&mut self, conn: &Connection, query: &FeedQuery, after: u64, upto: u64) -> SqliteResult<()> {
        let kinds = (!query.kinds.is_empty()).then(|| serde_json::to_string(&query.kinds)).transpose()?;
        let mut statement = conn.prepare_cached(
            "SELECT seq, key, version, at, body, event.format
             FROM event CROSS JOIN entity ON entity.id = event.entity
             WHERE seq > :after AND seq <= :upto AND at >= :since AND (reported OR :unreported)
             AND (:kinds IS NULL OR kind IN (SELECT value FROM json_each(:kinds))) ORDER BY seq LIMIT :limit",
        )?;
        let mut rows = statement.query(named_params! {
            ":after": after,
            ":upto": upto.min(i64::MAX.unsigned_abs()),
            ":since": query.since.unwrap_or(i64::MIN),
            ":unreported": query.unreported,
            ":kinds": kinds,
            ":limit": self.more,
        })?;
        while !self.full
            && let Some(row) = rows.next()?
        {
            self.take(row)?;
        }
        Ok(())
    }

    /// Adds a row, unless the page is full.
    fn take(&mut self, row: &Row<'_>) -> SqliteResult<()> {
        let weight = row.get_ref(4)?.as_bytes().map_or(0, <[u8]>::len);
        match self.left.checked_sub(weight) {
            Some(less) => self.left = less,
            None if self.rows.is_empty() => self.left = 0,
            None => {
                self.full = true;
                return Ok(());
            }
        }
        self.more -= 1;
        self.full = self.more == 0;
        self.last = row.get(0)?;
        match event(row) {
            Ok(event) => self.rows.push(event),
            Err(fault @ (SqliteFault::Damaged(_) | SqliteFault::Json(_))) => {
                unreadable::tell("event", &self.last, &fault);
            }
            Err(fault) => return Err(fault),
        }
        Ok(())
    }
}

/// Reads events of all kinds, or only of the kinds asked for: then only stretches before marks that name one of them.
fn read(conn: &Connection, query: &FeedQuery, after: u64) -> SqliteResult<PageBuilder> {
    let mut read = PageBuilder::new(query);
    if query.kinds.is_empty() {
        read.stretch(conn, query, after, u64::MAX)?;
        return Ok(read);
    }
    let mut marks = conn.prepare_cached("SELECT seq, kinds FROM mark WHERE seq > ?1 ORDER BY seq")?;
    let mut marks = marks.query([after])?;
    let mut from = after;
    while !read.full
        && let Some(mark) = marks.next()?
    {
        let upto = mark.get(0)?;
        // A mark without kinds was set by an earlier release.
        if mark.get_ref(1)?.as_str_or_null().ok().flatten().is_none_or(|named| names(named, query)) {
            read.stretch(conn, query, from, upto)?;
        }
        from = upto;
    }
    if !read.full {
        read.stretch(conn, query, from, u64::MAX)?;
    }
    Ok(read)
}

/// Whether a mark names one of the kinds that are asked for.
fn names(named: &str, query: &FeedQuery) -> bool {
    named.split(' ').any(|kind| query.kinds.iter().any(|wanted| wanted == kind))
}

/// The events of one entity behind a version, in order, at most so many.
pub(crate) fn history(conn: &Connection, key: &Key, after: u64, limit: u32) -> SqliteResult<Vec<EventRow>> {
    // One transaction, so that what is linked is there.
    let tx = conn.unchecked_transaction()?;
    let Some(entity) = snapshot::id(conn, key)? else { return Ok(Vec::new()) };
    let mut seqs = links::of(conn, entity)?;
    // Where no version is missing, each stands in its place.
    let before = usize::try_from(after).unwrap_or(usize::MAX).min(seqs.len());
    let is_whole = before > 0 && version(conn, seqs[before - 1])? == after;
    seqs.drain(..if is_whole { before } else { 0 });
    let mut statement = conn.prepare_cached(
        "SELECT seq, key, version, at, body, event.format FROM event JOIN entity ON entity.id = event.entity
         WHERE seq = ?1 AND version > ?2",
    )?;
    let mut history = Vec::new();
    for seq in seqs {
        if history.len() >= limit.min(MOST) as usize {
            break;
        }
        let mut rows = statement.query((seq, after))?;
        if let Some(row) = rows.next()? {
            history.push(event(row)?);
        }
    }
    drop(statement);
    tx.finish()?;
    Ok(history)
}

fn version(conn: &Connection, seq: u64) -> SqliteResult<u64> {
    let mut statement = conn.prepare_cached("SELECT version FROM event WHERE seq = ?1")?;
    Ok(statement.query_row([seq], |row| row.get(0))?)
}

fn event(row: &Row<'_>) -> SqliteResult<EventRow> {
    let text = |index| row.get_ref(index).map(|value| value.as_str().map_err(rusqlite::Error::from));
    let seq: u64 = row.get(0)?;
    let event = document::read(Document::Event, row, 4)?
        .map_err(|why| SqliteFault::Damaged(format!("event {seq} cannot be read: {why}")))?;
    Ok(EventRow { seq, key: snapshot::key(text(1)??)?, version: row.get(2)?, at: row.get(3)?, event })
}

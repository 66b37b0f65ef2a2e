//! What reporting counted: written here, read in [`crate::report_rows`].

use crate::{fault::SqliteResult, feed, group::JobGroup, schema, unreadable};
use desk::ports::{CountBatch, CountOutcome, Counted};
use domain::Millis;
use rusqlite::{Connection, OptionalExtension};
use stats::{Change, Interval, Row, Table};
use std::collections::BTreeSet;

/// Of how many intervals a batch takes rows away that counting anew passed without a change.
const SWEPT: usize = 4;

/// What rows are about; their numbers in the file are their places here.
const TOPICS: [Table; 4] = [Table::Queue, Table::Agent, Table::State, Table::Disposition];

/// The number of what a row is about.
pub(crate) const fn topic(table: Table) -> i64 {
    match table {
        Table::Queue => 0,
        Table::Agent => 1,
        Table::State => 2,
        Table::Disposition => 3,
    }
}

/// The row that says how far events are counted.
struct Position {
    counted: Counted,
    upto: u64,
    epoch: i64,
    swept: Millis,
}

fn position(conn: &Connection) -> SqliteResult<Option<Position>> {
    let mut statement = conn.prepare_cached(
        "SELECT position, revision, state, since, oldest, upto, epoch, swept FROM counted WHERE id = 1",
    )?;
    let read = |row: &rusqlite::Row<'_>| {
        let since: Option<Millis> = row.get(3)?;
        let (position, revision, state) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let counted = Counted { position, revision, state, since: since.map(Interval), oldest: row.get(4)? };
        Ok(Position { counted, upto: row.get(5)?, epoch: row.get(6)?, swept: row.get(7)? })
    };
    Ok(statement.query_row([], read).optional()?)
}

fn keep(conn: &Connection, Position { counted, upto, epoch, swept }: &Position) -> SqliteResult<()> {
    conn.prepare_cached(
        "INSERT OR REPLACE INTO counted (id, position, revision, state, since, oldest, upto, epoch, swept)
         VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute((
        counted.position,
        counted.revision,
        &counted.state,
        counted.since.map(|since| since.0),
        counted.oldest,
        upto,
        epoch,
        swept,
    ))?;
    Ok(())
}

/// How far events are counted ([`desk::ports::Reports::counted`]).
pub(crate) fn counted(conn: &Connection) -> SqliteResult<Option<Counted>> {
    Ok(position(conn)?.map(|position| position.counted))
}

/// The number of the last batch; 0 before the first.
pub(crate) fn revision(conn: &Connection) -> SqliteResult<u64> {
    Ok(position(conn)?.map_or(0, |position| position.counted.revision))
}

/// Counts a batch ([`desk::ports::Reports::count`]).
pub(crate) fn count(conn: &Connection, batch: &CountBatch) -> SqliteResult<CountOutcome> {
    let Some(mut position) = position(conn)?.filter(|position| position.counted.revision == batch.on) else {
        return Ok(CountOutcome::Passed);
    };
    let revision = batch.upto.max(batch.on.saturating_add(1));
    let since = position.counted.since.map_or(Millis::MIN, |since| since.0);
    let is_again = position.counted.position < position.upto;
    let wanted = batch.changes.iter().filter(|change| !is_again || change.key.interval.0 >= since);
    let mut intervals = BTreeSet::new();
    for change in wanted {
        let (topic, start) = (topic(change.key.table), change.key.interval.0);
        if intervals.insert((topic, start)) {
            begin(conn, topic, start, &position, since, revision)?;
        }
        add(conn, change, revision)?;
    }
    if let Some(newest) = intervals.iter().map(|(_, start)| *start).max() {
        sweep(conn, &mut position, newest)?;
    }
    position.counted.position = batch.upto;
    position.counted.revision = revision;
    position.counted.state = Some(batch.state.clone());
    keep(conn, &position)?;
    Ok(CountOutcome::Written(revision))
}

/// An interval is changed: where counting began anew since it last was, it begins with zeros.
fn begin(
    conn: &Connection,
    topic: i64,
    start: Millis,
    position: &Position,
    since: Millis,
    revision: u64,
) -> SqliteResult<()> {
    let found: Option<i64> = conn
        .prepare_cached("SELECT epoch FROM counted_interval WHERE topic = ?1 AND start = ?2")?
        .query_row((topic, start), |row| row.get(0))
        .optional()?;
    let is_old = start >= since && found.is_some_and(|epoch| epoch < position.epoch);
    if is_old {
        clear(conn, topic, start)?;
    }
    let epoch = found.filter(|_| !is_old).unwrap_or(position.epoch);
    conn.prepare_cached(
        "INSERT OR REPLACE INTO counted_interval (topic, start, revision, epoch) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute((topic, start, revision, epoch))?;
    Ok(())
}

/// Takes away the rows of an interval.
fn clear(conn: &Connection, topic: i64, start: Millis) -> SqliteResult<()> {
    for sql in [
        "DELETE FROM interval_row WHERE topic = ?1 AND start = ?2",
        "DELETE FROM counted_interval WHERE topic = ?1 AND start = ?2",
    ] {
        conn.prepare_cached(sql)?.execute((topic, start))?;
    }
    Ok(())
}

/// Adds a change to its row. A row that cannot be read is left alone, as everything that cannot be read is.
fn add(conn: &Connection, change: &Change, revision: u64) -> SqliteResult<()> {
    let key = &change.key;
    let (topic, start) = (topic(key.table), key.interval.0);
    let columns: Option<String> = conn
        .prepare_cached(
            "SELECT columns FROM interval_row
             WHERE topic = ?1 AND start = ?2 AND object = ?3 AND medium = ?4 AND detail = ?5",
        )?
        .query_row((topic, start, &key.object, &key.medium, &key.detail), |row| row.get(0))
        .optional()?;
    let mut row = Row::new(key.clone());
    if let Some(columns) = columns {
        match serde_json::from_str(&columns) {
            Ok(columns) => row.columns = columns,
            Err(fault) => {
                unreadable::tell("interval row", &format_args!("{topic} {start}"), &fault);
                return Ok(());
            }
        }
    }
    row.apply(change, revision);
    row.columns.retain(|_, value| *value != 0);
    let columns = serde_json::to_string(&row.columns)?;
    conn.prepare_cached(
        "INSERT OR REPLACE INTO interval_row (topic, start, object, medium, detail, revision, columns)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute((topic, start, &key.object, &key.medium, &key.detail, revision, columns))?;
    Ok(())
}

/// Takes away rows of intervals before one that counting anew passed without a change: of a few in each batch.
fn sweep(conn: &Connection, position: &mut Position, before: Millis) -> SqliteResult<()> {
    for _ in 0..SWEPT {
        if position.swept >= before {
            return Ok(());
        }
        let mut oldest: Option<(Millis, i64)> = None;
        for topic in TOPICS.map(topic) {
            let found: Option<Millis> = conn
                .prepare_cached(
                    "SELECT start FROM counted_interval
                     WHERE topic = ?1 AND start >= ?2 AND start < ?3 AND epoch < ?4 ORDER BY start LIMIT 1",
                )?
                .query_row((topic, position.swept, before, position.epoch), |row| row.get(0))
                .optional()?;
            oldest = oldest.into_iter().chain(found.map(|start| (start, topic))).min();
        }
        let Some((start, topic)) = oldest else {
            position.swept = before;
            return Ok(());
        };
        clear(conn, topic, start)?;
        position.swept = start;
    }
    Ok(())
}

/// Begins anew ([`desk::ports::Reports::recount`]).
pub(crate) fn recount(conn: &Connection, now: Millis) -> SqliteResult<Option<Interval>> {
    let oldest = schema::oldest(conn)?;
    let since = whole_since(conn, oldest, now)?;
    let kept = position(conn)?;
    let revision = kept.as_ref().map_or(0, |kept| kept.counted.revision) + 1;
    let counted = Counted { position: 0, revision, state: None, since, oldest };
    let epoch = kept.map_or(0, |kept| kept.epoch) + 1;
    let swept = since.map_or(Millis::MIN, |since| since.0);
    keep(conn, &Position { counted, upto: feed::head(conn)?, epoch, swept })?;
    Ok(since)
}

/// The first interval of which the journal has all events; `None` if no event was ever deleted. Retention deletes what
/// ended before a moment, so all of that lies before the first event behind it.
fn whole_since(conn: &Connection, oldest: u64, now: Millis) -> SqliteResult<Option<Interval>> {
    if oldest == 0 {
        return Ok(None);
    }
    let first: Option<Millis> = conn
        .prepare_cached("SELECT at FROM event WHERE seq > ?1 ORDER BY seq LIMIT 1")?
        .query_row([oldest], |row| row.get(0))
        .optional()?;
    let marked: Option<Millis> = conn
        .prepare_cached("SELECT max(at) FROM mark WHERE seq <= ?1")?
        .query_row([oldest], |row| row.get(0))?;
    let latest = first.unwrap_or(now).max(marked.unwrap_or(Millis::MIN)).min(now);
    Ok(Some(Interval(Interval::of(latest).end())))
}

impl JobGroup<'_> {
    /// Deletes rows of intervals before one, as many as the group still may; answers how many, and whether that is all.
    pub fn forget_rows(&mut self, before: Interval) -> SqliteResult<(usize, bool)> {
        let mut gone = 0;
        for topic in TOPICS.map(topic) {
            let is_all = self.chore(|conn, limit| {
                let rows = forget(conn, topic, before, limit)?;
                gone += rows;
                Ok(rows)
            })?;
            if !is_all {
                return Ok((gone, false));
            }
            self.conn
                .prepare_cached("DELETE FROM counted_interval WHERE topic = ?1 AND start < ?2")?
                .execute((topic, before.0))?;
        }
        Ok((gone, true))
    }
}

/// Deletes rows of intervals before one, the oldest first, at most `limit`; answers how many.
fn forget(conn: &Connection, topic: i64, before: Interval, limit: usize) -> SqliteResult<usize> {
    let mut oldest = conn.prepare_cached(
        "SELECT start, object, medium, detail FROM interval_row
         WHERE topic = ?1 AND start < ?2 ORDER BY start, object, medium, detail LIMIT ?3",
    )?;
    let key = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
    let found = oldest.query_map((topic, before.0, limit), key)?;
    let keys: Vec<(Millis, String, String, String)> = found.collect::<Result<_, _>>()?;
    let mut delete = conn.prepare_cached(
        "DELETE FROM interval_row
         WHERE topic = ?1 AND start = ?2 AND object = ?3 AND medium = ?4 AND detail = ?5",
    )?;
    for (start, object, medium, detail) in &keys {
        delete.execute((topic, start, object, medium, detail))?;
    }
    Ok(keys.len())
}

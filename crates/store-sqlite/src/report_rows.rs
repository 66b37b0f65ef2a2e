//! Rows of what reporting counted, in the order of their keys. Readers find the intervals first and then the rows of each,
//! so that neither one agent's rows nor those that changed cost a walk past all others.

use crate::{fault::SqliteResult, reports, unreadable};
use desk::ports::{IntervalQuery, RowPage, RowQuery};
use rusqlite::{Connection, named_params};
use stats::{Interval, Row, RowKey, Table};

/// The most rows of a page, whatever was asked for.
const MOST: u32 = 10_000;

/// The most intervals that are looked into for a page, so that one of an agent who did nothing keeps no reader for long.
const MOST_INTERVALS: u32 = 5_000;

/// A page of rows ([`desk::ports::Reports::interval_rows`]).
pub(crate) fn page(conn: &Connection, query: &RowQuery) -> SqliteResult<RowPage> {
    // One transaction, so that rows and revision are of one moment.
    let tx = conn.unchecked_transaction()?;
    let mut page = RowPage { revision: reports::revision(conn)?, ..RowPage::default() };
    let mut left = query.limit.clamp(1, MOST);
    let from = query.after.as_ref().map_or(query.from, |after| query.from.max(after.interval.0));
    let changed_since = revision(query.changed_since);
    let mut starts = conn.prepare_cached(STARTS)?;
    let mut starts = starts.query((reports::topic(query.table), from, query.to, changed_since))?;
    let mut seen = 0;
    while let Some(start) = starts.next()? {
        let interval = Interval(start.get(0)?);
        if seen == MOST_INTERVALS {
            // No row has a key that lies between two intervals: the next page begins with this one.
            let before = Interval(interval.0 - 1);
            let (object, medium, detail) = (String::new(), String::new(), String::new());
            page.next = Some(RowKey { interval: before, table: query.table, object, medium, detail });
            break;
        }
        seen += 1;
        let last = read(conn, query, interval, &mut left, &mut page.rows)?;
        if left == 0 {
            page.next = last;
            break;
        }
    }
    drop(starts);
    tx.finish()?;
    Ok(page)
}

const STARTS: &str = "SELECT start, revision FROM counted_interval
    WHERE topic = ?1 AND start >= ?2 AND start < ?3 AND revision > ?4 ORDER BY start";

/// SQLite's integers are signed; a revision may be any number, since it comes from outside. Without one all rows are wanted.
fn revision(changed_since: Option<u64>) -> i64 {
    changed_since.map_or(-1, |revision| i64::try_from(revision).unwrap_or(i64::MAX))
}

/// Reads rows of an interval; answers the key of the last.
fn read(
    conn: &Connection,
    query: &RowQuery,
    interval: Interval,
    left: &mut u32,
    rows: &mut Vec<Row>,
) -> SqliteResult<Option<RowKey>> {
    let after = query.after.as_ref().filter(|after| after.interval == interval);
    // One queue's or agent's rows stand together, so that what is behind a row is told by the rest of its key.
    let (wanted, behind) = match (&query.object, after) {
        (Some(object), Some(after)) if after.object > *object => return Ok(None),
        (Some(object), Some(after)) if after.object == *object => {
            ("object = :object AND (medium, detail) > (:medium, :detail)", Some(after))
        }
        (Some(_), _) => ("object = :object AND (medium, detail) >= (:medium, :detail)", None),
        (None, Some(after)) => ("(object, medium, detail) > (:object, :medium, :detail)", Some(after)),
        (None, None) => ("(object, medium, detail) >= (:object, :medium, :detail)", None),
    };
    let object = query.object.as_deref().or(behind.map(|after| after.object.as_str()));
    let mut statement = conn.prepare_cached(&format!(
        "SELECT object, medium, detail, revision, columns FROM interval_row
         WHERE topic = :topic AND start = :start AND {wanted} AND revision > :changed_since
         ORDER BY object, medium, detail LIMIT :limit"
    ))?;
    let mut found = statement.query(named_params! {
        ":topic": reports::topic(query.table),
        ":start": interval.0,
        ":object": object.unwrap_or_default(),
        ":medium": behind.map_or("", |after| &after.medium),
        ":detail": behind.map_or("", |after| &after.detail),
        ":changed_since": revision(query.changed_since),
        ":limit": *left,
    })?;
    let mut last = None;
    while let Some(row) = found.next()? {
        *left = left.saturating_sub(1);
        let key = key(query.table, interval, row)?;
        last = Some(key.clone());
        match serde_json::from_str(row.get_ref(4)?.as_str().map_err(rusqlite::Error::from)?) {
            Ok(columns) => rows.push(Row { key, columns, revision: row.get(3)? }),
            Err(fault) => {
                let subject = format_args!("{} {}", reports::topic(query.table), interval.0);
                unreadable::tell("interval row", &subject, &fault);
            }
        }
    }
    Ok(last)
}

fn key(table: Table, interval: Interval, row: &rusqlite::Row<'_>) -> SqliteResult<RowKey> {
    Ok(RowKey { interval, table, object: row.get(0)?, medium: row.get(1)?, detail: row.get(2)? })
}

/// Intervals that have rows ([`desk::ports::Reports::intervals`]).
pub(crate) fn intervals(conn: &Connection, query: &IntervalQuery) -> SqliteResult<Vec<(Interval, u64)>> {
    let mut statement = conn.prepare_cached(&format!("{STARTS} LIMIT ?5"))?;
    let limit = query.limit.min(MOST);
    let asked = (reports::topic(query.table), query.from, query.to, revision(query.changed_since), limit);
    let found = statement.query_map(asked, |row| Ok((Interval(row.get(0)?), row.get(1)?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}

//! Reading snapshots and logs.

use crate::{
    cache::CachedSnapshot,
    document,
    fault::{SqliteFault, SqliteResult},
    fold::{self, Folded},
    links, message_key, unreadable,
};
use desk::ports::LogPart;
use domain::{
    EntityKind, InteractionId, Key, Message, Millis,
    format::{Document, Unread},
};
use rusqlite::{Connection, OptionalExtension, Row, Rows};
use std::sync::Arc;

/// The committed snapshot of an entity, from the file.
pub(crate) fn load(conn: &Connection, key: &Key) -> SqliteResult<Option<CachedSnapshot>> {
    let mut statement = conn.prepare_cached(
        "SELECT entity.id, version, coalesce(newest, 0), body, snapshot.format
         FROM entity JOIN snapshot ON snapshot.entity = entity.id WHERE key = ?1",
    )?;
    let mut rows = statement.query([key.to_string()])?;
    match rows.next()? {
        None => Ok(None),
        Some(row) => read(conn, row, key, (row.get(0)?, row.get(1)?, row.get(2)?), 3).map(Some),
    }
}

/// Every open snapshot of a kind. Conversations and calls that cannot be read are left out, so that the rest goes on;
/// for provisioned objects it is a fault, since otherwise nobody could tell what is missing.
pub(crate) fn open(conn: &Connection, kind: EntityKind) -> SqliteResult<Vec<(Key, CachedSnapshot)>> {
    let mut statement = conn.prepare_cached(
        "SELECT entity.id, key, version, coalesce(newest, 0), body, snapshot.format
         FROM snapshot JOIN entity ON entity.id = snapshot.entity
         WHERE open AND kind = ?1 ORDER BY entity.id",
    )?;
    let is_work = matches!(
        kind,
        EntityKind::Session | EntityKind::Call | EntityKind::Agent | EntityKind::Device | EntityKind::Thread
    );
    let mut rows = statement.query([kind.as_str()])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        let key = key(text(row, 1)?)?;
        match read(conn, row, &key, (row.get(0)?, row.get(2)?, row.get(3)?), 4) {
            Ok(entry) => entries.push((key, entry)),
            Err(SqliteFault::Damaged(_)) if is_work => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(entries)
}

/// A snapshot as its row has it, in two columns. One that cannot be read is folded again from its events.
fn read(
    conn: &Connection,
    row: &Row<'_>,
    key: &Key,
    of: (i64, u64, u64),
    body: usize,
) -> SqliteResult<CachedSnapshot> {
    let (id, version, newest) = of;
    let why = match document::read(Document::Snapshot(key.kind()), row, body)? {
        Ok(state) => return Ok(CachedSnapshot { id, version, newest, state: Arc::new(state) }),
        Err(why) => why,
    };
    if !matches!(why, Unread::Fold) {
        unreadable::tell("snapshot", key, &why);
    }
    match fold::fold(conn, &links::of(conn, id)?, key, &mut 0)? {
        Ok(Some(Folded { state, version, .. })) => {
            Ok(CachedSnapshot { id, version, newest, state: Arc::new(state) })
        }
        Ok(None) => Err(SqliteFault::Damaged(format!(
            "the snapshot of {key} cannot be read ({why}), and it has no events"
        ))),
        Err(finding) => {
            let what = format!("the snapshot of {key} cannot be read ({why}), nor its events ({finding})");
            unreadable::tell("entity", key, &what);
            Err(SqliteFault::Damaged(what))
        }
    }
}

fn text<'r>(row: &'r Row<'_>, column: usize) -> SqliteResult<&'r str> {
    Ok(row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?)
}

/// The id of an entity in the file.
pub(crate) fn id(conn: &Connection, key: &Key) -> SqliteResult<Option<i64>> {
    let mut statement = conn.prepare_cached("SELECT id FROM entity WHERE key = ?1")?;
    Ok(statement.query_row([key.to_string()], |row| row.get(0)).optional()?)
}

/// The key of an entity, as it is written in the file.
pub(crate) fn key(text: &str) -> SqliteResult<Key> {
    Key::parse(text).ok_or_else(|| SqliteFault::Damaged(format!("'{text}' names no entity")))
}

/// The log of a conversation from an index on ([`desk::ports::Store::messages`]).
pub(crate) fn messages(
    conn: &Connection,
    session: &InteractionId,
    from: u32,
    limit: u32,
    bytes: usize,
) -> SqliteResult<LogPart> {
    match id(conn, &Key::Session(session.clone()))? {
        Some(entity) => log(conn, entity, from, limit, bytes),
        None => Ok(LogPart::default()),
    }
}

/// The log of an entity from an index on.
pub(crate) fn log(
    conn: &Connection,
    entity: i64,
    from: u32,
    limit: u32,
    bytes: usize,
) -> SqliteResult<LogPart> {
    let lies = message_key::log_from(entity, from);
    // One row more tells whether there is more.
    let mut statement = conn.prepare_cached(
        "SELECT place, at, body, format FROM message WHERE place BETWEEN ?1 AND ?2 ORDER BY place LIMIT ?3",
    )?;
    let mut rows = statement.query((lies.start(), lies.end(), i64::from(limit) + 1))?;
    part(&mut rows, usize::try_from(limit).unwrap_or(usize::MAX), bytes)
}

/// One entry of the log of an entity, for a decision: one that cannot be read is a fault.
pub(crate) fn message(conn: &Connection, entity: i64, index: u32) -> SqliteResult<Option<Message>> {
    let mut statement = conn.prepare_cached("SELECT body, format FROM message WHERE place = ?1")?;
    let mut rows = statement.query([message_key::of_message(entity, index)])?;
    rows.next()?.map(|row| Ok(document::read(Document::Message, row, 0)??)).transpose()
}

/// The end of the log of an entity, in order.
pub(crate) fn newest(conn: &Connection, entity: i64, bytes: usize) -> SqliteResult<Vec<Message>> {
    let lies = message_key::log_from(entity, 0);
    let mut statement = conn.prepare_cached(
        "SELECT place, at, body, format FROM message WHERE place BETWEEN ?1 AND ?2 ORDER BY place DESC",
    )?;
    let mut rows = statement.query((lies.start(), lies.end()))?;
    let mut entries = part(&mut rows, usize::MAX, bytes)?.entries;
    entries.reverse();
    Ok(entries)
}

/// Reads row by row and stops before the next would be too much; the first is taken whatever its size.
fn part(rows: &mut Rows<'_>, limit: usize, bytes: usize) -> SqliteResult<LogPart> {
    let mut part = LogPart::default();
    let mut read = 0_usize;
    while let Some(row) = rows.next()? {
        read = read.saturating_add(row.get_ref(2)?.as_bytes().map_or(0, <[u8]>::len));
        if part.entries.len() >= limit || read > bytes && !part.entries.is_empty() {
            part.more = true;
            break;
        }
        part.entries.push(match document::read(Document::Message, row, 2)? {
            Ok(entry) => entry,
            Err(why) => {
                let place = row.get(0)?;
                unreadable::tell("message", &place, &why);
                unreadable::entry(message_key::index_of(place), row.get(1)?)
            }
        });
    }
    Ok(part)
}

/// Writes a snapshot in a format, whether or not there was one; `at` is the moment of its newest event.
pub(crate) fn write(
    conn: &Connection,
    entry: &CachedSnapshot,
    key: &Key,
    at: Millis,
    format: u32,
) -> SqliteResult<()> {
    let CachedSnapshot { id, version, newest, state } = entry;
    // Retention counts from the newest event of a conversation that is over.
    let ended_at =
        (!state.is_open() && matches!(key.kind(), EntityKind::Session | EntityKind::Call)).then_some(at);
    let mut statement = conn.prepare_cached(
        "INSERT INTO snapshot (entity, kind, version, open, ended_at, body, format, newest)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (entity) DO UPDATE SET version = excluded.version, open = excluded.open,
         ended_at = excluded.ended_at, body = excluded.body, format = excluded.format,
         newest = excluded.newest",
    )?;
    let body = document::snapshot(format, state)?;
    statement.execute((id, key.kind().as_str(), version, state.is_open(), ended_at, body, format, newest))?;
    Ok(())
}

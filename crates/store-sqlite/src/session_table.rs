//! Tables of sessions: rows that are not history.

use crate::{fault::SqliteResult, unreadable};
use desk::ports::SessionTable;
use domain::format::{self, Document, NEWEST, Unread};
use rusqlite::{Connection, OptionalExtension};
use serde_json::Value;

/// Writes rows of a table, or deletes them.
pub(crate) fn put(
    conn: &Connection,
    table: SessionTable,
    rows: &[(String, Option<String>)],
    format: u32,
) -> SqliteResult<()> {
    let (put, take) = match table {
        SessionTable::HttpSession => (
            "INSERT OR REPLACE INTO http_session (id, body, format) VALUES (?1, ?2, ?3)",
            "DELETE FROM http_session WHERE id = ?1",
        ),
        SessionTable::BayeuxSession => (
            "INSERT OR REPLACE INTO bayeux_session (id, body, format) VALUES (?1, ?2, ?3)",
            "DELETE FROM bayeux_session WHERE id = ?1",
        ),
        SessionTable::Process => (
            "INSERT OR REPLACE INTO meta (name, value) SELECT 'process:' || ?1, ?2 WHERE ?3",
            "DELETE FROM meta WHERE name = 'process:' || ?1",
        ),
    };
    for (id, body) in rows {
        match body {
            Some(body) => conn.prepare_cached(put)?.execute((id, body, format))?,
            None => conn.prepare_cached(take)?.execute([id])?,
        };
    }
    Ok(())
}

/// One row.
pub(crate) fn row(conn: &Connection, table: SessionTable, id: &str) -> SqliteResult<Option<String>> {
    let mut statement = conn.prepare_cached(match table {
        SessionTable::HttpSession => "SELECT body, format FROM http_session WHERE id = ?1",
        SessionTable::BayeuxSession => "SELECT body, format FROM bayeux_session WHERE id = ?1",
        SessionTable::Process => "SELECT value, 1 FROM meta WHERE name = 'process:' || ?1",
    })?;
    let found = statement.query_row([id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    Ok(found.and_then(|(body, format)| newest(table, id, body, format)))
}

/// Every row.
pub(crate) fn rows(conn: &Connection, table: SessionTable) -> SqliteResult<Vec<(String, String)>> {
    let mut statement = conn.prepare_cached(match table {
        SessionTable::HttpSession => "SELECT id, body, format FROM http_session ORDER BY id",
        SessionTable::BayeuxSession => "SELECT id, body, format FROM bayeux_session ORDER BY id",
        SessionTable::Process => {
            "SELECT substr(name, 9), value, 1 FROM meta WHERE name LIKE 'process:%' ORDER BY name"
        }
    })?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let id: String = row.get(0)?;
        if let Some(body) = newest(table, &id, row.get(1)?, row.get(2)?) {
            found.push((id, body));
        }
    }
    Ok(found)
}

/// The body of a row as it would be written in the newest format; `None` when it cannot be read at all. Its owner knows
/// what is in it.
fn newest(table: SessionTable, id: &str, body: String, format: u32) -> Option<String> {
    if format == NEWEST || table == SessionTable::Process {
        return Some(body);
    }
    match format::read::<Value>(Document::Session, format, &body) {
        Ok(read) => Some(read.to_string()),
        // Its owner reports what is wrong with it.
        Err(Unread::Malformed(_)) => Some(body),
        Err(why) => {
            unreadable::tell("session", &id, &why);
            None
        }
    }
}

/// Clears the tables of sessions: a restored copy has none. When the process last ran stays true of the copy.
pub(crate) fn clear(conn: &Connection) -> SqliteResult<()> {
    conn.execute_batch("DELETE FROM http_session; DELETE FROM bayeux_session;")?;
    Ok(())
}

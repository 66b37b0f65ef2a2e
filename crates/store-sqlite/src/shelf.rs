//! Shelves: rows that are not history.

use crate::fault::Outcome;
use desk::ports::Shelf;
use rusqlite::{Connection, OptionalExtension};

/// Puts rows on a shelf, or takes them off.
pub(crate) fn put(conn: &Connection, shelf: Shelf, rows: &[(String, Option<String>)]) -> Outcome<()> {
    let (put, take) = match shelf {
        Shelf::HttpSession => (
            "INSERT OR REPLACE INTO http_session (id, body) VALUES (?1, ?2)",
            "DELETE FROM http_session WHERE id = ?1",
        ),
        Shelf::BayeuxSession => (
            "INSERT OR REPLACE INTO bayeux_session (id, body) VALUES (?1, ?2)",
            "DELETE FROM bayeux_session WHERE id = ?1",
        ),
        Shelf::Process => (
            "INSERT OR REPLACE INTO meta (name, value) VALUES ('process:' || ?1, ?2)",
            "DELETE FROM meta WHERE name = 'process:' || ?1",
        ),
    };
    for (id, body) in rows {
        match body {
            Some(body) => conn.prepare_cached(put)?.execute([id, body])?,
            None => conn.prepare_cached(take)?.execute([id])?,
        };
    }
    Ok(())
}

/// One row.
pub(crate) fn row(conn: &Connection, shelf: Shelf, id: &str) -> Outcome<Option<String>> {
    let mut statement = conn.prepare_cached(match shelf {
        Shelf::HttpSession => "SELECT body FROM http_session WHERE id = ?1",
        Shelf::BayeuxSession => "SELECT body FROM bayeux_session WHERE id = ?1",
        Shelf::Process => "SELECT value FROM meta WHERE name = 'process:' || ?1",
    })?;
    Ok(statement.query_row([id], |row| row.get(0)).optional()?)
}

/// Every row.
pub(crate) fn rows(conn: &Connection, shelf: Shelf) -> Outcome<Vec<(String, String)>> {
    let mut statement = conn.prepare_cached(match shelf {
        Shelf::HttpSession => "SELECT id, body FROM http_session ORDER BY id",
        Shelf::BayeuxSession => "SELECT id, body FROM bayeux_session ORDER BY id",
        Shelf::Process => "SELECT substr(name, 9), value FROM meta WHERE name LIKE 'process:%' ORDER BY name",
    })?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Clears the shelves of sessions: a restored copy knows nobody's. When the process last ran stays true of it.
pub(crate) fn clear(conn: &Connection) -> Outcome<()> {
    conn.execute_batch("DELETE FROM http_session; DELETE FROM bayeux_session;")?;
    Ok(())
}

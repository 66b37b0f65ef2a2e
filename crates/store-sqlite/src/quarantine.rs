//! Units that were authentic and could not be understood.

use crate::fault::SqliteResult;
use desk::ports::Quarantined;
use domain::Millis;
use rusqlite::Connection;

/// Keeps a unit; answers its number.
pub(crate) fn keep(conn: &Connection, unit: &Quarantined) -> SqliteResult<i64> {
    conn.prepare_cached("INSERT INTO quarantine (at, service, why, raw) VALUES (?1, ?2, ?3, ?4)")?
        .execute((unit.at, &unit.service, &unit.why, &unit.raw))?;
    Ok(conn.last_insert_rowid())
}

/// Units behind a number ([`desk::ports::Store::quarantined`]).
pub(crate) fn list(
    conn: &Connection,
    after: i64,
    limit: u32,
    bytes: usize,
) -> SqliteResult<Vec<Quarantined>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, at, service, why, raw FROM quarantine WHERE id > ?1 ORDER BY id LIMIT ?2",
    )?;
    let mut rows = statement.query((after, limit))?;
    let mut units = Vec::new();
    let mut read = 0_usize;
    while let Some(row) = rows.next()? {
        let raw = row.get_ref(4)?.as_blob().map_err(rusqlite::Error::from)?;
        read = read.saturating_add(raw.len());
        if read > bytes && !units.is_empty() {
            break;
        }
        units.push(Quarantined {
            id: row.get(0)?,
            at: row.get(1)?,
            service: row.get(2)?,
            why: row.get(3)?,
            raw: raw.to_vec(),
        });
    }
    Ok(units)
}

/// Deletes a unit; answers whether there was one.
pub(crate) fn release(conn: &Connection, id: i64) -> SqliteResult<bool> {
    Ok(conn.prepare_cached("DELETE FROM quarantine WHERE id = ?1")?.execute([id])? > 0)
}

/// Throws away units that came before a moment, the oldest first; answers how many.
pub(crate) fn forget(conn: &Connection, before: Millis, limit: usize) -> SqliteResult<usize> {
    let mut statement = conn.prepare_cached(
        "DELETE FROM quarantine WHERE id IN (SELECT id FROM quarantine WHERE at < ?1 ORDER BY id LIMIT ?2)",
    )?;
    Ok(statement.execute((before, limit))?)
}

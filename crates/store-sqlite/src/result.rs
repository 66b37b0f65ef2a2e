//! Results of requests, for those that come again.

use crate::fault::SqliteResult;
use desk::ports::SavedResult;
use domain::Millis;
use rusqlite::{Connection, OptionalExtension};

/// The most bytes that the results of one scope weigh together; beyond it the oldest are deleted. It is room for at
/// least 1,000 results, as long as their bodies are as short as those for agents.
const SCOPE: i64 = 1_024 * 1_024;
/// What a result weighs besides its body, in bytes.
const ROW: i64 = 512;

/// The result of this name.
pub(crate) fn find(conn: &Connection, key: &str) -> SqliteResult<Option<SavedResult>> {
    let mut statement =
        conn.prepare_cached("SELECT scope, fingerprint, at, status, body FROM result WHERE key = ?1")?;
    let row = statement.query_row([key], |row| {
        Ok(SavedResult {
            key: key.to_owned(),
            scope: row.get(0)?,
            fingerprint: row.get(1)?,
            at: row.get(2)?,
            status: row.get(3)?,
            body: row.get(4)?,
        })
    });
    Ok(row.optional()?)
}

/// Writes a result. An older one of the same name is replaced; one of the same moment is this one.
pub(crate) fn save(conn: &Connection, result: &SavedResult) -> SqliteResult<()> {
    if find(conn, &result.key)?.is_some_and(|known| known.at >= result.at) {
        return Ok(());
    }
    let before: i64 = conn
        .prepare_cached("SELECT coalesce(max(weight), 0) FROM result WHERE scope = ?1")?
        .query_row([&result.scope], |row| row.get(0))?;
    let weight = before + ROW + i64::try_from(result.body.len()).unwrap_or(SCOPE);
    conn.prepare_cached(
        "INSERT OR REPLACE INTO result (key, scope, weight, at, fingerprint, status, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute((
        &result.key,
        &result.scope,
        weight,
        result.at,
        &result.fingerprint,
        result.status,
        &result.body,
    ))?;
    conn.prepare_cached("DELETE FROM result WHERE scope = ?1 AND weight <= ?2")?
        .execute((&result.scope, weight - SCOPE))?;
    Ok(())
}

/// Forgets results older than a moment, the oldest first, at most `limit`; answers how many.
pub(crate) fn forget(conn: &Connection, before: Millis, limit: usize) -> SqliteResult<usize> {
    let mut statement = conn.prepare_cached(
        "DELETE FROM result WHERE id IN (SELECT id FROM result WHERE at < ?1 ORDER BY at LIMIT ?2)",
    )?;
    Ok(statement.execute((before, limit))?)
}

//! Migration 3: the sessions of the web API are kept under digests of their ids, so that nobody who reads the file
//! can use one.

use crate::fault::SqliteResult;
use rusqlite::Connection;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Builds the table again, which overwrites every page of the one before.
const TABLE: &str = include_str!("migrations/0003_session_digests.sql");

/// Keeps each session under the lower-case hex SHA-256 of its id, without the member `id`. A row that is not the JSON
/// of a session belongs to nobody and is deleted.
pub(crate) fn keep(conn: &Connection) -> SqliteResult<()> {
    let sessions: Vec<(String, String)> = conn
        .prepare("SELECT id, body FROM http_session")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    conn.execute_batch(TABLE)?;
    for (id, body) in sessions {
        let Ok(Value::Object(mut body)) = serde_json::from_str(&body) else { continue };
        body.remove("id");
        conn.prepare_cached("INSERT INTO http_session (id, body) VALUES (?1, ?2)")?
            .execute((digest(&id), serde_json::to_string(&body)?))?;
    }
    Ok(())
}

fn digest(id: &str) -> String {
    Sha256::digest(id).iter().fold(String::new(), |digest, byte| digest + &format!("{byte:02x}"))
}

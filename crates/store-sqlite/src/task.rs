//! Tasks for connectors, and the names that providers gave.

use crate::{
    document,
    fault::{SqliteFault, SqliteResult},
    group::JobGroup,
    snapshot, unreadable,
};
use desk::ports::{Start, TaskRow};
use domain::{Key, Millis, NodeId, ProviderKey, Task, format::Document, task::KnownProviderKey};
use rusqlite::{Connection, OptionalExtension};

impl JobGroup<'_> {
    /// Writes the tasks of a commit, and deletes those that it settles.
    pub(crate) fn write_tasks(&mut self, tasks: Vec<Task>, settled: &[String]) -> SqliteResult<()> {
        for id in settled {
            remove(self.conn, id)?;
        }
        self.committed.durable.settled.extend_from_slice(settled);
        for task in tasks {
            self.conn
                .prepare_cached(
                    "INSERT OR REPLACE INTO task (id, started, body, format) VALUES (?1, 0, ?2, ?3)",
                )?
                .execute((task.id(), document::text(&task)?, self.count.format))?;
            self.committed.durable.tasks.push(task);
        }
        Ok(())
    }

    /// Writes names. Each is new: the decision has checked.
    pub(crate) fn write_known(&mut self, known: &[KnownProviderKey], at: Millis) -> SqliteResult<()> {
        for KnownProviderKey { key, entry } in known {
            let place = match entry {
                None => None,
                Some((session, index)) => {
                    let found = self.entry(&Key::Session(session.clone()))?;
                    found.map(|entry| (entry.id, *index))
                }
            };
            self.conn
                .prepare_cached("INSERT INTO dedup (key, at, entity, idx) VALUES (?1, ?2, ?3, ?4)")?
                .execute((
                    key.to_string(),
                    at,
                    place.map(|(entity, _)| entity),
                    place.map(|(_, index)| index),
                ))?;
        }
        Ok(())
    }
}

/// What a provider's name stands for.
pub(crate) fn known(conn: &Connection, key: &ProviderKey) -> SqliteResult<Option<KnownProviderKey>> {
    let mut statement = conn.prepare_cached(
        "SELECT entity.key, idx FROM dedup LEFT JOIN entity ON entity.id = dedup.entity WHERE dedup.key = ?1",
    )?;
    let row = statement.query_row([key.to_string()], |row| {
        Ok((row.get::<_, Option<String>>(0)?, row.get::<_, Option<u32>>(1)?))
    });
    let Some(row) = row.optional()? else { return Ok(None) };
    let entry = match row {
        (Some(entity), Some(index)) => match snapshot::key(&entity)? {
            Key::Session(session) => Some((session, index)),
            _ => return Err(SqliteFault::Damaged(format!("'{key}' names a log entry of {entity}"))),
        },
        // The thing of this name was deleted.
        _ => None,
    };
    Ok(Some(KnownProviderKey { key: key.clone(), entry }))
}

/// Every task without an outcome that can be read.
pub(crate) fn all(conn: &Connection) -> SqliteResult<Vec<TaskRow>> {
    let mut statement =
        conn.prepare_cached("SELECT started, body, format, id, owner FROM task ORDER BY seq")?;
    let mut rows = statement.query([])?;
    let mut tasks = Vec::new();
    while let Some(row) = rows.next()? {
        match document::read(Document::Task, row, 1)? {
            Ok(task) => {
                let owner = row.get::<_, Option<String>>(4)?.map(NodeId::new);
                tasks.push(TaskRow { task, started: row.get(0)?, owner });
            }
            Err(why) => unreadable::tell("task", &row.get::<_, String>(3)?, &why),
        }
    }
    Ok(tasks)
}

/// Deletes a task; answers whether there was one.
pub(crate) fn remove(conn: &Connection, id: &str) -> SqliteResult<bool> {
    Ok(conn.prepare_cached("DELETE FROM task WHERE id = ?1")?.execute([id])? > 0)
}

/// Says that a node begins to send a task, unless another has begun or it is settled.
pub(crate) fn start(conn: &Connection, id: &str, node: &NodeId) -> SqliteResult<Start> {
    let begun = conn
        .prepare_cached(
            "UPDATE task SET started = 1, owner = ?2 WHERE id = ?1 AND (NOT started OR owner = ?2)",
        )?
        .execute((id, node.as_str()))?;
    if begun > 0 {
        return Ok(Start::Begun);
    }
    let is_there = conn.prepare_cached("SELECT 1 FROM task WHERE id = ?1")?.exists([id])?;
    Ok(if is_there { Start::Taken } else { Start::Gone })
}

/// Says that a task was certainly not sent.
pub(crate) fn not_sent(conn: &Connection, id: &str) -> SqliteResult<()> {
    conn.prepare_cached("UPDATE task SET started = 0, owner = NULL WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// Marks all tasks of a copy as doubtful: nobody knows which of them were carried out since it was made.
pub(crate) fn doubt_all(conn: &Connection) -> SqliteResult<()> {
    conn.execute_batch("UPDATE task SET started = 1, owner = NULL")?;
    Ok(())
}

/// Forgets names older than a moment, the oldest first, at most `limit`; answers how many. No provider delivers
/// again after so long.
pub(crate) fn forget_known(conn: &Connection, before: Millis, limit: usize) -> SqliteResult<usize> {
    let mut statement = conn.prepare_cached(
        "DELETE FROM dedup WHERE key IN (SELECT key FROM dedup WHERE at < ?1 ORDER BY at LIMIT ?2)",
    )?;
    Ok(statement.execute((before, limit))?)
}

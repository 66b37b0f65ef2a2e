//! Reading mailboxes.

use crate::{fault::Outcome, place};
use desk::ports::Note;
use domain::UserId;
use rusqlite::{Connection, OptionalExtension};
use std::sync::Arc;

/// A mailbox as the writer knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mailbox {
    /// Its id in the file.
    pub id: i64,
    /// The position last taken.
    pub head: u64,
}

/// Every mailbox.
pub(crate) fn all(conn: &Connection) -> Outcome<Vec<(UserId, Mailbox)>> {
    let mut statement = conn.prepare_cached("SELECT agent, id, head FROM mailbox")?;
    let rows = statement.query_map([], |row| {
        let agent: String = row.get(0)?;
        Ok((UserId::new(agent), Mailbox { id: row.get(1)?, head: row.get(2)? }))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The notes behind a position, in order.
pub(crate) fn notes(conn: &Connection, agent: &UserId, after: u64, limit: u32) -> Outcome<Vec<Arc<Note>>> {
    let Some(mailbox) = id(conn, agent)? else { return Ok(Vec::new()) };
    let lies = place::behind(mailbox, after);
    let mut statement = conn.prepare_cached(
        "SELECT place, channel, body FROM note WHERE place BETWEEN ?1 AND ?2 ORDER BY place LIMIT ?3",
    )?;
    let rows = statement.query_map((lies.start(), lies.end(), limit), |row| {
        Ok(Arc::new(Note {
            agent: agent.clone(),
            pos: place::position(row.get(0)?),
            channel: row.get_ref(1)?.as_str()?.into(),
            body: row.get_ref(2)?.as_str()?.into(),
        }))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many notes lie behind a position, and how many bytes their bodies have.
pub(crate) fn backlog(conn: &Connection, agent: &UserId, after: u64) -> Outcome<(u64, u64)> {
    let Some(mailbox) = id(conn, agent)? else { return Ok((0, 0)) };
    let lies = place::behind(mailbox, after);
    let mut statement = conn.prepare_cached(
        "SELECT count(*), coalesce(sum(octet_length(body)), 0) FROM note WHERE place BETWEEN ?1 AND ?2",
    )?;
    Ok(statement.query_row((lies.start(), lies.end()), |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Throws away the notes up to and with a position.
pub(crate) fn trim(conn: &Connection, mailbox: i64, upto: u64) -> Outcome<()> {
    let lies = place::up_to(mailbox, upto);
    conn.prepare_cached("DELETE FROM note WHERE place BETWEEN ?1 AND ?2")?
        .execute((lies.start(), lies.end()))?;
    Ok(())
}

fn id(conn: &Connection, agent: &UserId) -> Outcome<Option<i64>> {
    let mut statement = conn.prepare_cached("SELECT id FROM mailbox WHERE agent = ?1")?;
    Ok(statement.query_row([agent.as_str()], |row| row.get(0)).optional()?)
}

//! Reading mailboxes.

use crate::fault::SqliteResult;
use desk::ports::Note;
use domain::{Millis, UserId};
use rusqlite::{Connection, OptionalExtension};
use std::{collections::HashSet, sync::Arc};

/// A mailbox as the writer knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MailboxRow {
    /// Its id in the file.
    pub id: i64,
    /// The position last taken.
    pub head: u64,
    /// The position that the file names as last taken: never before `head` once a group is committed. A process that
    /// ends uncleanly leaves it, and the next goes on behind it, with a gap.
    pub reserved: u64,
}

/// How many positions are reserved at once, so that the row of a mailbox changes once in so many commits.
pub(crate) const RESERVE: u64 = 64;

/// Every mailbox.
pub(crate) fn all(conn: &Connection) -> SqliteResult<Vec<(UserId, MailboxRow)>> {
    let mut statement = conn.prepare_cached("SELECT agent, id, head FROM mailbox")?;
    let rows = statement.query_map([], |row| {
        let agent: String = row.get(0)?;
        let head = row.get(2)?;
        Ok((UserId::new(agent), MailboxRow { id: row.get(1)?, head, reserved: head }))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Gives back the reserved positions that were not used, at a clean end.
pub(crate) fn settle<'a>(
    conn: &mut Connection,
    mailboxes: impl Iterator<Item = &'a MailboxRow>,
) -> SqliteResult<()> {
    let tx = conn.transaction()?;
    for mailbox in mailboxes.filter(|mailbox| mailbox.head < mailbox.reserved) {
        tx.prepare_cached("UPDATE mailbox SET head = ?2 WHERE id = ?1")?
            .execute((mailbox.id, mailbox.head))?;
    }
    Ok(tx.commit()?)
}

/// The notes behind a position, in order ([`desk::ports::Store::notes`]).
pub(crate) fn notes(
    conn: &Connection,
    agent: &UserId,
    after: u64,
    limit: u32,
    bytes: usize,
) -> SqliteResult<Vec<Arc<Note>>> {
    let Some(mailbox) = id(conn, agent)? else { return Ok(Vec::new()) };
    let mut statement = conn.prepare_cached(
        "SELECT pos, channel, body FROM note WHERE mailbox = ?1 AND pos > ?2 ORDER BY pos LIMIT ?3",
    )?;
    let mut rows = statement.query((mailbox, signed(after), limit))?;
    let mut notes = Vec::new();
    let mut read = 0_usize;
    while let Some(row) = rows.next()? {
        let text = |column| row.get_ref(column)?.as_str().map_err(rusqlite::Error::from);
        let body = text(2)?;
        read = read.saturating_add(body.len());
        if read > bytes && !notes.is_empty() {
            break;
        }
        let (channel, body) = (text(1)?.into(), body.into());
        notes.push(Arc::new(Note { agent: agent.clone(), pos: row.get(0)?, channel, body }));
    }
    Ok(notes)
}

/// How many notes lie behind a position, and how many bytes their bodies have.
pub(crate) fn backlog(conn: &Connection, agent: &UserId, after: u64) -> SqliteResult<(u64, u64)> {
    let Some(mailbox) = id(conn, agent)? else { return Ok((0, 0)) };
    let mut statement = conn.prepare_cached(
        "SELECT count(*), coalesce(sum(octet_length(body)), 0) FROM note WHERE mailbox = ?1 AND pos > ?2",
    )?;
    Ok(statement.query_row((mailbox, signed(after)), |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Throws away the notes up to and with a position, the oldest first, at most `limit`; answers how many.
pub(crate) fn trim(conn: &Connection, mailbox: i64, upto: u64, limit: usize) -> SqliteResult<usize> {
    let mut statement = conn.prepare_cached(
        "DELETE FROM note WHERE id IN
         (SELECT id FROM note WHERE mailbox = ?1 AND pos <= ?2 ORDER BY pos LIMIT ?3)",
    )?;
    Ok(statement.execute((mailbox, signed(upto), limit))?)
}

/// Throws away the notes about some entities, in whatever mailbox; those at or after a moment are not checked,
/// and there must be none. Answers how many.
pub(crate) fn forget(conn: &Connection, about: &HashSet<i64>, until: Option<Millis>) -> SqliteResult<usize> {
    if about.is_empty() {
        return Ok(0);
    }
    let mut doomed = Vec::new();
    let mut statement = conn.prepare_cached("SELECT id, at, about FROM note ORDER BY id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if until.is_some_and(|until| row.get::<_, Millis>(1).is_ok_and(|at| at >= until)) {
            break;
        }
        if row.get::<_, Option<i64>>(2)?.is_some_and(|entity| about.contains(&entity)) {
            doomed.push(row.get::<_, i64>(0)?);
        }
    }
    let mut delete = conn.prepare_cached("DELETE FROM note WHERE id = ?1")?;
    for id in &doomed {
        delete.execute([id])?;
    }
    Ok(doomed.len())
}

/// A position as the file stores it: one beyond what the file can hold becomes the largest.
fn signed(position: u64) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

fn id(conn: &Connection, agent: &UserId) -> SqliteResult<Option<i64>> {
    let mut statement = conn.prepare_cached("SELECT id FROM mailbox WHERE agent = ?1")?;
    Ok(statement.query_row([agent.as_str()], |row| row.get(0)).optional()?)
}

//! The events of one entity without an index that every commit would pay for: each event names the one before, and the
//! snapshot the newest.
//!
//! An index on entity and version, and one on kind, take two of the seven trees that a commit writes to, and are read
//! only to fold, retire, erase and trace. Events of earlier releases name nothing: they have an index of their own,
//! to which nothing is added any more. Nothing depends on the links: they are followed to the first version,
//! and where one is missing all events are looked through.

use crate::fault::SqliteResult;
use rusqlite::{Connection, OptionalExtension};

/// The numbers of the events of an entity, in the order of its versions.
pub(crate) fn of(conn: &Connection, entity: i64) -> SqliteResult<Vec<u64>> {
    if let Some(seqs) = followed(conn, entity)? {
        return Ok(seqs);
    }
    tracing::warn!(entity, "an entity's events are not all linked: every event is looked through for them");
    looked_through(conn, entity)
}

/// The same by looking through all events: also those that stand behind a snapshot which is too old.
pub(crate) fn looked_through(conn: &Connection, entity: i64) -> SqliteResult<Vec<u64>> {
    let mut statement =
        conn.prepare_cached("SELECT seq FROM event WHERE entity = ?1 ORDER BY version, seq")?;
    Ok(statement.query_map([entity], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// The same by following the links; `None` where they do not lead to every version, or where there is no snapshot.
pub(crate) fn followed(conn: &Connection, entity: i64) -> SqliteResult<Option<Vec<u64>>> {
    let newest = conn
        .prepare_cached("SELECT version, coalesce(newest, 0) FROM snapshot WHERE entity = ?1")?
        .query_row([entity], |row| Ok((row.get::<_, u64>(0)?, row.get::<_, u64>(1)?)))
        .optional()?;
    let Some((version, mut next)) = newest else { return Ok(None) };
    let mut events: Vec<(u64, u64)> = conn
        .prepare_cached("SELECT version, seq FROM event WHERE entity = ?1 AND before IS NULL")?
        .query_map([entity], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let mut link =
        conn.prepare_cached("SELECT entity, version, coalesce(before, seq) FROM event WHERE seq = ?1")?;
    while next > 0 {
        let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get::<_, u64>(2)?));
        let Some((of, version, before)) = link.query_row([next], row).optional()? else { return Ok(None) };
        // A number that is not smaller would lead in circles.
        if of != entity || before >= next {
            return Ok(None);
        }
        events.push((version, next));
        next = before;
    }
    events.sort_unstable();
    let is_whole = (1..=version).eq(events.iter().map(|(version, _)| *version));
    Ok(is_whole.then(|| events.into_iter().map(|(_, seq)| seq).collect()))
}

/// Links the events of an entity again; these must be all of them, in order. Answers the newest.
pub(crate) fn join(conn: &Connection, seqs: &[u64]) -> SqliteResult<u64> {
    let mut before = 0;
    let mut update = conn.prepare_cached("UPDATE event SET before = ?2 WHERE seq = ?1")?;
    for seq in seqs {
        update.execute((seq, before))?;
        before = *seq;
    }
    Ok(before)
}

/// Names the kinds of the events before each mark that does not name them yet: an earlier release set it. In one commit,
/// or in that of the caller.
pub(crate) fn name_kinds(conn: &Connection) -> SqliteResult<()> {
    let tx = if conn.is_autocommit() { Some(conn.unchecked_transaction()?) } else { None };
    for (seq, after) in stretches(conn, "WHERE kinds IS NULL")? {
        write_kinds(conn, seq, &kinds(conn, after, seq)?)?;
    }
    tx.map_or(Ok(()), |tx| Ok(tx.commit()?))
}

/// Marks that do not name all kinds of the events before them, and with `fix` do from now on.
pub(crate) fn check_kinds(conn: &Connection, fix: bool) -> SqliteResult<Vec<u64>> {
    let mut wrong = Vec::new();
    for (seq, after) in stretches(conn, "WHERE kinds IS NOT NULL")? {
        let named: Option<String> = conn
            .prepare_cached("SELECT CAST(kinds AS TEXT) FROM mark WHERE seq = ?1")?
            .query_row([seq], |row| Ok(row.get(0).ok()))?;
        let wanted = kinds(conn, after, seq)?;
        let named = named.unwrap_or_default();
        // Of events that are retired by now more may be named than there are.
        if wanted.split_whitespace().any(|kind| !named.split(' ').any(|named| named == kind)) {
            wrong.push(seq);
            if fix {
                write_kinds(conn, seq, &wanted)?;
            }
        }
    }
    Ok(wrong)
}

/// Deletes events; answers how many were there.
pub(crate) fn forget(conn: &Connection, seqs: &[u64]) -> SqliteResult<usize> {
    let mut delete = conn.prepare_cached("DELETE FROM event WHERE seq = ?1")?;
    seqs.iter().try_fold(0, |gone, seq| Ok(gone + delete.execute([seq])?))
}

/// The marks of which something is true, each with the one before.
fn stretches(conn: &Connection, filter: &str) -> SqliteResult<Vec<(u64, u64)>> {
    let mut statement = conn.prepare(&format!(
        "SELECT seq, (SELECT coalesce(max(seq), 0) FROM mark AS earlier WHERE earlier.seq < mark.seq)
         FROM mark {filter} ORDER BY seq"
    ))?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn write_kinds(conn: &Connection, mark: u64, kinds: &str) -> SqliteResult<()> {
    conn.prepare_cached("UPDATE mark SET kinds = ?2 WHERE seq = ?1")?.execute((mark, kinds))?;
    Ok(())
}

/// Links the events of each entity whose links do not lead to all of them.
fn mend(conn: &Connection) -> SqliteResult<()> {
    let mut statement = conn.prepare("SELECT entity FROM snapshot")?;
    let entities: Vec<i64> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for entity in entities {
        if followed(conn, entity)?.is_none() {
            let newest = join(conn, &looked_through(conn, entity)?)?;
            conn.execute("UPDATE snapshot SET newest = ?2 WHERE entity = ?1", (entity, newest))?;
        }
    }
    Ok(())
}

/// The kinds of the events behind one number up to and with another, each between two spaces.
pub(crate) fn kinds(conn: &Connection, after: u64, upto: u64) -> SqliteResult<String> {
    let mut statement = conn.prepare_cached(
        "SELECT ' ' || group_concat(DISTINCT kind) || ' ' FROM event WHERE seq > ?1 AND seq <= ?2",
    )?;
    let kinds: Option<String> = statement.query_row((after, upto), |row| row.get(0))?;
    Ok(kinds.map_or_else(|| " ".to_owned(), |kinds| kinds.replace(',', " ")))
}

/// Removes the indexes that the links and marks replace. No release that needs them opens the file any more.
pub(crate) fn stand_alone(conn: &Connection) -> SqliteResult<()> {
    name_kinds(conn)?;
    mend(conn)?;
    conn.execute_batch("DROP INDEX IF EXISTS event_version; DROP INDEX IF EXISTS event_kind")?;
    Ok(())
}

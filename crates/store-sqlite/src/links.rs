//! The events of one entity without an index that every commit would pay for: each event names the one before, and the
//! snapshot the newest.
//!
//! An index on entity and version, and one on kind, take two of the seven trees that a commit writes to, and are read
//! only to fold, retire, erase and trace. Events of earlier releases name nothing: they have an index of their own,
//! to which nothing is added any more. Nothing depends on the links: they are followed to the first version,
//! and where one is missing all events are looked through.

use crate::fault::Outcome;
use rusqlite::{Connection, OptionalExtension};

/// The numbers of the events of an entity, in the order of its versions.
pub(crate) fn of(conn: &Connection, entity: i64) -> Outcome<Vec<u64>> {
    if let Some(seqs) = followed(conn, entity)? {
        return Ok(seqs);
    }
    tracing::warn!(entity, "an entity's events are not all linked: every event is looked through for them");
    let mut statement =
        conn.prepare_cached("SELECT seq FROM event WHERE entity = ?1 ORDER BY version, seq")?;
    let seqs = statement.query_map([entity], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(seqs)
}

/// The same by following the links; `None` where they do not lead to every version, or where there is no snapshot.
pub(crate) fn followed(conn: &Connection, entity: i64) -> Outcome<Option<Vec<u64>>> {
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
pub(crate) fn join(conn: &Connection, seqs: &[u64]) -> Outcome<u64> {
    let mut before = 0;
    let mut update = conn.prepare_cached("UPDATE event SET before = ?2 WHERE seq = ?1")?;
    for seq in seqs {
        update.execute((seq, before))?;
        before = *seq;
    }
    Ok(before)
}

/// Names the kinds of the events before each mark that does not name them yet: an earlier release set it.
pub(crate) fn name_kinds(conn: &Connection) -> Outcome<()> {
    let mut statement = conn.prepare_cached(
        "SELECT seq, (SELECT coalesce(max(seq), 0) FROM mark AS earlier WHERE earlier.seq < mark.seq)
         FROM mark WHERE kinds IS NULL",
    )?;
    let marks: Vec<(u64, u64)> =
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let mut update = conn.prepare_cached("UPDATE mark SET kinds = ?2 WHERE seq = ?1")?;
    for (seq, after) in marks {
        update.execute((seq, kinds(conn, after, seq)?))?;
    }
    Ok(())
}

/// The kinds of the events behind one number up to and with another, each between two spaces.
pub(crate) fn kinds(conn: &Connection, after: u64, upto: u64) -> Outcome<String> {
    let mut statement = conn.prepare_cached(
        "SELECT ' ' || group_concat(DISTINCT kind) || ' ' FROM event WHERE seq > ?1 AND seq <= ?2",
    )?;
    let kinds: Option<String> = statement.query_row((after, upto), |row| row.get(0))?;
    Ok(kinds.map_or_else(|| " ".to_owned(), |kinds| kinds.replace(',', " ")))
}

/// Removes the indexes that the links and marks replace. No release that needs them opens the file any more.
pub(crate) fn stand_alone(conn: &Connection) -> Outcome<()> {
    name_kinds(conn)?;
    conn.execute_batch("DROP INDEX IF EXISTS event_version; DROP INDEX IF EXISTS event_kind")?;
    Ok(())
}

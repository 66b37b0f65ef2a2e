//! What only one may have and what there is only so much of: unique names, and who waits in which queue.

use crate::{fault::Outcome, snapshot};
use domain::{Key, Kind, MediumName, QueueName, State, UniqueName, share::Waiting};
use rusqlite::{Connection, OptionalExtension};
use std::collections::HashMap;

/// How many wait in each queue.
pub(crate) type Queues = HashMap<QueueName, Waiting>;

/// Makes the tables, filled from what is there.
pub(crate) fn make(conn: &Connection) -> Outcome<()> {
    conn.execute_batch(include_str!("migrations/0007_limits.sql"))?;
    fill(conn)
}

/// Writes every row anew, as the open snapshots have it. Of two that bear one name, which no commit allows, the older
/// keeps it.
pub(crate) fn fill(conn: &Connection) -> Outcome<()> {
    conn.execute_batch("DELETE FROM unique_name; DELETE FROM waiting")?;
    for kind in [Kind::User, Kind::Queue, Kind::Session, Kind::Call] {
        for (_, entry) in snapshot::open(conn, kind)? {
            if let Some(name) = entry.state.unique_name() {
                conn.prepare_cached("INSERT OR IGNORE INTO unique_name (name, entity) VALUES (?1, ?2)")?
                    .execute((name.to_string(), entry.id))?;
            }
            if let Some((queue, medium)) = entry.state.waits() {
                enter(conn, entry.id, &queue, &medium)?;
            }
        }
    }
    Ok(())
}

/// How many wait in each queue.
pub(crate) fn waiting(conn: &Connection) -> Outcome<Queues> {
    let mut statement =
        conn.prepare_cached("SELECT queue, medium, count(*) FROM waiting GROUP BY queue, medium")?;
    let mut rows = statement.query([])?;
    let mut queues = Queues::new();
    while let Some(row) = rows.next()? {
        let (queue, medium): (String, String) = (row.get(0)?, row.get(1)?);
        let count = usize::try_from(row.get::<_, i64>(2)?).unwrap_or(usize::MAX);
        queues.entry(QueueName::new(queue)).or_default().insert(MediumName::new(medium), count);
    }
    Ok(queues)
}

/// Who bears a name.
pub(crate) fn bearer(conn: &Connection, name: &UniqueName) -> Outcome<Option<Key>> {
    let mut statement = conn.prepare_cached(
        "SELECT key FROM unique_name JOIN entity ON entity.id = unique_name.entity WHERE name = ?1",
    )?;
    let key: Option<String> = statement.query_row([name.to_string()], |row| row.get(0)).optional()?;
    key.map(|key| snapshot::key(&key)).transpose()
}

/// What a change means for the limits.
pub(crate) struct Moved {
    /// The entity that changes.
    pub entity: i64,
    /// The name it bore, and bears.
    pub names: (Option<UniqueName>, Option<UniqueName>),
    /// Where it waited, and waits.
    pub places: (Option<Place>, Option<Place>),
}

/// A queue, and the medium of who waits in it.
pub(crate) type Place = (QueueName, MediumName);

impl Moved {
    /// `None` for a change that means nothing for them, which most do.
    pub fn of(entity: i64, before: Option<&State>, after: &State) -> Option<Self> {
        let names = (before.and_then(State::unique_name), after.unique_name());
        let places = (before.and_then(State::waits), after.waits());
        (names.0 != names.1 || places.0 != places.1).then_some(Self { entity, names, places })
    }
}

/// Writes that an entity waits in a queue.
pub(crate) fn enter(conn: &Connection, entity: i64, queue: &QueueName, medium: &MediumName) -> Outcome<()> {
    conn.prepare_cached("INSERT OR REPLACE INTO waiting (entity, queue, medium) VALUES (?1, ?2, ?3)")?
        .execute((entity, queue.as_str(), medium.as_str()))?;
    Ok(())
}

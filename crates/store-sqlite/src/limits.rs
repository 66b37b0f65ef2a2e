//! Limits over the whole centre: unique names, and who waits in which queue.

use crate::{
    fault::{SqliteFault, SqliteResult},
    snapshot,
};
use domain::{EntityKind, Key, MediumName, QueueName, State, UniqueName, share::WaitingCounts};
use rusqlite::{Connection, OptionalExtension};
use std::collections::{BTreeMap, HashMap};

/// How many wait in each queue.
pub(crate) type Queues = HashMap<QueueName, WaitingCounts>;

/// The rows as the open snapshots have them. If two have one name, which no commit allows, the older keeps it.
#[derive(PartialEq, Eq)]
struct Rows {
    names: BTreeMap<String, i64>,
    places: BTreeMap<i64, (String, String)>,
}

impl Rows {
    /// The rows that can be read from the snapshots, and whether these are all.
    fn wanted(conn: &Connection) -> SqliteResult<(Self, bool)> {
        let (mut names, mut places, mut is_whole) = (BTreeMap::new(), BTreeMap::new(), true);
        for kind in [EntityKind::User, EntityKind::Queue, EntityKind::Session, EntityKind::Call] {
            let open = match snapshot::open(conn, kind) {
                Err(SqliteFault::Damaged(why)) => {
                    tracing::error!(
                        why,
                        kind = kind.as_str(),
                        "not everything that has a unique name or waits can be read"
                    );
                    is_whole = false;
                    continue;
                }
                open => open?,
            };
            for (_, entry) in open {
                if let Some(name) = entry.state.unique_name() {
                    names.entry(name.to_string()).or_insert(entry.id);
                }
                if let Some((queue, medium)) = entry.state.waits() {
                    places.insert(entry.id, (queue.to_string(), medium.to_string()));
                }
            }
        }
        Ok((Self { names, places }, is_whole))
    }

    fn there(conn: &Connection) -> SqliteResult<Self> {
        let names = conn
            .prepare_cached("SELECT name, entity FROM unique_name")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let places = conn
            .prepare_cached("SELECT entity, queue, medium FROM waiting")?
            .query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?
            .collect::<Result<_, _>>()?;
        Ok(Self { names, places })
    }

    fn write(self, conn: &Connection) -> SqliteResult<()> {
        conn.execute_batch("DELETE FROM unique_name; DELETE FROM waiting")?;
        for row in self.names {
            conn.prepare_cached("INSERT INTO unique_name (name, entity) VALUES (?1, ?2)")?.execute(row)?;
        }
        for (entity, (queue, medium)) in self.places {
            enter(conn, entity, &queue.as_str().into(), &medium.as_str().into())?;
        }
        Ok(())
    }
}

/// Writes all rows again from the open snapshots.
pub(crate) fn fill(conn: &Connection) -> SqliteResult<()> {
    Rows::wanted(conn)?.0.write(conn)
}

/// Mends the rows if a release that does not know them has written to the journal. Nothing is written where they
/// are right, so that a server can start on a full disk.
pub(crate) fn follow(conn: &mut Connection) -> SqliteResult<()> {
    let (wanted, is_whole) = Rows::wanted(conn)?;
    if !is_whole || wanted == Rows::there(conn)? {
        return Ok(());
    }
    tracing::info!("an earlier release has written: unique names and the places in queues are read again");
    let tx = conn.transaction()?;
    wanted.write(&tx)?;
    Ok(tx.commit()?)
}

/// How many wait in each queue.
pub(crate) fn waiting(conn: &Connection) -> SqliteResult<Queues> {
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

/// The entity that has a unique name.
pub(crate) fn bearer(conn: &Connection, name: &UniqueName) -> SqliteResult<Option<Key>> {
    let mut statement = conn.prepare_cached(
        "SELECT key FROM unique_name JOIN entity ON entity.id = unique_name.entity WHERE name = ?1",
    )?;
    let key: Option<String> = statement.query_row([name.to_string()], |row| row.get(0)).optional()?;
    key.map(|key| snapshot::key(&key)).transpose()
}

/// A change of the limits.
pub(crate) struct Moved {
    /// The entity that changes.
    pub entity: i64,
    /// The unique name of the entity, before and after.
    pub names: (Option<UniqueName>, Option<UniqueName>),
    /// The place in which it waits, before and after.
    pub places: (Option<QueueMedium>, Option<QueueMedium>),
}

/// A queue, and the medium of what waits in it.
pub(crate) type QueueMedium = (QueueName, MediumName);

impl Moved {
    /// The change of the limits that an entity's change makes; `None` for most changes, which make none.
    pub fn of(entity: i64, before: Option<&State>, after: &State) -> Option<Self> {
        let names = (before.and_then(State::unique_name), after.unique_name());
        let places = (before.and_then(State::waits), after.waits());
        (names.0 != names.1 || places.0 != places.1).then_some(Self { entity, names, places })
    }
}

/// Writes that an entity waits in a queue.
pub(crate) fn enter(
    conn: &Connection,
    entity: i64,
    queue: &QueueName,
    medium: &MediumName,
) -> SqliteResult<()> {
    conn.prepare_cached("INSERT OR REPLACE INTO waiting (entity, queue, medium) VALUES (?1, ?2, ?3)")?
        .execute((entity, queue.as_str(), medium.as_str()))?;
    Ok(())
}

//! Folds the events of an entity.

use crate::{document, fault::SqliteResult};
use desk::ports::Finding;
use domain::{Event, Key, Millis, State, format::Document};
use rusqlite::Connection;

/// What the events of an entity fold to.
pub(crate) struct Folded {
    pub state: State,
    pub version: u64,
    pub at: Millis,
}

/// Folds the events of an entity, which have these numbers, and counts them; `None` when it has none.
pub(crate) fn fold(
    conn: &Connection,
    seqs: &[u64],
    key: &Key,
    events: &mut u64,
) -> SqliteResult<Result<Option<Folded>, Finding>> {
    let mut statement = conn.prepare_cached("SELECT version, at, body, format FROM event WHERE seq = ?1")?;
    let mut folded: Option<Folded> = None;
    for seq in seqs {
        let mut rows = statement.query([seq])?;
        let Some(row) = rows.next()? else { continue };
        *events += 1;
        let (version, at): (u64, Millis) = (row.get(0)?, row.get(1)?);
        let next = folded.as_ref().map_or(0, |folded| folded.version) + 1;
        if version != next {
            return Ok(Err(Finding::Gap(next)));
        }
        let event: Event = match document::read(Document::Event, row, 2)? {
            Ok(event) => event,
            Err(why) => return Ok(Err(Finding::Unreadable(format!("event {version}: {why}")))),
        };
        let Some(state) = State::apply(folded.map(|folded| folded.state), key, at, &event) else {
            return Ok(Err(Finding::Unreadable(format!("event {version} is not of such an entity"))));
        };
        folded = Some(Folded { state, version, at });
    }
    Ok(Ok(folded))
}

//! Rebuild: folds every event again and compares the result with the snapshots.

use crate::{
    cache::CachedSnapshot,
    connect::FILE,
    damage::{self, CheckFailure, Depth},
    document,
    fault::{SqliteFault, SqliteResult},
    fold::{Folded, fold},
    limits, links,
    open::{self, Hold},
    open_error::OpenError,
    schema, snapshot,
};
use desk::ports::{Difference, Finding, RebuildReport, StoreFault};
use domain::{
    Key, State,
    format::{Document, Unread},
};
use rusqlite::{Connection, Rows};
use std::{collections::BTreeMap, path::Path, sync::Arc};

/// Why a journal could not be checked.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// It could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Pages of the file are damaged, so their content is not known.
    #[error(
        "the journal is damaged: {0}. Restore a backup (`jackfield restore`); snapshots and events were not compared"
    )]
    Damaged(String),
    /// It could not be read, or not be mended.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

impl From<SqliteFault> for RebuildError {
    fn from(fault: SqliteFault) -> Self {
        Self::Store(fault.into())
    }
}

/// Checks the whole file for damage, then folds the events of every entity and compares the result with its
/// snapshot. With `fix`, snapshots that differ or are missing are replaced; that needs the directory for this process
/// alone. Without it, a
/// server may be at work: what is compared is of one moment. Holds one entity in memory at a time. Blocks.
pub fn rebuild(dir: &Path, fix: bool) -> Result<RebuildReport, RebuildError> {
    if fix {
        let _lock = open::lock(dir)?;
        // Opened as a reader first: a directory without a journal must not get one.
        drop(open::reader_beside(dir)?);
        let hold = Hold::open(dir, false)?;
        let report = in_one_moment(&hold.conn, fix);
        hold.end();
        report
    } else {
        in_one_moment(&open::reader_beside(dir)?, fix)
    }
}

/// Accepts a journal in which a process that did not end cleanly left less than it acknowledged: what can be
/// read is the journal from then on. Needs the directory for this process alone. Blocks.
pub fn accept_loss(dir: &Path) -> Result<(), OpenError> {
    let _lock = open::lock(dir)?;
    if !dir.join(FILE).exists() {
        return Err(OpenError::Missing(dir.into()));
    }
    Hold::open_as_it_is(dir)?.end();
    Ok(())
}

fn in_one_moment(conn: &Connection, fix: bool) -> Result<RebuildReport, RebuildError> {
    let tx = conn.unchecked_transaction().map_err(SqliteFault::from)?;
    damage::check(&tx, Depth::Full).map_err(|found| match found {
        CheckFailure::Damage(what) => RebuildError::Damaged(what),
        CheckFailure::Fault(fault) => fault.into(),
    })?;
    let report = check(&tx, fix)?;
    tx.commit().map_err(SqliteFault::from)?;
    Ok(report)
}

fn check(conn: &Connection, fix: bool) -> SqliteResult<RebuildReport> {
    let mut report = RebuildReport::default();
    let mut sorted = conn.prepare("SELECT entity, seq FROM event ORDER BY entity, version, seq")?;
    let mut all = Sorted { rows: sorted.query([])?, ahead: None, strays: BTreeMap::new() };
    let mut entities = conn.prepare("SELECT id, key FROM entity ORDER BY id")?;
    let mut rows = entities.query([])?;
    while let Some(row) = rows.next()? {
        let (id, entity): (i64, String) = (row.get(0)?, row.get(1)?);
        report.entities += 1;
        let seqs = all.of(id)?;
        let read = match snapshot::key(&entity) {
            Ok(key) => fold(conn, &seqs, &key, &mut report.events)?.map(|folded| (key, folded)),
            Err(fault) => Err(Finding::Unreadable(fault.to_string())),
        };
        let (key, folded) = match read {
            Ok(read) => read,
            Err(finding) => {
                report.differences.push(Difference { entity, finding, is_fixed: false });
                continue;
            }
        };
        let finding = match compare(conn, id, &key, folded.as_ref())? {
            None if folded.is_some() && links::followed(conn, id)?.as_ref() != Some(&seqs) => {
                Some(Finding::Unlinked)
            }
            finding => finding,
        };
        if let Some(finding) = finding {
            let is_fixed = match folded {
                Some(folded) if fix => {
                    write(conn, id, &seqs, &key, folded)?;
                    true
                }
                _ => false,
            };
            report.differences.push(Difference { entity, finding, is_fixed });
        }
    }
    for (entity, events) in all.rest()? {
        if fix {
            links::forget(conn, &events)?;
        }
        let finding = Finding::NoEntity(events.len() as u64);
        report.differences.push(Difference { entity: format!("entity {entity}"), finding, is_fixed: fix });
    }
    for mark in links::check_kinds(conn, fix)? {
        let entity = format!("mark {mark}");
        report.differences.push(Difference { entity, finding: Finding::Unnamed, is_fixed: fix });
    }
    if report.differences.iter().any(|difference| difference.is_fixed) {
        limits::fill(conn)?;
    }
    Ok(report)
}

/// The numbers of all events by entity and version, without any index or link.
struct Sorted<'s> {
    rows: Rows<'s>,
    ahead: Option<(i64, u64)>,
    /// Those of entities that were not asked for.
    strays: BTreeMap<i64, Vec<u64>>,
}

impl Sorted<'_> {
    /// Those of entities that are not there, each once all that are there were asked for.
    fn rest(mut self) -> SqliteResult<BTreeMap<i64, Vec<u64>>> {
        self.of(i64::MAX)?;
        Ok(self.strays)
    }

    /// The numbers of an entity's events; to be asked for entities in order.
    fn of(&mut self, entity: i64) -> SqliteResult<Vec<u64>> {
        let mut seqs = Vec::new();
        loop {
            if self.ahead.is_none() {
                self.ahead = self
                    .rows
                    .next()?
                    .map(|row| Ok::<_, SqliteFault>((row.get(0)?, row.get(1)?)))
                    .transpose()?;
            }
            match self.ahead {
                Some((of, seq)) if of <= entity => {
                    self.ahead = None;
                    if of == entity {
                        seqs.push(seq);
                    } else {
                        self.strays.entry(of).or_default().push(seq);
                    }
                }
                _ => return Ok(seqs),
            }
        }
    }
}

fn compare(conn: &Connection, id: i64, key: &Key, folded: Option<&Folded>) -> SqliteResult<Option<Finding>> {
    let mut statement =
        conn.prepare_cached("SELECT version, open, body, format FROM snapshot WHERE entity = ?1")?;
    let mut rows = statement.query([id])?;
    let row = rows.next()?;
    let (Some(row), Some(folded)) = (row, folded) else {
        return Ok(match (row, folded) {
            (None, Some(_)) => Some(Finding::NoSnapshot),
            (Some(_), None) => Some(Finding::NoEvents),
            _ => None,
        });
    };
    let (version, is_open): (u64, bool) = (row.get(0)?, row.get(1)?);
    let same = version == folded.version && is_open == folded.state.is_open();
    Ok(match document::read::<State>(Document::Snapshot(key.kind()), row, 2)? {
        Ok(state) => (!same || state != folded.state).then_some(Finding::Differs),
        // Its first reader would fold it, and this has done so.
        Err(Unread::Fold) => (!same).then_some(Finding::Differs),
        Err(why) => Some(Finding::Unreadable(format!("snapshot: {why}"))),
    })
}

fn write(conn: &Connection, id: i64, seqs: &[u64], key: &Key, folded: Folded) -> SqliteResult<()> {
    let Folded { state, version, at } = folded;
    let entry = CachedSnapshot { id, version, newest: links::join(conn, seqs)?, state: Arc::new(state) };
    snapshot::write(conn, &entry, key, at, schema::format(conn)?)
}

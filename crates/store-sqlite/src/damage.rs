//! Damaged pages: SQLite's check of the whole file.

use crate::{connect, fault::SqliteFault, open_error::OpenError};
use rusqlite::{Connection, ErrorCode, InterruptHandle};
use std::{path::Path, thread::JoinHandle};

/// The most findings that are reported.
const TOLD: usize = 5;

/// How thorough the check is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// Every page.
    Quick,
    /// Every page, and whether each index has what its table has.
    Full,
}

/// Why a file cannot be called sound.
#[derive(Debug)]
pub(crate) enum CheckFailure {
    /// It is damaged, in this way.
    Damage(String),
    /// It could not be checked.
    Fault(SqliteFault),
}

/// Checks every page. Takes about a second for each gigabyte.
pub(crate) fn check(conn: &Connection, depth: Depth) -> Result<(), CheckFailure> {
    let lines = lines(conn, depth).map_err(|error| match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => CheckFailure::Damage(error.to_string()),
        _ => CheckFailure::Fault(error.into()),
    })?;
    if lines == ["ok"] {
        return Ok(());
    }
    let more = if lines.len() > TOLD { format!("; and {} more", lines.len() - TOLD) } else { String::new() };
    let told: Vec<_> = lines.iter().flat_map(|line| line.lines()).take(TOLD).collect();
    Err(CheckFailure::Damage(told.join("; ") + &more))
}

fn lines(conn: &Connection, depth: Depth) -> rusqlite::Result<Vec<String>> {
    let mut statement = conn.prepare(match depth {
        Depth::Quick => "PRAGMA quick_check",
        Depth::Full => "PRAGMA integrity_check",
    })?;
    statement.query_map([], |row| row.get(0))?.collect()
}

/// Checks a large journal while it is used; ends when the journal is closed.
pub(crate) struct Watch {
    interrupt: InterruptHandle,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    pub fn start(dir: &Path) -> Result<Self, OpenError> {
        let conn = connect::reader(dir)?;
        let interrupt = conn.get_interrupt_handle();
        let place = dir.display().to_string();
        let thread = std::thread::Builder::new()
            .name("check".into())
            .spawn(move || match check(&conn, Depth::Quick) {
                Ok(()) => {
                    tracing::info!("the journal was looked through after an end that was not clean: sound");
                }
                Err(CheckFailure::Damage(what)) => {
                    metrics::gauge!("jackfield_store_damaged").set(1.0);
                    tracing::error!(
                        dir = place,
                        what,
                        "the journal is damaged: restore a backup (`jackfield restore`)"
                    );
                }
                Err(CheckFailure::Fault(fault)) => {
                    tracing::warn!(%fault, "the journal was not looked through to its end");
                }
            })
            .map_err(|source| OpenError::Directory { path: dir.into(), source })?;
        Ok(Self { interrupt, thread: Some(thread) })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.interrupt.interrupt();
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread that looks through the journal panicked");
        }
    }
}

//! Backup and restore: a consistent copy of a journal in use, and a journal made from such a copy.

use crate::{
    fault::Fault,
    open::{self, FILE, OpenError},
    schema, shelf, task,
};
use rusqlite::Connection;
use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

/// The copy's name until it is whole.
const UNFINISHED: &str = "journal.db.part";

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The source is not there, not a journal, or of another schema.
    #[error(transparent)]
    Source(#[from] OpenError),
    /// The target holds something; nothing is ever overwritten.
    #[error("{0} is not empty")]
    NotEmpty(PathBuf),
    /// The source is damaged.
    #[error("the journal is damaged: {0}")]
    Damaged(String),
    /// A file could not be written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The database said no.
    #[error("the copy failed: {0}")]
    Failed(String),
}

impl From<rusqlite::Error> for BackupError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<Fault> for BackupError {
    fn from(fault: Fault) -> Self {
        Self::Failed(fault.to_string())
    }
}

/// Copies the journal of a directory, which may be in use by a server, into a directory that is empty or not there
/// yet. The copy is of one moment, on the disk when this returns, and without what was deleted. Blocks.
pub fn backup(dir: &Path, to: &Path) -> Result<(), BackupError> {
    let source = open::reader(dir)?;
    let part = copy(&source, to)?;
    finish(&part, to)
}

/// Makes a journal from a backup, in a directory that is empty or not there yet. The journal has a new stream id,
/// so that no reader of the feed goes on with a cursor of the other, and knows nobody's session. The backup is
/// checked as a whole first. Blocks.
pub fn restore(from: &Path, dir: &Path) -> Result<(), BackupError> {
    let source = open::reader(from)?;
    check(&source)?;
    let part = copy(&source, dir)?;
    let conn = Connection::open(&part)?;
    conn.pragma_update(None, "secure_delete", "ON")?;
    schema::renew_stream(&conn)?;
    shelf::clear(&conn)?;
    task::doubt_all(&conn)?;
    conn.close().map_err(|(_, error)| error)?;
    finish(&part, dir)
}

fn check(conn: &Connection) -> Result<(), BackupError> {
    let mut statement = conn.prepare("PRAGMA integrity_check")?;
    let lines: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    if lines == ["ok"] { Ok(()) } else { Err(BackupError::Damaged(lines.join("; "))) }
}

/// Writes the copy under a name that no server opens.
fn copy(source: &Connection, to: &Path) -> Result<PathBuf, BackupError> {
    open::make_directory(to)?;
    let failed = |source| BackupError::File { path: to.into(), source };
    if fs::read_dir(to).map_err(failed)?.next().is_some() {
        return Err(BackupError::NotEmpty(to.into()));
    }
    let part = to.join(UNFINISHED);
    let name = part.to_str().ok_or_else(|| {
        let source = io::Error::new(io::ErrorKind::InvalidInput, "the name is not Unicode");
        BackupError::File { path: part.clone(), source }
    })?;
    // The reader's own protection would forbid even this, which writes to the new file only.
    source.pragma_update(None, "query_only", "OFF")?;
    // Unlike a copy page by page this one is not begun anew whenever the writer commits, and it leaves out
    // whatever lies in free pages.
    source.execute("VACUUM INTO ?1", [name])?;
    Ok(part)
}

/// Gives the copy its name once every byte of it is on the disk.
fn finish(part: &Path, dir: &Path) -> Result<(), BackupError> {
    let failed = |source| BackupError::File { path: part.into(), source };
    File::options().write(true).open(part).and_then(|file| file.sync_all()).map_err(failed)?;
    fs::rename(part, dir.join(FILE)).map_err(failed)?;
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(failed)
}

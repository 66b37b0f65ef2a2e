//! Backup and restore: a consistent copy of a journal in use, and a journal made from such a copy.

use crate::{
    binding,
    damage::{self, CheckFailure, Depth},
    fault::SqliteFault,
    files, left, open,
    open_error::OpenError,
    schema, session_table, task,
};
use rusqlite::Connection;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The copy's name until it is complete.
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
    #[error("the journal is damaged, and a copy of it would not be whole: {0}")]
    Damaged(String),
    /// A file could not be written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// The database failed.
    #[error("the copy failed: {0}")]
    Failed(String),
}

impl From<rusqlite::Error> for BackupError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<SqliteFault> for BackupError {
    fn from(fault: SqliteFault) -> Self {
        Self::Failed(fault.to_string())
    }
}

/// Copies the journal of a directory, which may be in use by a server, into a directory that is empty or not there
/// yet. The copy is of one moment, on the disk when this returns, for its owner only, without deleted content,
/// sessions and phones. A damaged journal is refused. Blocks.
pub fn backup(dir: &Path, to: &Path) -> Result<(), BackupError> {
    let source = open::reader_beside(dir)?;
    check(&source)?;
    let part = copy(&source, to)?;
    let conn = unfinished(&part)?;
    conn.close().map_err(|(_, error)| error)?;
    finish(&part, to)
}

/// Makes a journal from a backup, in a directory that is empty or not there yet. The journal has a new stream id,
/// so that no reader of the feed goes on with a cursor of the other, and has no sessions and phones. The
/// backup is checked as a whole first. Blocks.
pub fn restore(from: &Path, dir: &Path) -> Result<(), BackupError> {
    let source = open::reader_beside(from)?;
    check(&source)?;
    let part = copy(&source, dir)?;
    let conn = unfinished(&part)?;
    schema::renew_stream(&conn)?;
    task::doubt_all(&conn)?;
    conn.close().map_err(|(_, error)| error)?;
    finish(&part, dir)
}

fn check(conn: &Connection) -> Result<(), BackupError> {
    damage::check(conn, Depth::Full).map_err(|found| match found {
        CheckFailure::Damage(what) => BackupError::Damaged(what),
        CheckFailure::Fault(fault) => fault.into(),
    })
}

/// The copy before it gets its name, without sessions and bindings. Their content is overwritten, and no file beside
/// the copy keeps it meanwhile.
fn unfinished(part: &Path) -> Result<Connection, BackupError> {
    let conn = Connection::open(part)?;
    conn.pragma_update(None, "journal_mode", "MEMORY")?;
    conn.pragma_update(None, "secure_delete", "ON")?;
    session_table::clear(&conn)?;
    binding::clear(&conn)?;
    Ok(conn)
}

/// Writes the copy under a name that no server opens.
fn copy(source: &Connection, to: &Path) -> Result<PathBuf, BackupError> {
    let failed = |source| BackupError::File { path: to.into(), source };
    if to.exists() && fs::read_dir(to).map_err(failed)?.next().is_some() {
        return Err(BackupError::NotEmpty(to.into()));
    }
    files::private_directory(to)?;
    let part = to.join(UNFINISHED);
    let name = part.to_str().ok_or_else(|| {
        let source = io::Error::new(io::ErrorKind::InvalidInput, "the name is not Unicode");
        BackupError::File { path: part.clone(), source }
    })?;
    drop(files::open_private(&part).map_err(failed)?);
    // The reader's own protection would forbid even this statement, which writes to the new file only.
    source.pragma_update(None, "query_only", "OFF")?;
    // Unlike a copy page by page, this one does not start over whenever the writer commits, and it leaves out
    // the content of free pages.
    source.execute("VACUUM INTO ?1", [name])?;
    Ok(part)
}

/// Gives the copy its name once every byte of it is on the disk.
fn finish(part: &Path, dir: &Path) -> Result<(), BackupError> {
    left::rename(part, dir).map_err(|source| BackupError::File { path: part.into(), source })
}

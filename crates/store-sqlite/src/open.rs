//! Opening the directory: its lock, its file, its settings.

use crate::{fault::Fault, schema};
use rusqlite::{Connection, OpenFlags, config::DbConfig};
use std::{
    fs::{DirBuilder, File, TryLockError},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

/// The journal's file in its directory.
pub(crate) const FILE: &str = "journal.db";
const LOCK: &str = "lock";
/// Prepared statements kept by each connection; more than there are in the program.
const STATEMENTS: usize = 64;
/// How long a connection waits for another process, a backup for instance.
const BUSY: Duration = Duration::from_secs(5);

/// How a journal is opened.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether a journal of an older schema is brought up to date; otherwise it is refused. A new journal is made
    /// either way.
    pub migrate: bool,
    /// The most snapshots kept in memory.
    pub cached: usize,
    /// The most readers at one time, each with a connection of its own.
    pub readers: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { migrate: false, cached: 100_000, readers: 4 }
    }
}

/// Why a journal could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process writes to it, or this one does already.
    #[error("the journal in {0} is in use by another process")]
    InUse(PathBuf),
    /// There is none.
    #[error("there is no journal in {0}")]
    Missing(PathBuf),
    /// The file belongs to something else.
    #[error("journal.db is not a journal of this program")]
    Foreign,
    /// A later version of the program wrote it.
    #[error(
        "the journal has schema {found}, but this program knows schemas up to {newest}: use a newer jackfield"
    )]
    Newer {
        /// The schema of the file.
        found: i64,
        /// The newest schema known.
        newest: i64,
    },
    /// An earlier version of the program wrote it.
    #[error(
        "the journal has schema {found}, but this program needs schema {newest}: run `jackfield migrate`"
    )]
    Older {
        /// The schema of the file.
        found: i64,
        /// The schema needed.
        newest: i64,
    },
    /// The directory or its lock could not be used.
    #[error("{path}: {source}")]
    Directory {
        /// The directory or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The database said no, or holds what it should not.
    #[error("the journal could not be opened: {0}")]
    Failed(String),
}

impl From<Fault> for OpenError {
    fn from(fault: Fault) -> Self {
        Self::Failed(fault.to_string())
    }
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Makes a directory that only its owner can enter, parents included; leaves one that is there as it is.
pub(crate) fn make_directory(dir: &Path) -> Result<(), OpenError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(|source| OpenError::Directory { path: dir.into(), source })
}

/// Takes the directory for this process; it is given back when the file is dropped, however the process ends.
pub(crate) fn lock(dir: &Path) -> Result<File, OpenError> {
    let path = dir.join(LOCK);
    let opened = File::options().create(true).truncate(false).write(true).open(&path);
    let failed = |source| OpenError::Directory { path: path.clone(), source };
    let file = opened.map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(dir.into())),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// The one connection that writes, on a journal that exists or is made, with the newest schema.
pub(crate) fn writer(dir: &Path, migrate: bool) -> Result<Connection, OpenError> {
    let mut conn = Connection::open(dir.join(FILE))?;
    settle(&conn)?;
    conn.pragma_update(None, "journal_mode", "WAL")?;
    // Durable when committed: the WAL is synced with every group.
    conn.pragma_update(None, "synchronous", "FULL")?;
    // Deleted content is overwritten, not only forgotten.
    conn.pragma_update(None, "secure_delete", "ON")?;
    // After a checkpoint the WAL is cut back to this many bytes, should it have grown under a long backup.
    conn.pragma_update(None, "journal_size_limit", 256 << 20)?;
    // Negative is KiB.
    conn.pragma_update(None, "cache_size", -16_384)?;
    schema::bring_up(&mut conn, migrate)?;
    if schema::meta(&conn, "stream_id")?.is_none() {
        schema::renew_stream(&conn)?;
    }
    Ok(conn)
}

/// The connection of the thread that checkpoints, beside the writer's.
pub(crate) fn checkpointer(dir: &Path) -> Result<Connection, OpenError> {
    let conn = Connection::open(dir.join(FILE))?;
    settle(&conn)?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    Ok(conn)
}

/// A connection that only reads, beside whatever writer there is, in this process or another.
pub(crate) fn reader(dir: &Path) -> Result<Connection, OpenError> {
    let path = dir.join(FILE);
    if !path.exists() {
        return Err(OpenError::Missing(dir.into()));
    }
    // Not opened read-only: a reader takes part in the WAL's shared index, and may be the first to need it.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    settle(&conn)?;
    conn.pragma_update(None, "query_only", "ON")?;
    schema::check_current(&conn)?;
    Ok(conn)
}

fn settle(conn: &Connection) -> rusqlite::Result<()> {
    conn.busy_timeout(BUSY)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    // A plan is kept whatever is bound to it; without this SQLite prepares range statements anew each time.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

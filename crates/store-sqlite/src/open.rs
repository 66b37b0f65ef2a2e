//! Opening the directory: its lock, its file, its settings.

use crate::{
    fault::{Fault, Outcome},
    feed, files,
    left::{self, Left},
    mark::Mark,
    schema,
};
use rusqlite::{Connection, OpenFlags, config::DbConfig};
use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

/// The journal's file in its directory.
pub(crate) const FILE: &str = "journal.db";
/// The file whose lock a process holds while it writes.
pub(crate) const LOCK: &str = "lock";
/// A new journal's name until it is whole.
pub(crate) const PART: &str = "journal.db.part";
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
    /// A later version of the program writes it, and was told that no earlier one will open it again.
    #[error(
        "the journal is written in format {found}, but this program knows formats up to {newest}: use a newer jackfield"
    )]
    NewerFormat {
        /// The format in which it is written.
        found: u32,
        /// The newest format known.
        newest: u32,
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
    /// Others can enter the directory, and it could not be closed to them.
    #[error(
        "others can enter {dir}, and it cannot be closed to them ({source}): its owner must `chmod 700` it"
    )]
    Entered {
        /// The directory.
        dir: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The directory belongs to everybody, as `/tmp` does.
    #[error("{0} is shared by all users of this machine: name a directory of its own")]
    Shared(PathBuf),
    /// Acknowledged commits are missing, or damaged.
    #[error(
        "the last process that had the journal in {dir} open did not end cleanly, and {what}. Put the file back as it \
         was, or restore a backup into another directory (`jackfield restore`); to go on without what is missing, run \
         `jackfield rebuild --accept-loss`"
    )]
    Lost {
        /// The directory.
        dir: PathBuf,
        /// What is missing.
        what: String,
    },
    /// The journal itself is not there, but something of it is.
    #[error(
        "{what} in {dir}. Put journal.db back beside the files of the same time, or restore a backup into another \
         directory (`jackfield restore`); a directory begins anew once journal.db, journal.db-wal, journal.db-shm and \
         in-use are removed from it"
    )]
    Gone {
        /// The directory.
        dir: PathBuf,
        /// What is there and what is not.
        what: String,
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

/// Takes the directory for this process; it is given back when the file is dropped, however the process ends.
pub(crate) fn lock(dir: &Path) -> Result<File, OpenError> {
    let path = dir.join(LOCK);
    let failed = |source| OpenError::Directory { path: path.clone(), source };
    let file = files::open_private(&path).map_err(failed)?;
    files::private_file(&path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(dir.into())),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// A journal that is open for writing, and its mark.
pub(crate) struct Hold {
    pub conn: Connection,
    pub mark: Mark,
    /// The last process did not end cleanly, and the journal is too large to have been looked through by now.
    pub is_unchecked: bool,
    dir: PathBuf,
}

impl Hold {
    /// Opens the journal of a directory whose lock is held, or makes one, with the newest schema. What the last
    /// process left is looked at first.
    pub fn open(dir: &Path, migrate: bool) -> Result<Self, OpenError> {
        let left = left::inspect(dir)?;
        if left.nothing {
            make(dir)?;
        }
        left::close_to_others(dir)?;
        let conn = writer(dir)?;
        left.check(dir, &conn)?;
        Self::take(dir, conn, &left, migrate)
    }

    /// The same with whatever the last process left, less than it acknowledged perhaps.
    pub fn open_as_it_is(dir: &Path) -> Result<Self, OpenError> {
        let left = match left::inspect(dir) {
            Err(OpenError::Lost { .. }) => Left { torn: true, ..Left::default() },
            left => left?,
        };
        left::close_to_others(dir)?;
        Self::take(dir, writer(dir)?, &left, false)
    }

    fn take(dir: &Path, mut conn: Connection, left: &Left, migrate: bool) -> Result<Self, OpenError> {
        schema::bring_up(&mut conn, migrate)?;
        schema::check_format(&conn)?;
        let stream = match schema::meta(&conn, "stream_id")? {
            Some(stream) => stream,
            None => schema::renew_stream(&conn)?,
        };
        let record = left.record(stream, feed::head(&conn)?.max(schema::oldest(&conn)?));
        let marked = Mark::make(dir, left::wal_of(dir), record);
        let mut mark = marked.map_err(|source| OpenError::Directory { path: dir.into(), source })?;
        // What is left of a commit that failed must not lie there when the next one fails.
        if left.torn {
            match mark.empty_wal(&conn) {
                Ok(true) => {}
                // A full disk, or somebody who reads: the mark says that it may lie there.
                Ok(false) | Err(_) => mark.failed(),
            }
        }
        Ok(Self { conn, mark, is_unchecked: left.unclean && left.large, dir: dir.into() })
    }

    /// Lets go of the connection and opens another: this one does not know what became of its last commit.
    pub fn reopen(&mut self) -> Outcome<()> {
        let conn = writer(&self.dir).map_err(|why| Fault::Damaged(why.to_string()))?;
        drop(std::mem::replace(&mut self.conn, conn));
        Ok(())
    }

    /// Ends cleanly: everything is moved into the file, and the mark is removed. Where another process holds that up
    /// the mark stays, and the next one looks at what is there.
    pub fn end(self) {
        let Self { conn, mut mark, .. } = self;
        match mark.empty_wal(&conn) {
            Ok(true) => {}
            Ok(false) => return tracing::info!("another process reads the journal: its WAL stays"),
            Err(fault) => return tracing::error!(%fault, "the journal was not closed cleanly"),
        }
        let closed = conn
            .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)
            .and_then(|_| conn.close().map_err(|(_, error)| error));
        match closed {
            Ok(()) => mark.remove(),
            Err(error) => tracing::error!(%error, "the journal was not closed cleanly"),
        }
    }
}

/// Makes a journal, durably and under another name until it is whole.
fn make(dir: &Path) -> Result<(), OpenError> {
    let part = dir.join(PART);
    let failed = |source| OpenError::Directory { path: part.clone(), source };
    for left in [PART.to_owned(), format!("{PART}-wal"), format!("{PART}-shm"), format!("{PART}-journal")] {
        match fs::remove_file(dir.join(left)) {
            Err(why) if why.kind() != io::ErrorKind::NotFound => return Err(failed(why)),
            _ => {}
        }
    }
    drop(files::open_private(&part).map_err(failed)?);
    let mut conn = Connection::open(&part)?;
    conn.pragma_update(None, "journal_mode", "WAL")?;
    schema::bring_up(&mut conn, false)?;
    schema::renew_stream(&conn)?;
    // No earlier release has ever had it open.
    schema::set_format(&conn, domain::format::NEWEST)?;
    conn.close().map_err(|(_, error)| error)?;
    left::rename(&part, dir).map_err(failed)
}

/// The one connection that writes.
fn writer(dir: &Path) -> Result<Connection, OpenError> {
    let conn = existing(dir)?;
    conn.pragma_update(None, "journal_mode", "WAL")?;
    // Durable when committed: the WAL is synced with every group.
    conn.pragma_update(None, "synchronous", "FULL")?;
    // Deleted content is overwritten, not only forgotten.
    conn.pragma_update(None, "secure_delete", "ON")?;
    // After a checkpoint the WAL is cut back to this many bytes, should it have grown under a long backup.
    conn.pragma_update(None, "journal_size_limit", 256 << 20)?;
    // Negative is KiB.
    conn.pragma_update(None, "cache_size", -16_384)?;
    Ok(conn)
}

/// The connection of the thread that checkpoints, beside the writer's.
pub(crate) fn checkpointer(dir: &Path) -> Result<Connection, OpenError> {
    let conn = existing(dir)?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    Ok(conn)
}

/// A connection that only reads, beside whatever writer there is, in this process or another.
pub(crate) fn reader(dir: &Path) -> Result<Connection, OpenError> {
    if !dir.join(FILE).exists() {
        return Err(OpenError::Missing(dir.into()));
    }
    // Not opened read-only: a reader takes part in the WAL's shared index, and may be the first to need it.
    let conn = existing(dir)?;
    conn.pragma_update(None, "query_only", "ON")?;
    schema::check_current(&conn)?;
    Ok(conn)
}

/// The same for a process that does not write: what the last one that did has left is looked at first.
pub(crate) fn reader_beside(dir: &Path) -> Result<Connection, OpenError> {
    let left = left::inspect_beside(dir)?;
    if left.nothing {
        return Err(OpenError::Missing(dir.into()));
    }
    reader(dir)
}

/// A connection that leaves no trace, and what keeps others from writing meanwhile.
pub(crate) struct Untouched {
    pub conn: Connection,
    /// Held while nobody else has the journal open: a file that is read as it lies must not change.
    pub lock: Option<File>,
}

/// The journal for somebody who may change nothing, not even make a file: neither the index nor the WAL that a reader
/// makes where there is none. `None` when there is no journal, nor anything of one.
///
/// Beside a process that writes, an ordinary reader finds everything made. Otherwise a journal with commits in its WAL is
/// read with an index in memory, which SQLite does under an exclusive lock; one without is read as if it could not
/// change.
pub(crate) fn untouched(dir: &Path) -> Result<Option<Untouched>, OpenError> {
    if !files::look(dir)? {
        return Ok(None);
    }
    let failed = |source| OpenError::Directory { path: dir.join(LOCK), source };
    let lock = match File::open(dir.join(LOCK)) {
        Ok(file) => match file.try_lock_shared() {
            Ok(()) => Some(file),
            Err(TryLockError::WouldBlock) => return beside(dir),
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        },
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => None,
        Err(source) => return Err(failed(source)),
    };
    let left = left::inspect(dir)?;
    if left.nothing {
        return Ok(None);
    }
    let conn = if files::length(&left::wal_of(dir)).map_err(failed)?.unwrap_or(0) > 0 {
        let conn = existing(dir)?;
        conn.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        conn.pragma_update(None, "query_only", "ON")?;
        conn
    } else {
        left::alone(&dir.join(FILE))?
    };
    left.check(dir, &conn)?;
    schema::check_current(&conn)?;
    Ok(Some(Untouched { conn, lock }))
}

fn beside(dir: &Path) -> Result<Option<Untouched>, OpenError> {
    match reader_beside(dir) {
        Ok(conn) => Ok(Some(Untouched { conn, lock: None })),
        Err(OpenError::Missing(_)) => Ok(None),
        Err(why) => Err(why),
    }
}

fn existing(dir: &Path) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(dir.join(FILE), flags)?;
    conn.busy_timeout(BUSY)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    // A plan is kept whatever is bound to it; without this SQLite prepares range statements anew each time.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // Whoever is the last to close the journal would remove the WAL, and with it what the mark speaks of: only the
    // process that writes does that, in its own order.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(conn)
}

//! Opening the directory: its lock, its file, its settings.

use crate::{
    connect::{FILE, LOCK, PART, existing, reader, writer},
    fault::{SqliteFault, SqliteResult},
    feed, files,
    left::{self, DirectoryState},
    limits, links,
    mark::Mark,
    open_error::OpenError,
    schema,
};
use rusqlite::{Connection, config::DbConfig};
use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

/// The single value that names the newest event when the rows of limits were last known to be right.
const LIMITS: &str = "limits.upto";

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
    /// Whether the last process did not end cleanly and the journal is too large to have been checked by now.
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

    /// The same, whatever the last process left, even if that is less than it acknowledged.
    pub fn open_as_it_is(dir: &Path) -> Result<Self, OpenError> {
        let left = match left::inspect(dir) {
            Err(OpenError::Lost { .. }) => DirectoryState { torn: true, ..DirectoryState::default() },
            left => left?,
        };
        left::close_to_others(dir)?;
        Self::take(dir, writer(dir)?, &left, false)
    }

    fn take(
        dir: &Path,
        mut conn: Connection,
        left: &DirectoryState,
        migrate: bool,
    ) -> Result<Self, OpenError> {
        schema::bring_up(&mut conn, migrate)?;
        schema::check_format(&conn)?;
        let stream = match schema::meta(&conn, "stream_id")? {
            Some(stream) => stream,
            None => schema::renew_stream(&conn)?,
        };
        follow_limits(&mut conn)?;
        let record = left.record(stream, feed::head(&conn)?.max(schema::oldest(&conn)?));
        let marked = Mark::make(dir, left::wal_of(dir), record);
        let mut mark = marked.map_err(|source| OpenError::Directory { path: dir.into(), source })?;
        if let Err(fault) = links::name_kinds(&conn) {
            // A mark without kinds is only slower to read past.
            tracing::warn!(%fault, "the kinds of events could not be named at marks of an earlier release");
            mark.failed();
        }
        // The remains of a failed commit must not be there when the next one fails.
        if left.torn {
            match mark.empty_wal(&conn) {
                Ok(true) => {}
                // The disk is full, or somebody reads: the mark says that remains may be there.
                Ok(false) | Err(_) => mark.failed(),
            }
        }
        Ok(Self { conn, mark, is_unchecked: left.unclean && left.large, dir: dir.into() })
    }

    /// Replaces the connection: the old one does not know what became of its last commit.
    pub fn reopen(&mut self) -> SqliteResult<()> {
        let conn = writer(&self.dir).map_err(|why| SqliteFault::Damaged(why.to_string()))?;
        drop(std::mem::replace(&mut self.conn, conn));
        Ok(())
    }

    /// Ends cleanly: everything is moved into the file, and the mark is removed. If another process holds that up,
    /// the mark stays, and the next process checks what is there.
    pub fn end(self) {
        let Self { conn, mut mark, .. } = self;
        let upto = feed::head(&conn).and_then(|head| schema::set_meta(&conn, LIMITS, &head.to_string()));
        if let Err(fault) = upto {
            // The next start compares the rows.
            tracing::warn!(%fault, "that the rows of limits are right could not be written");
        }
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

/// Checks the rows of limits. The last process may have been of a release that does not know them: unless nothing
/// was written since a process that knows them ended cleanly, they are compared with the snapshots.
fn follow_limits(conn: &mut Connection) -> Result<(), OpenError> {
    let head = feed::head(conn)?.to_string();
    if schema::meta(conn, LIMITS)? != Some(head) {
        limits::follow(conn)?;
    }
    Ok(())
}

/// Makes a journal, durably and under another name until it is complete.
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
    links::stand_alone(&conn)?;
    conn.close().map_err(|(_, error)| error)?;
    left::rename(&part, dir).map_err(failed)
}

/// The same for a process that does not write: what the last writing process left is checked first.
pub(crate) fn reader_beside(dir: &Path) -> Result<Connection, OpenError> {
    let left = left::inspect_beside(dir)?;
    if left.nothing {
        return Err(OpenError::Missing(dir.into()));
    }
    reader(dir)
}

/// A connection that leaves no trace, with a lock that keeps others from writing meanwhile.
pub(crate) struct ReadOnlyJournal {
    pub conn: Connection,
    /// Held while nobody else has the journal open: a file that is read without its WAL must not change.
    pub lock: Option<File>,
}

/// The journal for a reader that may change nothing, not even make a file: neither the index nor the WAL that a reader
/// usually makes. `None` when there is no journal, nor any file of one.
///
/// Beside a process that writes, an ordinary reader finds everything made. Otherwise a journal with commits in its WAL
/// is read with an index in memory, which SQLite does under an exclusive lock; one without is read as if it could not
/// change.
pub(crate) fn untouched(dir: &Path) -> Result<Option<ReadOnlyJournal>, OpenError> {
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
    Ok(Some(ReadOnlyJournal { conn, lock }))
}

fn beside(dir: &Path) -> Result<Option<ReadOnlyJournal>, OpenError> {
    match reader_beside(dir) {
        Ok(conn) => Ok(Some(ReadOnlyJournal { conn, lock: None })),
        Err(OpenError::Missing(_)) => Ok(None),
        Err(why) => Err(why),
    }
}

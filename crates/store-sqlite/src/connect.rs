//! The files of a journal, and connections to it, each set up for what it does.

use crate::{open_error::OpenError, schema};
use rusqlite::{Connection, OpenFlags, config::DbConfig};
use std::{path::Path, time::Duration};

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

/// The one connection that writes.
pub(crate) fn writer(dir: &Path) -> Result<Connection, OpenError> {
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

/// A connection to the journal that is there.
pub(crate) fn existing(dir: &Path) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(dir.join(FILE), flags)?;
    conn.busy_timeout(BUSY)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    // A plan does not depend on the values bound to it; without this SQLite prepares range statements again each time.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // The last connection to close the journal would remove the WAL, and with it what the mark speaks of: only the
    // process that writes does that, in its own order.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(conn)
}

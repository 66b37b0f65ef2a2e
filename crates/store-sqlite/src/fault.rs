//! Faults of the file, before a caller is told.

use desk::ports::StoreFault;
use rusqlite::ErrorCode;

/// A fault inside the store.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SqliteFault {
    /// The database failed.
    #[error("{0}")]
    Sql(#[from] rusqlite::Error),
    /// A row does not hold what this program writes.
    #[error("a row cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// The journal, or what was to be written to it, contradicts itself.
    #[error("{0}")]
    Damaged(String),
}

impl SqliteFault {
    /// Whether the disk or the file is to blame, so that other commits will fail as well.
    pub fn is_of_the_disk(&self) -> bool {
        matches!(
            self.code(),
            Some(
                ErrorCode::DiskFull
                    | ErrorCode::SystemIoFailure
                    | ErrorCode::ReadOnly
                    | ErrorCode::CannotOpen
                    | ErrorCode::PermissionDenied
                    | ErrorCode::DatabaseCorrupt
                    | ErrorCode::NotADatabase
            )
        )
    }

    /// Whether a `COMMIT` that failed like this has certainly left nothing. SQLite writes the frame that ends a
    /// transaction last, so a disk that was too full did not take it; after an I/O error nobody knows what was written.
    pub fn is_certain(&self) -> bool {
        matches!(
            self.code(),
            Some(
                ErrorCode::DiskFull
                    | ErrorCode::DatabaseBusy
                    | ErrorCode::DatabaseLocked
                    | ErrorCode::ReadOnly
                    | ErrorCode::ConstraintViolation
            )
        )
    }

    /// Whether the same work would fail in the same way forever: the rows are to blame, or the work itself, not the
    /// disk's space, its access or somebody else's lock.
    pub fn is_permanent(&self) -> bool {
        let passing = matches!(
            self.code(),
            Some(
                ErrorCode::DiskFull
                    | ErrorCode::SystemIoFailure
                    | ErrorCode::ReadOnly
                    | ErrorCode::CannotOpen
                    | ErrorCode::PermissionDenied
                    | ErrorCode::DatabaseBusy
                    | ErrorCode::DatabaseLocked
                    | ErrorCode::FileLockingProtocolFailed
                    | ErrorCode::OutOfMemory
                    | ErrorCode::OperationInterrupted
                    | ErrorCode::OperationAborted
                    | ErrorCode::SchemaChanged
            )
        );
        !passing
    }

    fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Sql(error) => error.sqlite_error_code(),
            Self::Json(_) | Self::Damaged(_) => None,
        }
    }
}

impl From<SqliteFault> for StoreFault {
    fn from(fault: SqliteFault) -> Self {
        if fault.is_permanent() {
            Self::Permanent(fault.to_string())
        } else {
            Self::Failed(fault.to_string())
        }
    }
}

/// The outcome of work on the file.
pub(crate) type SqliteResult<T> = Result<T, SqliteFault>;

#[cfg(test)]
mod tests {
    use super::*;

    fn of(code: i32) -> StoreFault {
        SqliteFault::Sql(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None)).into()
    }

    #[test]
    fn what_the_disk_or_another_process_holds_up_may_succeed_later() {
        use rusqlite::ffi::{SQLITE_BUSY, SQLITE_CANTOPEN, SQLITE_FULL, SQLITE_IOERR, SQLITE_READONLY};
        for code in [SQLITE_FULL, SQLITE_IOERR, SQLITE_BUSY, SQLITE_READONLY, SQLITE_CANTOPEN] {
            assert!(of(code).is_passing() && !of(code).is_permanent(), "{code}");
        }
    }

    #[test]
    fn what_rows_or_the_work_itself_forbid_never_succeeds() {
        use rusqlite::ffi::{SQLITE_CONSTRAINT, SQLITE_CORRUPT, SQLITE_TOOBIG};
        for code in [SQLITE_CONSTRAINT, SQLITE_CORRUPT, SQLITE_TOOBIG] {
            assert!(of(code).is_permanent() && !of(code).is_passing(), "{code}");
        }
        let row = serde_json::from_str::<u8>("{").expect_err("it is no number");
        assert!(StoreFault::from(SqliteFault::Json(row)).is_permanent());
        assert!(StoreFault::from(SqliteFault::Damaged("a gap".into())).is_permanent());
    }
}

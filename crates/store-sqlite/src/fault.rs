//! What goes wrong with the file, before it is told to a caller.

use desk::ports::StoreFault;
use rusqlite::ErrorCode;

/// Trouble inside the store.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// The database said no.
    #[error("{0}")]
    Sql(#[from] rusqlite::Error),
    /// A row does not hold what this program writes.
    #[error("a row cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// The journal, or what was to be written to it, contradicts itself.
    #[error("{0}")]
    Damaged(String),
}

impl Fault {
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

    /// Whether a `COMMIT` that ended so has certainly left nothing. SQLite writes the frame that ends a transaction
    /// last, so that a disk too full for it did not take it; of an I/O error nobody knows what it let through.
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

    fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Sql(error) => error.sqlite_error_code(),
            Self::Json(_) | Self::Damaged(_) => None,
        }
    }
}

impl From<Fault> for StoreFault {
    fn from(fault: Fault) -> Self {
        Self::Failed(fault.to_string())
    }
}

/// The outcome of work on the file.
pub(crate) type Outcome<T> = Result<T, Fault>;

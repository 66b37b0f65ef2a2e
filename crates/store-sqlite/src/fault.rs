//! What goes wrong with the file, before it is told to a caller.

use desk::ports::StoreFault;

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

impl From<Fault> for StoreFault {
    fn from(fault: Fault) -> Self {
        Self::Failed(fault.to_string())
    }
}

/// The outcome of work on the file.
pub(crate) type Outcome<T> = Result<T, Fault>;

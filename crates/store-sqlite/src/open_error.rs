//! Why a journal could not be opened.

use crate::fault::SqliteFault;
use std::{io, path::PathBuf};

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
        /// The error of the system.
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
        /// The missing commits.
        what: String,
    },
    /// The journal itself is missing, but other files of it are there.
    #[error(
        "{what} in {dir}. Put journal.db back beside the files of the same time, or restore a backup into another \
         directory (`jackfield restore`); a directory starts over once journal.db, journal.db-wal, journal.db-shm and \
         in-use are removed from it"
    )]
    Gone {
        /// The directory.
        dir: PathBuf,
        /// Which files are there and which are not.
        what: String,
    },
    /// The directory or its lock could not be used.
    #[error("{path}: {source}")]
    Directory {
        /// The directory or file.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// The database failed, or holds something that it should not.
    #[error("the journal could not be opened: {0}")]
    Failed(String),
}

impl From<SqliteFault> for OpenError {
    fn from(fault: SqliteFault) -> Self {
        Self::Failed(fault.to_string())
    }
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

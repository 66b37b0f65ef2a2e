//! The operator's tools, on a directory.

use crate::{BackupError, OpenError, RebuildError, accept_loss, backup, finish, rebuild, restore};
use desk::ports::{Finished, Operator, Report};
use std::path::{Path, PathBuf};

/// The directory of a journal, for whoever administers it. Nothing is opened before it is needed.
#[derive(Clone, Debug)]
pub struct SqliteDirectory(PathBuf);

impl SqliteDirectory {
    /// That directory.
    pub fn of(dir: &Path) -> Self {
        Self(dir.to_owned())
    }
}

/// Why an operator's tool could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// The journal could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It could not be copied.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// It could not be checked.
    #[error(transparent)]
    Rebuild(#[from] RebuildError),
}

impl Operator for SqliteDirectory {
    type Fault = OperatorError;

    fn backup(&self, to: &Path) -> Result<(), OperatorError> {
        Ok(backup(&self.0, to)?)
    }

    fn restore(&self, from: &Path) -> Result<(), OperatorError> {
        Ok(restore(from, &self.0)?)
    }

    fn rebuild(&self, fix: bool) -> Result<Report, OperatorError> {
        Ok(rebuild(&self.0, fix)?)
    }

    fn accept_loss(&self) -> Result<(), OperatorError> {
        Ok(accept_loss(&self.0)?)
    }

    fn migrate(&self, raise: bool) -> Result<Finished, OperatorError> {
        Ok(finish(&self.0, raise)?)
    }
}

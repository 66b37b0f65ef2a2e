//! The operator's tools, on a directory.

use crate::{
    BackupError, OpenError, Options, RebuildError, SqliteReader, SqliteStore, accept_loss, backup, finish,
    rebuild, restore,
};
use desk::ports::{ErasureReport, Finished, Operator, RebuildReport, StoreFault, Traces};
use futures::executor::block_on;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// The directory of a journal, for whoever administers it. Nothing is opened before it is needed.
#[derive(Clone)]
pub struct SqliteDirectory {
    dir: PathBuf,
    /// Where this process has the journal open.
    store: Option<Arc<SqliteStore>>,
}

impl SqliteDirectory {
    /// The tools for this directory.
    pub fn of(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), store: None }
    }

    /// The same for the process that has its journal open, to be used on a thread of its runtime that may block.
    pub fn opened(dir: &Path, store: Arc<SqliteStore>) -> Self {
        Self { dir: dir.to_owned(), store: Some(store) }
    }

    /// The journal open for writing; a directory without one does not become one.
    fn store(&self) -> Result<Arc<SqliteStore>, OpenError> {
        if let Some(store) = &self.store {
            return Ok(store.clone());
        }
        drop(SqliteReader::open(&self.dir)?);
        SqliteStore::open(&self.dir, Options::default()).map(Arc::new)
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
    /// It could not be read, or not be written.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

impl Operator for SqliteDirectory {
    type Fault = OperatorError;

    fn backup(&self, to: &Path) -> Result<(), OperatorError> {
        Ok(backup(&self.dir, to)?)
    }

    fn restore(&self, from: &Path) -> Result<(), OperatorError> {
        Ok(restore(from, &self.dir)?)
    }

    fn find_person(&self, person: &str) -> Result<Traces, OperatorError> {
        if let Some(store) = &self.store {
            return Ok(block_on(store.find_person(person))?);
        }
        let reader = SqliteReader::look(&self.dir)?.ok_or_else(|| OpenError::Missing(self.dir.clone()))?;
        Ok(reader.find_person(person)?)
    }

    fn erase(&self, traces: Traces) -> Result<ErasureReport, OperatorError> {
        let store = self.store()?;
        Ok(block_on(store.erase(traces))?)
    }

    fn rebuild(&self, fix: bool) -> Result<RebuildReport, OperatorError> {
        Ok(rebuild(&self.dir, fix)?)
    }

    fn accept_loss(&self) -> Result<(), OperatorError> {
        Ok(accept_loss(&self.dir)?)
    }

    fn migrate(&self, raise: bool) -> Result<Finished, OperatorError> {
        Ok(finish(&self.dir, raise)?)
    }
}

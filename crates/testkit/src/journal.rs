//! Where the journal of a desk lies.

use crate::FaultyStore;
use desk::ports::Store;
use domain::NodeId;
use std::{path::Path, sync::Arc};
use store_contract::StrictStore;
use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;

/// Where the journal of a desk lies. It outlives whoever has it open.
pub(crate) enum JournalStorage {
    /// In memory; it serves no decision what that did not name.
    Memory(StrictStore),
    /// In a directory.
    Directory(TempDir),
}

impl JournalStorage {
    pub fn memory() -> Self {
        Self::Memory(StrictStore::new())
    }

    pub fn directory() -> Self {
        Self::Directory(TempDir::new().expect("a directory"))
    }

    /// Opens it, for one process after another.
    pub fn open(&self) -> Arc<FaultyStore> {
        let journal: Arc<dyn Store> = match self {
            Self::Memory(journal) => Arc::new(journal.on(NodeId::default())),
            Self::Directory(directory) => {
                Arc::new(SqliteStore::open(directory.path(), Options::default()).expect("a journal"))
            }
        };
        Arc::new(FaultyStore::new(journal))
    }

    /// The directory, where it has one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Memory(_) => None,
            Self::Directory(directory) => Some(directory.path()),
        }
    }
}

//! The store contract on SQLite, and what only this store has.

mod sqlite;

use desk::ports::Store;
use domain::NodeId;
use std::sync::Arc;
use store_contract::{Shared, StoreBackend, suite};
use store_sqlite::{Options, SqliteStore};

struct Directory(tempfile::TempDir);

fn directory() -> Directory {
    Directory(tempfile::tempdir().expect("a directory"))
}

impl StoreBackend for Directory {
    fn open(&self) -> Arc<dyn Store> {
        Arc::new(SqliteStore::open(self.0.path(), Options::default()).expect("open"))
    }

    fn fail_notes_of(&self, channel: &str) {
        let conn = rusqlite::Connection::open(self.0.path().join("journal.db")).expect("open");
        conn.execute_batch(&format!(
            "CREATE TRIGGER broken BEFORE INSERT ON note WHEN new.channel = '{channel}'
             BEGIN SELECT raise(ABORT, 'broken on purpose'); END"
        ))
        .expect("a trigger");
    }
}

/// Two desks in one process: a journal of this store has one process at a time.
struct OneProcess(
    Arc<SqliteStore>,
    #[expect(dead_code, reason = "it is removed when this is dropped")] tempfile::TempDir,
);

fn one_process() -> OneProcess {
    let directory = tempfile::tempdir().expect("a directory");
    OneProcess(Arc::new(SqliteStore::open(directory.path(), Options::default()).expect("open")), directory)
}

impl Shared for OneProcess {
    fn on(&self, _: NodeId) -> Arc<dyn Store> {
        self.0.clone()
    }
}

store_contract::on_every_store! { directory() }

// What is judged inside a commit, where both are on their way at once.
store_contract::on_shared_stores! { @limits one_process() }

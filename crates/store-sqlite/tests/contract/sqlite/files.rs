//! Who can read the files.

use crate::suite::fixture::StoreFixture;
use desk::ports::{SessionTable, Store};
use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
    sync::Arc,
};
use store_sqlite::{OpenError, Options, SqliteStore, backup, restore};

pub fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

fn all_private(dir: &Path) {
    assert_eq!(mode(dir), 0o700, "{}", dir.display());
    for file in fs::read_dir(dir).expect("a directory") {
        let path = file.expect("a file").path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

fn open_to_all(parent: &Path, name: &str) -> std::path::PathBuf {
    let dir = parent.join(name);
    fs::create_dir(&dir).expect("made");
    fs::set_permissions(&dir, Permissions::from_mode(0o755)).expect("set");
    dir
}

#[tokio::test]
async fn a_directory_that_others_can_enter_and_its_files_are_closed_to_them() {
    let parent = tempfile::tempdir().expect("a directory");
    let dir = open_to_all(parent.path(), "data");
    let store = Arc::new(SqliteStore::open(&dir, Options::default()).expect("open"));
    let fixture = StoreFixture::set_up(store, 1).await;
    fixture.talk("one", 1).await;
    all_private(&dir);
    assert!(dir.join("journal.db-wal").exists() && dir.join("in-use").exists());
    drop(fixture);
    for name in ["journal.db", "lock"] {
        fs::set_permissions(dir.join(name), Permissions::from_mode(0o644)).expect("set");
    }
    fs::set_permissions(&dir, Permissions::from_mode(0o770)).expect("set");
    let _store = SqliteStore::open(&dir, Options::default()).expect("open");
    all_private(&dir);

    let (copy, home) = (open_to_all(parent.path(), "copy"), open_to_all(parent.path(), "home"));
    backup(&dir, &copy).expect("a backup");
    all_private(&copy);
    restore(&copy, &home).expect("restored");
    all_private(&home);
}

#[tokio::test]
async fn a_directory_of_all_users_is_refused() {
    let parent = tempfile::tempdir().expect("a directory");
    let dir = open_to_all(parent.path(), "tmp");
    fs::set_permissions(&dir, Permissions::from_mode(0o1777)).expect("set");
    let refused = SqliteStore::open(&dir, Options::default()).map(|_| ()).expect_err("shared");
    assert!(matches!(refused, OpenError::Shared(_)), "{refused}");
    assert_eq!(mode(&dir), 0o777);
}

#[tokio::test]
async fn a_backup_holds_no_session_nor_a_trace_of_one() {
    let parent = tempfile::tempdir().expect("a directory");
    let (dir, copy) = (parent.path().join("data"), parent.path().join("copy"));
    let store = Arc::new(SqliteStore::open(&dir, Options::default()).expect("open"));
    let fixture = StoreFixture::set_up(store.clone(), 1).await;
    fixture.talk("one", 1).await;
    for table in [SessionTable::HttpSession, SessionTable::BayeuxSession] {
        let rows = (0..300).map(|number| (format!("Zaphod{number}"), Some("Zaphod ".repeat(number))));
        store.shelve(table, rows.collect()).await.expect("shelved");
    }
    backup(&dir, &copy).expect("a backup");
    let names: Vec<_> =
        fs::read_dir(&copy).expect("a directory").map(|file| file.expect("a file").file_name()).collect();
    assert_eq!(names, ["journal.db"]);
    let bytes = fs::read(copy.join("journal.db")).expect("read");
    assert!(!bytes.windows(6).any(|window| window == b"Zaphod"));
    assert!(bytes.windows(4).any(|window| window == b"Mary"), "what is history is in it");
    assert_eq!(store.rows(SessionTable::HttpSession).await.expect("rows").len(), 300);
}

//! Positions of mailboxes: some are reserved at once, so that their row need not change with every commit.

use crate::suite::fixture::StoreFixture;
use std::{fs, path::Path, sync::Arc};
use store_sqlite::{Options, SqliteStore};

fn open(dir: &Path) -> Arc<SqliteStore> {
    Arc::new(SqliteStore::open(dir, Options::default()).expect("open"))
}

/// What the directory of an open store holds: what a kill would leave.
fn killed(dir: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("a directory");
    for file in fs::read_dir(dir).expect("a directory") {
        let name = file.expect("a file").file_name();
        fs::copy(dir.join(&name), copy.path().join(&name)).expect("copied");
    }
    copy
}

#[tokio::test]
async fn after_a_clean_end_positions_go_on_without_a_gap() {
    let dir = tempfile::tempdir().expect("a directory");
    let fixture = StoreFixture::set_up(open(dir.path()), 1).await;
    fixture.talk("one", 1).await;
    let head = fixture.head(1).await;
    drop(fixture);
    let again = StoreFixture::at(open(dir.path()), 9_000);
    assert_eq!(again.head(1).await, head);
    assert_eq!(again.dispose("one", 1, "x").await.reference, Some(head + 1));
}

#[tokio::test]
async fn after_a_kill_no_position_is_given_again() {
    let dir = tempfile::tempdir().expect("a directory");
    let fixture = StoreFixture::set_up(open(dir.path()), 1).await;
    // Past every number of positions that could be reserved at once, and each of them killed behind.
    for number in 0..40 {
        let id = format!("chat{number}");
        fixture.talk(&id, 1).await;
        let (head, left) = (fixture.head(1).await, killed(dir.path()));
        let again = StoreFixture::at(open(left.path()), 9_000);
        assert!(again.head(1).await >= head, "{head}");
        assert_eq!(again.positions(1, 0).await, fixture.positions(1, 0).await);
        assert!(again.dispose(&id, 1, "x").await.reference > Some(head), "{head}");
        fixture.complete(&id, 1).await;
    }
    assert!(fixture.head(1).await > 64, "too few to mean anything");
}

#[tokio::test]
async fn a_journal_in_use_tells_the_position_last_taken_and_not_the_one_reserved() {
    let dir = tempfile::tempdir().expect("a directory");
    let fixture = StoreFixture::set_up(open(dir.path()), 1).await;
    fixture.talk("one", 1).await;
    let newest = fixture.positions(1, 0).await.last().copied();
    let reference = fixture.dispose("one", 1, "x").await.reference;
    assert_eq!(reference, newest.map(|newest| newest + 1));
    assert_eq!(Some(fixture.head(1).await), fixture.positions(1, 0).await.last().copied());
}

//! Opening the directory.

use crate::suite::fixture::StoreFixture;
use desk::ports::{FeedQuery, Store};
use rusqlite::Connection;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use store_sqlite::{OpenError, Options, SqliteStore};

#[tokio::test]
async fn a_directory_is_for_one_process_at_a_time_and_for_its_owner_only() {
    let parent = tempfile::tempdir().expect("a directory");
    let dir = parent.path().join("deep/data");
    let store = SqliteStore::open(&dir, Options::default()).expect("open");
    let second = SqliteStore::open(&dir, Options::default()).map(|_| ()).expect_err("in use");
    assert!(matches!(second, OpenError::InUse(_)), "{second}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&dir).expect("a directory").permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
    let stream = store.stream_id().to_owned();
    assert_eq!(stream.len(), 32);
    drop(store);
    let again = SqliteStore::open(&dir, Options::default()).expect("free again");
    assert_eq!(again.stream_id(), stream);
}

#[tokio::test]
async fn a_newer_schema_is_refused_in_clear_words() {
    let dir = tempfile::tempdir().expect("a directory");
    drop(SqliteStore::open(dir.path(), Options::default()).expect("open"));
    let conn = Connection::open(dir.path().join("journal.db")).expect("open");
    conn.pragma_update(None, "user_version", 99).expect("sql");
    // No step of it says that programs of this schema go on with it.
    conn.execute("DELETE FROM meta WHERE name = 'schema.since'", []).expect("sql");
    drop(conn);
    for options in [Options::default(), Options { migrate: true, ..Options::default() }] {
        let refused = SqliteStore::open(dir.path(), options).map(|_| ()).expect_err("newer");
        assert!(matches!(refused, OpenError::Newer { found: 99, .. }));
        assert!(refused.to_string().contains("use a newer jackfield"), "{refused}");
    }
    assert!(SqliteStore::open_reader(dir.path()).is_err());
}

#[tokio::test]
async fn another_programs_file_is_left_alone() {
    let dir = tempfile::tempdir().expect("a directory");
    let conn = Connection::open(dir.path().join("journal.db")).expect("open");
    conn.execute_batch("CREATE TABLE recipes (name TEXT)").expect("sql");
    drop(conn);
    let refused = SqliteStore::open(dir.path(), Options { migrate: true, ..Options::default() });
    assert!(matches!(refused.map(|_| ()), Err(OpenError::Foreign)));
}

#[tokio::test]
async fn a_reader_follows_beside_the_writer_and_never_makes_a_journal() {
    let dir = tempfile::tempdir().expect("a directory");
    let missing = SqliteStore::open_reader(dir.path()).map(|_| ());
    assert!(matches!(missing, Err(OpenError::Missing(_))));
    assert_eq!(std::fs::read_dir(dir.path()).expect("a directory").count(), 0);

    let store = Arc::new(SqliteStore::open(dir.path(), Options::default()).expect("open"));
    let reader = SqliteStore::open_reader(dir.path()).expect("a reader");
    assert_eq!(reader.stream_id(), store.stream_id());
    let fixture = StoreFixture::set_up(store, 1).await;
    let mut after = 0;
    for number in 0..5 {
        fixture.talk(&format!("chat{number}"), 1).await;
        let page = reader.events(&FeedQuery { after, limit: 100, ..FeedQuery::default() }).expect("events");
        assert!(page.rows.iter().any(|row| row.key.id() == format!("chat{number}")));
        after = page.head;
    }
}

#[tokio::test]
async fn what_is_committed_outlives_the_store_and_nobody_is_let_in_after_the_end() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = Arc::new(SqliteStore::open(dir.path(), Options::default()).expect("open"));
    let fixture = StoreFixture::set_up(store.clone(), 1).await;
    let late = store.heads();
    drop((fixture, store));
    assert!(late.await.is_err());
    let store = SqliteStore::open(dir.path(), Options::default()).expect("free at once");
    assert!(store.state(&domain::Key::Centre).await.expect("state").is_some());
}

#[tokio::test]
async fn a_long_journal_opens_at_once() {
    let dir = tempfile::tempdir().expect("a directory");
    drop(SqliteStore::open(dir.path(), Options::default()).expect("open"));
    let conn = Connection::open(dir.path().join("journal.db")).expect("open");
    conn.execute_batch(
        "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 1000000)
         INSERT INTO event (seq, entity, version, at, kind, reported, body)
         SELECT n, n / 20, n % 20, n, 'disposition', 1, '{}' FROM number;
         INSERT INTO mark (seq, at) SELECT seq, at FROM event WHERE seq % 1024 = 0;",
    )
    .expect("a million events");
    drop(conn);
    // The best of three: a machine that builds beside the test is slow now and then, a walk over a million rows is
    // slow each time.
    let took = (0..3).map(|_| {
        let started = Instant::now();
        drop(SqliteStore::open(dir.path(), Options::default()).expect("open"));
        started.elapsed()
    });
    let took = took.min().expect("three");
    assert!(took < Duration::from_millis(300), "{took:?}");
    let store = SqliteStore::open(dir.path(), Options::default()).expect("open");
    let nothing = FeedQuery { limit: 10, kinds: vec!["session.created".into()], ..FeedQuery::default() };
    let started = Instant::now();
    let page = store.events(nothing).await.expect("events");
    assert_eq!((page.rows.len(), page.head), (0, 1_000_000));
    let late = FeedQuery { limit: 10, since: Some(1_000_001), ..FeedQuery::default() };
    assert_eq!(store.events(late).await.expect("events").rows.len(), 0);
    let took = started.elapsed();
    assert!(took < Duration::from_millis(300), "{took:?}");
}

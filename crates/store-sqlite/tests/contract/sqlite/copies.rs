//! Backup and restore.

use crate::suite::{
    fixture::{StoreFixture, session},
    post::{outcome, says},
    reports,
};
use desk::ports::{BindingRow, FeedPage, FeedQuery, Quarantined, Reports, SessionTable, Store};
use domain::session::Delivery;
use stats::Table;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use store_sqlite::{BackupError, OpenError, Options, SqliteReader, SqliteStore, backup, rebuild, restore};

fn all(dir: &std::path::Path) -> FeedPage {
    let reader = SqliteReader::open(dir).expect("a reader");
    reader.events(&FeedQuery { limit: 10_000, unreported: true, ..FeedQuery::default() }).expect("events")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_taken_while_the_server_writes_is_of_one_moment() {
    let (dir, copy) = (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory"));
    let store = Arc::new(SqliteStore::open(dir.path(), Options::default()).expect("open"));
    let fixture = Arc::new(StoreFixture::set_up(store, 2).await);
    fixture.talk("one", 1).await;
    let stop = Arc::new(AtomicBool::new(false));
    let (writing, stopped) = (fixture.clone(), stop.clone());
    let writer = tokio::spawn(async move {
        let mut count = 0;
        while !stopped.load(Ordering::Relaxed) {
            writing.dispose("one", 1, &count.to_string()).await;
            count += 1;
        }
        count
    });
    for number in 0..5 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        let (from, to) = (dir.path().to_owned(), copy.path().join(number.to_string()));
        tokio::task::spawn_blocking(move || backup(&from, &to)).await.expect("no panic").expect("a backup");
    }
    stop.store(true, Ordering::Relaxed);
    assert!(writer.await.expect("no panic") > 0);
    let whole = all(dir.path());
    for number in 0..5 {
        let to = copy.path().join(number.to_string());
        let names: Vec<_> = std::fs::read_dir(&to)
            .expect("a directory")
            .map(|file| file.expect("a file").file_name())
            .collect();
        assert_eq!(names, ["journal.db"]);
        let page = all(&to);
        assert_eq!(page.rows, whole.rows[..page.rows.len()]);
        assert_eq!(rebuild(&to, false).expect("a report").differences, []);
    }
}

#[tokio::test]
async fn a_restored_journal_has_the_same_content_under_a_new_stream_id() {
    let (dir, parent) =
        (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory"));
    let (copy, home) = (parent.path().join("copy"), parent.path().join("home"));
    let store = Arc::new(SqliteStore::open(dir.path(), Options::default()).expect("open"));
    for table in [SessionTable::HttpSession, SessionTable::BayeuxSession] {
        store.shelve(table, vec![("a".into(), Some("b".into()))]).await.expect("shelved");
    }
    let row = crate::suite::bindings::row("5001", "sip:5001@192.0.2.7");
    store.bind(vec![("5001".into(), vec![row.clone()])]).await.expect("bound");
    let fixture = StoreFixture::set_up(store.clone(), 2).await;
    fixture.talk("one", 1).await;
    fixture.talk("two", 2).await;
    fixture.complete("two", 2).await;
    store.recount(9_000).await.expect("the store works");
    let offered = reports::change(&reports::key(Table::Queue, 1, "support", ""), 2, 700);
    reports::count(&*store, 5, vec![offered]).await;
    backup(dir.path(), &copy).expect("a backup");
    restore(&copy, &home).expect("restored");

    let restored = Arc::new(SqliteStore::open(&home, Options::default()).expect("open"));
    assert_ne!(restored.stream_id(), store.stream_id());
    assert_eq!(all(&home).rows, all(dir.path()).rows);
    for table in [SessionTable::HttpSession, SessionTable::BayeuxSession] {
        assert_eq!(restored.rows(table).await.expect("rows"), []);
    }
    assert_eq!(restored.bindings().await.expect("rows"), [] as [BindingRow; 0]);
    // What was counted is in the copy, which goes on counting where the journal was.
    let counted = restored.counted().await.expect("read");
    assert_eq!(counted, store.counted().await.expect("read"));
    assert_eq!(counted.map(|counted| counted.position), Some(5));
    let rows = restored.interval_rows(reports::query(Table::Queue)).await.expect("rows");
    assert_eq!(rows.rows.len(), 1);
    assert_eq!(rows, store.interval_rows(reports::query(Table::Queue)).await.expect("rows"));
    assert_eq!(store.bindings().await.expect("rows"), [row]);
    for bytes in [&copy, &home].map(|dir| std::fs::read(dir.join("journal.db")).expect("the copy")) {
        assert!(!bytes.windows(9).any(|window| window == b"192.0.2.7"), "an address of a phone");
    }
    let (head, position) = (all(&home).head, fixture.head(1).await);
    let again = StoreFixture::at(restored, 9_000);
    assert_eq!(again.session("one").await, fixture.session("one").await);
    assert_eq!(again.state(&session("two")).await, fixture.state(&session("two")).await);
    assert_eq!(again.positions(1, 0).await, fixture.positions(1, 0).await);
    // The copy of a journal in use goes on behind the positions that were reserved: with a gap, never with one twice.
    assert!(again.dispose("one", 1, "x").await.reference > Some(position));
    assert!(all(&home).head > head);
}

#[tokio::test]
async fn nobody_knows_what_became_of_a_copys_tasks_and_quarantine_counts_on() {
    let (dir, parent) =
        (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory"));
    let (copy, home) = (parent.path().join("copy"), parent.path().join("home"));
    let store = Arc::new(SqliteStore::open(dir.path(), Options::default()).expect("open"));
    let fixture = StoreFixture::set_up(store.clone(), 1).await;
    fixture.text("one", "+1", 1).await;
    for words in ["a", "b"] {
        fixture.done(says("one", 1, words)).await;
    }
    fixture.done(outcome("one", 5, Delivery::Sent, "p1")).await;
    fixture.done(says("one", 1, "c")).await;
    let unit = || Quarantined { id: 0, at: 1, service: "texts".into(), why: "why".into(), raw: vec![0xff] };
    let number = store.quarantine(unit()).await.expect("kept");
    let newest = store.quarantine(unit()).await.expect("kept");
    store.release(newest).await.expect("released");
    backup(dir.path(), &copy).expect("a backup");
    restore(&copy, &home).expect("restored");

    assert_eq!(fixture.tasks().await, [("one/4".into(), false), ("one/6".into(), false)]);
    let restored = Arc::new(SqliteStore::open(&home, Options::default()).expect("open"));
    let again = StoreFixture::at(restored.clone(), 9_000);
    assert_eq!(again.tasks().await, [("one/4".into(), true), ("one/6".into(), true)]);
    assert_eq!(again.entry("p1").await, Some(("one".into(), 5)));
    assert_eq!(
        restored.quarantined(0, 9, usize::MAX).await.expect("listed"),
        [Quarantined { id: number, ..unit() }]
    );
    assert!(restored.quarantine(unit()).await.expect("kept") > newest);
}

#[tokio::test]
async fn nothing_is_overwritten_and_nothing_damaged_is_restored() {
    let (dir, parent) =
        (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory"));
    let (copy, home) = (parent.path().join("copy"), parent.path().join("home"));
    let fixture =
        StoreFixture::set_up(Arc::new(SqliteStore::open(dir.path(), Options::default()).expect("open")), 1)
            .await;
    for number in 0..20 {
        fixture.talk(&format!("chat{number}"), 1).await;
    }
    backup(dir.path(), &copy).expect("a backup");
    assert!(matches!(backup(dir.path(), &copy), Err(BackupError::NotEmpty(_))));
    assert!(matches!(restore(&copy, dir.path()), Err(BackupError::NotEmpty(_))));
    assert!(matches!(backup(&parent.path().join("nothing"), &home), Err(BackupError::Source(_))));

    let file = copy.join("journal.db");
    let mut bytes = std::fs::read(&file).expect("the copy");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8192].fill(0x55);
    std::fs::write(&file, bytes).expect("written");
    let damaged = restore(&copy, &home).expect_err("damaged");
    // It depends on the page whether it is found before anything is read, or as it is opened.
    let found = matches!(
        damaged,
        BackupError::Damaged(_) | BackupError::Failed(_) | BackupError::Source(OpenError::Failed(_))
    );
    assert!(found, "{damaged}");
    assert!(!home.join("journal.db").exists());
}

//! Rebuilding snapshots from events.

use crate::suite::{
    bindings::row,
    calls::dn,
    fixture::{StoreFixture, session},
    post::{outcome, says},
};
use desk::ports::{Finding, Store};
use domain::{
    Command, Key,
    command::{DeliveryReport, SessionAct},
    session::Delivery,
};
use rusqlite::Connection;
use std::sync::Arc;
use store_sqlite::{OpenError, Options, RebuildError, SqliteStore, rebuild};

async fn journal(dir: &std::path::Path) -> usize {
    let fixture =
        StoreFixture::set_up(Arc::new(SqliteStore::open(dir, Options::default()).expect("open")), 2).await;
    for number in 0..5 {
        fixture.talk(&format!("chat{number}"), 1).await;
        fixture.complete(&format!("chat{number}"), 1).await;
    }
    // The centre, the queue, two users, two agents, and the conversations.
    6 + 5
}

#[tokio::test]
async fn a_sound_journal_has_no_differences() {
    let dir = tempfile::tempdir().expect("a directory");
    let entities = journal(dir.path()).await;
    let report = rebuild(dir.path(), false).expect("a report");
    assert_eq!((report.entities, report.differences), (entities as u64, vec![]));
    assert!(report.events > report.entities);
}

#[tokio::test]
async fn rebuilding_leaves_alone_where_phones_are() {
    let dir = tempfile::tempdir().expect("a directory");
    let open = || SqliteStore::open(dir.path(), Options::default()).expect("open");
    open().bind(vec![("5001".into(), vec![row("5001", "sip:a@192.0.2.7")])]).await.expect("bound");
    rebuild(dir.path(), true).expect("a report");
    assert_eq!(open().bindings().await.expect("read"), [row("5001", "sip:a@192.0.2.7")]);
}

#[tokio::test]
async fn threads_and_deliveries_fold_too() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = Arc::new(SqliteStore::open(dir.path(), Options::default()).expect("open"));
    let fixture = StoreFixture::set_up(store, 1).await;
    for id in ["first", "second"] {
        fixture.text(id, "+1", 1).await;
        fixture.done(says(id, 1, "Good day")).await;
        fixture.done(outcome(id, 4, Delivery::Unknown, id)).await;
        fixture.act(id, 1, SessionAct::Resend { index: 4 }).await;
        let opted_out = id == "second";
        let report = DeliveryReport { opted_out, settles: true, ..DeliveryReport::of(Delivery::Failed) };
        fixture.done(Command::Report { session: id.into(), index: 4, report }).await;
        fixture.complete(id, 1).await;
    }
    // The centre, the queue, a user, an agent, two conversations and their thread.
    let report = rebuild(dir.path(), false).expect("a report");
    assert_eq!((report.entities, report.differences), (7, vec![]));
    drop(fixture);

    let conn = Connection::open(dir.path().join("journal.db")).expect("open");
    let changed =
        conn.execute("UPDATE snapshot SET body = replace(body, 'second', 'first') WHERE kind = 'thread'", []);
    assert_eq!(changed.expect("sql"), 1);
    drop(conn);
    let report = rebuild(dir.path(), true).expect("a report");
    let found: Vec<_> = report.differences.iter().map(|found| (&found.finding, found.is_fixed)).collect();
    assert_eq!(found, [(&Finding::Differs, true)]);
    assert!(report.differences[0].entity.starts_with("thread:"));
    assert_eq!(rebuild(dir.path(), false).expect("a report").differences, []);
}

#[tokio::test]
async fn calls_and_phones_fold_too() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = Arc::new(SqliteStore::open(dir.path(), Options::default()).expect("open"));
    let fixture = StoreFixture::set_up(store, 1).await;
    fixture.connect(1).await;
    for id in ["over", "open"] {
        fixture.ring(id, ("+15550142", "Ines"), &[("Order", "77")]).await;
        fixture.answer(id, 1).await;
        if id == "over" {
            fixture.gone(id, 1).await;
            fixture.dispose_call(id, 1, "Solved").await;
        }
    }
    // The centre, the queue, a user, an agent, that agent's phone, and two calls.
    let report = rebuild(dir.path(), false).expect("a report");
    assert_eq!((report.entities, report.differences), (7, vec![]));
    let (over, phone) = (fixture.call("over").await, fixture.state(&Key::Device(dn(1))).await);
    drop(fixture);

    let conn = Connection::open(dir.path().join("journal.db")).expect("open");
    let run = |sql: &str| conn.execute(sql, []).expect("sql");
    run("UPDATE snapshot SET body = replace(body, 'Ines', 'Inge'), ended_at = NULL
         WHERE entity = (SELECT id FROM entity WHERE key = 'call:over')");
    run("DELETE FROM snapshot WHERE kind = 'device'");
    drop(conn);
    let report = rebuild(dir.path(), true).expect("a report");
    let mut found: Vec<_> =
        report.differences.iter().map(|found| (&*found.entity, &found.finding, found.is_fixed)).collect();
    found.sort_by_key(|(entity, ..)| *entity);
    let wanted = [("call:over", &Finding::Differs, true), ("device:5001", &Finding::NoSnapshot, true)];
    assert_eq!(found, wanted);
    assert_eq!(rebuild(dir.path(), false).expect("a report").differences, []);
    let fixture = StoreFixture::at(
        Arc::new(SqliteStore::open(dir.path(), Options::default()).expect("open")),
        1_000_000,
    );
    assert_eq!((fixture.call("over").await, fixture.state(&Key::Device(dn(1))).await), (over, phone));
    // And the call that was mended still comes to its end.
    assert_eq!(fixture.store.retire(fixture.tick(), 10).await.expect("retired"), 1);
}

#[tokio::test]
async fn a_tampered_snapshot_is_found_and_mended() {
    let dir = tempfile::tempdir().expect("a directory");
    journal(dir.path()).await;
    let conn = Connection::open(dir.path().join("journal.db")).expect("open");
    let changed = conn
        .execute(
            "UPDATE snapshot SET body = replace(body, 'Mary', 'Mallory')
             WHERE entity = (SELECT id FROM entity WHERE key = 'session:chat3')",
            [],
        )
        .expect("sql");
    assert_eq!(changed, 1);
    conn.execute(
        "DELETE FROM snapshot WHERE entity = (SELECT id FROM entity WHERE key = 'session:chat4')",
        [],
    )
    .expect("sql");
    drop(conn);

    let report = rebuild(dir.path(), false).expect("a report");
    let found: Vec<_> =
        report.differences.iter().map(|found| (&*found.entity, &found.finding, found.is_fixed)).collect();
    let wanted =
        [("session:chat3", &Finding::Differs, false), ("session:chat4", &Finding::NoSnapshot, false)];
    assert_eq!(found, wanted);
    let report = rebuild(dir.path(), true).expect("a report");
    assert!(report.differences.iter().all(|found| found.is_fixed));
    assert_eq!(rebuild(dir.path(), false).expect("a report").differences, []);
    let store = SqliteStore::open(dir.path(), Options::default()).expect("open");
    assert!(format!("{:?}", store.state(&session("chat3")).await.expect("state")).contains("Mary"));
}

#[tokio::test]
async fn lost_and_unreadable_events_are_reported() {
    let dir = tempfile::tempdir().expect("a directory");
    journal(dir.path()).await;
    let conn = Connection::open(dir.path().join("journal.db")).expect("open");
    let run = |sql: &str| conn.execute(sql, []).expect("sql");
    let of = |id: u32| format!("entity = (SELECT id FROM entity WHERE key = 'session:chat{id}')");
    run(&format!("DELETE FROM event WHERE version = 1 AND {}", of(0)));
    run(&format!("DELETE FROM event WHERE version = 3 AND {}", of(1)));
    run(&format!("UPDATE event SET body = '{{' WHERE version = 2 AND {}", of(2)));
    run(&format!("DELETE FROM event WHERE {}", of(3)));
    let report = rebuild(dir.path(), false).expect("a report");
    let found: Vec<_> = report.differences.into_iter().map(|found| found.finding).collect();
    assert_eq!(found.len(), 4);
    assert_eq!(found[..2], [Finding::Gap(1), Finding::Gap(3)]);
    assert!(matches!(&found[2], Finding::Unreadable(why) if why.contains("event 2")));
    assert_eq!(found[3], Finding::NoEvents);
}

#[tokio::test]
async fn mending_needs_the_journal_for_itself_and_looking_does_not() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = SqliteStore::open(dir.path(), Options::default()).expect("open");
    rebuild(dir.path(), false).expect("a report");
    assert!(matches!(rebuild(dir.path(), true), Err(RebuildError::Open(OpenError::InUse(_)))));
    drop(store);
    rebuild(dir.path(), true).expect("a report");
}

#[tokio::test]
async fn what_only_one_may_have_and_who_waits_is_written_anew_with_what_is_mended() {
    let dir = tempfile::tempdir().expect("a directory");
    journal(dir.path()).await;
    let fixture =
        StoreFixture::at(Arc::new(SqliteStore::open(dir.path(), Options::default()).expect("open")), 9_000);
    fixture.come("waits", "Mary", &[]).await;
    drop(fixture);
    let conn = Connection::open(dir.path().join("journal.db")).expect("open");
    let rows = || {
        let count = |sql| conn.query_row(sql, [], |row| row.get::<_, i64>(0)).expect("a count");
        (count("SELECT count(*) FROM unique_name"), count("SELECT count(*) FROM waiting"))
    };
    assert_eq!(rows(), (2, 1));
    conn.execute_batch(
        "DELETE FROM unique_name; DELETE FROM waiting;
         UPDATE snapshot SET version = version + 1 WHERE entity = (SELECT id FROM entity WHERE key = 'session:chat3')",
    )
    .expect("broken");
    rebuild(dir.path(), true).expect("a report");
    assert_eq!(rows(), (2, 1));
}

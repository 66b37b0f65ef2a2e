//! Rows that cannot be read: the rest goes on, and what would need them is told that it never will succeed.

use crate::suite::{
    fixture::{StoreFixture, agent, session, session_command, work},
    post::says,
};
use desk::ports::{FeedQuery, StoreFault};
use domain::{EntityKind, command::SessionAct};
use rusqlite::Connection;
use std::{path::Path, sync::Arc};
use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;

/// A centre at work, whose journal was closed and changed by somebody.
async fn changed(work: impl AsyncFnOnce(&StoreFixture), sql: &str) -> (TempDir, StoreFixture) {
    let dir = tempfile::tempdir().expect("a directory");
    let fixture = StoreFixture::set_up(opened(dir.path()), 1).await;
    work(&fixture).await;
    let now = fixture.tick();
    drop(fixture);
    let conn = Connection::open(dir.path().join("journal.db")).expect("open");
    conn.execute_batch(sql).expect("sql");
    drop(conn);
    let fixture = StoreFixture::at(opened(dir.path()), now);
    (dir, fixture)
}

fn opened(dir: &Path) -> Arc<SqliteStore> {
    Arc::new(SqliteStore::open(dir, Options::default()).expect("open"))
}

async fn two_talks(fixture: &StoreFixture) {
    fixture.talk("one", 1).await;
    fixture.talk("other", 1).await;
}

#[tokio::test]
async fn a_snapshot_that_cannot_be_read_is_folded_anew_from_its_events() {
    let sql =
        "UPDATE snapshot SET body = '{' WHERE entity = (SELECT id FROM entity WHERE key = 'session:one')";
    let (_dir, fixture) = changed(two_talks, sql).await;
    assert_eq!(fixture.session("one").await.customer.nickname, "Mary");
    fixture.dispose("one", 1, "Solved").await;
    assert_eq!(fixture.store.open(EntityKind::Session).await.expect("opened").len(), 2);
}

#[tokio::test]
async fn work_that_cannot_be_read_is_left_out_and_whatever_needs_it_never_succeeds() {
    let sql =
        "UPDATE snapshot SET body = '{' WHERE entity = (SELECT id FROM entity WHERE key = 'session:one');
               UPDATE event SET body = '{' WHERE entity = (SELECT id FROM entity WHERE key = 'session:one')";
    let (_dir, fixture) = changed(two_talks, sql).await;
    let open = fixture.store.open(EntityKind::Session).await.expect("the other one is opened");
    assert_eq!(open.into_iter().map(|found| found.key).collect::<Vec<_>>(), [session("other")]);
    let fault = fixture.try_dispose("one", 1, "Solved").await.expect_err("it cannot be read");
    assert!(matches!(&fault, StoreFault::Permanent(why) if why.contains("session:one")), "{fault}");
    assert!(fixture.store.state(&session("one")).await.is_err_and(|fault| fault.is_permanent()));
    fixture.dispose("other", 1, "Solved").await;
}

#[tokio::test]
async fn what_is_provisioned_and_cannot_be_read_is_not_left_out() {
    let sql = "UPDATE snapshot SET body = '{' WHERE kind = 'queue'; UPDATE event SET body = '{' WHERE kind = 'queue.put'";
    let (_dir, fixture) = changed(two_talks, sql).await;
    assert!(fixture.store.open(EntityKind::Queue).await.is_err_and(|fault| fault.is_permanent()));
}

#[tokio::test]
async fn the_feed_goes_on_behind_events_that_cannot_be_read() {
    let sql = "UPDATE event SET body = '{' WHERE entity = (SELECT id FROM entity WHERE key = 'session:one')";
    let (_dir, fixture) = changed(two_talks, sql).await;
    for kinds in [Vec::new(), vec!["session.created".to_owned(), "session.accepted".to_owned()]] {
        let all = FeedQuery { limit: 1_000, kinds: kinds.clone(), unreported: true, ..FeedQuery::default() };
        let whole = fixture.store.events(all).await.expect("a page").rows;
        assert!(
            whole.iter().any(|row| row.key == session("other"))
                && !whole.iter().any(|row| row.key == session("one"))
        );
        let (mut after, mut found) = (0, Vec::new());
        loop {
            let query =
                FeedQuery { after, limit: 1, kinds: kinds.clone(), unreported: true, ..FeedQuery::default() };
            let page = fixture.store.events(query).await.expect("a page");
            let Some(last) = page.rows.last() else {
                assert!(!page.full, "a reader of an empty page would never come further");
                break;
            };
            after = last.seq;
            found.extend(page.rows);
        }
        assert_eq!(found, whole);
    }
}

#[tokio::test]
async fn an_entry_that_cannot_be_read_keeps_the_places_of_the_others_and_is_not_overwritten() {
    let sql = "UPDATE message SET body = '{' WHERE (place & 4294967295) = 3";
    let talk = async |fixture: &StoreFixture| {
        fixture.talk("one", 1).await;
        for words in ["Good day", "Good bye"] {
            fixture.act("one", 1, SessionAct::Say { text: words.into(), message_type: None }).await;
        }
    };
    let (_dir, fixture) = changed(talk, sql).await;
    let log = fixture.store.messages(&"one".into(), 0, 100, usize::MAX).await.expect("a log").entries;
    assert_eq!(log.iter().map(|entry| entry.index).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert!(
        format!("{:?}", log[2]).contains("cannot be read") && format!("{:?}", log[3]).contains("Good bye")
    );
    let looks = fixture.store.transact(
        Vec::new(),
        Box::new(|view| view.message(&"one".into(), 3).map(|entry| panic!("it was read: {entry:?}"))),
    );
    assert!(looks.await.is_err_and(|fault| fault.is_permanent()));
    let bye = session_command("one", 1, SessionAct::Say { text: "More".into(), message_type: None });
    fixture
        .store
        .transact(Vec::new(), work(bye, fixture.tick(), "/v2/me/chats"))
        .await
        .expect("works")
        .expect("goes on");
}

#[tokio::test]
async fn a_task_that_cannot_be_read_keeps_no_other_from_being_sent() {
    let texts = async |fixture: &StoreFixture| {
        for (id, theirs) in [("a", "+1"), ("b", "+2")] {
            fixture.text(id, theirs, 1).await;
            fixture.done(says(id, 1, "Good day")).await;
        }
    };
    let (_dir, fixture) = changed(texts, "UPDATE task SET body = '{' WHERE id = 'a/4'").await;
    assert_eq!(fixture.tasks().await, [("b/4".into(), false)]);
    assert_eq!(fixture.head(1).await, fixture.store.heads().await.expect("heads")[0].1, "{:?}", agent(1));
}

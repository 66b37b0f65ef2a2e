//! Documents have formats: those of earlier releases are read, and what is written is read by the release before.

use crate::suite::fixture::{StoreFixture, session};
use desk::ports::{FeedQuery, Finished, SessionTable, Store};
use domain::{
    Key, State,
    call::LegEvent,
    command::{CallAct, SessionAct},
    format::NEWEST,
};
use rusqlite::Connection;
use std::{path::Path, sync::Arc};
use store_sqlite::{OpenError, Options, SqliteReader, SqliteStore, finish, rebuild};

fn opened(dir: &Path) -> Arc<SqliteStore> {
    Arc::new(SqliteStore::open(dir, Options::default()).expect("open"))
}

fn conn(dir: &Path) -> Connection {
    Connection::open(dir.join("journal.db")).expect("open")
}

/// The formats of the rows of a table, each once.
fn formats(dir: &Path, table: &str) -> Vec<u32> {
    let conn = conn(dir);
    let mut statement =
        conn.prepare(&format!("SELECT DISTINCT format FROM {table} ORDER BY format")).expect("sql");
    statement.query_map([], |row| row.get(0)).expect("rows").collect::<Result<_, _>>().expect("formats")
}

fn count(dir: &Path, sql: &str) -> u32 {
    conn(dir).query_row(sql, [], |row| row.get(0)).expect("a number")
}

/// A journal that is written in a format, still empty.
fn written_in(dir: &Path, format: u32) {
    drop(opened(dir));
    let set = "INSERT OR REPLACE INTO meta VALUES ('journal.format', ?1)";
    conn(dir).execute(set, [format.to_string()]).expect("sql");
}

/// One conversation and its end, one that goes on, and a call that an agent holds.
async fn work(dir: &Path) -> StoreFixture {
    let store = opened(dir);
    let fixture = StoreFixture::set_up(store.clone(), 1).await;
    fixture.connect(1).await;
    fixture.talk("over", 1).await;
    fixture.complete("over", 1).await;
    fixture.talk("open", 1).await;
    fixture.act("open", 1, SessionAct::Say { text: "Good day".into(), message_type: None }).await;
    fixture.ring("call", ("+15550142", "Ines"), &[]).await;
    fixture.answer("call", 1).await;
    fixture.on_call("call", 1, CallAct::Hold).await;
    fixture.heard("call", 2, LegEvent::HoldDone { on: true, refused: None }).await;
    store
        .shelve(SessionTable::HttpSession, vec![("one".into(), Some("{\"user\":\"u\"}".into()))])
        .await
        .expect("put");
    fixture
}

async fn held_at(fixture: &StoreFixture) -> Option<i64> {
    match fixture.state(&Key::Call("call".into())).await.as_deref() {
        Some(State::Call(call)) => call.parties.iter().find_map(|party| party.held_at),
        other => panic!("no call but {other:?}"),
    }
}

#[tokio::test]
async fn a_new_journal_is_written_in_the_newest_format() {
    let dir = tempfile::tempdir().expect("a directory");
    let fixture = work(dir.path()).await;
    assert!(held_at(&fixture).await.is_some());
    drop(fixture);
    for table in ["event", "snapshot", "message", "http_session"] {
        assert_eq!(formats(dir.path(), table), [NEWEST], "{table}");
    }
    let told = "SELECT count(*) FROM event WHERE json_extract(body, '$.Session.elapsed_ms') IS NOT NULL";
    assert!(count(dir.path(), told) >= 4);
    assert_eq!(rebuild(dir.path(), false).expect("a report").differences, []);
}

#[tokio::test]
async fn until_the_migration_is_finished_nothing_is_written_that_the_release_before_does_not_know() {
    let dir = tempfile::tempdir().expect("a directory");
    written_in(dir.path(), 1);
    let fixture = work(dir.path()).await;
    let (held, now) = (held_at(&fixture).await, fixture.tick());
    drop(fixture);
    for table in ["event", "snapshot", "message", "http_session"] {
        assert_eq!(formats(dir.path(), table), [1], "{table}");
        let new =
            format!("SELECT count(*) FROM {table} WHERE body LIKE '%elapsed_ms%' OR body LIKE '%held_at%'");
        assert_eq!(count(dir.path(), &new), 0, "{table}");
    }
    assert_eq!(rebuild(dir.path(), false).expect("a report").differences, []);

    let fixture = StoreFixture::at(opened(dir.path()), now);
    assert!(held.is_some());
    assert_eq!(
        held_at(&fixture).await,
        held,
        "what the snapshot of that format lacks is folded from the events"
    );
    let rows = fixture.store.rows(SessionTable::HttpSession).await.expect("rows");
    assert_eq!(rows, [("one".to_owned(), "{\"user\":\"u\"}".to_owned())]);
    drop(fixture);

    assert_eq!(finish(dir.path(), false).expect("brought up"), Finished { from: 1, to: 1 });
    assert_eq!(finish(dir.path(), true).expect("finished"), Finished { from: 1, to: NEWEST });
    let fixture = StoreFixture::at(opened(dir.path()), now);
    fixture.complete("open", 1).await;
    assert_eq!(
        fixture.session("open").await.ended.map(|end| end.closer),
        Some(domain::session::EndedBy::Agent)
    );
    let feed = FeedQuery { limit: 10_000, unreported: true, ..FeedQuery::default() };
    let rows = fixture.store.events(feed).await.expect("events").rows;
    let ends = |key: &str| {
        let of = rows.iter().filter(|row| row.key == session(key) && row.event.kind() == "session.ended");
        of.map(|row| row.event.elapsed_ms()).collect::<Vec<_>>()
    };
    assert_eq!(ends("over"), [None], "what was written stays as it is");
    assert!(matches!(ends("open")[..], [Some(_)]));
    drop(fixture);
    assert_eq!(formats(dir.path(), "event"), [1, NEWEST]);
    assert_eq!(rebuild(dir.path(), false).expect("a report").differences, []);
}

#[tokio::test]
async fn a_journal_in_a_later_format_is_refused_in_clear_words() {
    let dir = tempfile::tempdir().expect("a directory");
    written_in(dir.path(), NEWEST + 1);
    let refused = SqliteStore::open(dir.path(), Options { migrate: true, ..Options::default() }).map(|_| ());
    let refused = refused.expect_err("it is newer");
    assert!(matches!(refused, OpenError::NewerFormat { found, newest: NEWEST } if found == NEWEST + 1));
    assert!(refused.to_string().contains("use a newer jackfield"), "{refused}");
    assert!(matches!(SqliteReader::open(dir.path()).map(|_| ()), Err(OpenError::NewerFormat { .. })));
    assert!(finish(dir.path(), true).is_err());
}

#[tokio::test]
async fn a_row_in_a_later_format_is_not_guessed_at() {
    let dir = tempfile::tempdir().expect("a directory");
    let fixture = work(dir.path()).await;
    let now = fixture.tick();
    drop(fixture);
    let newer = "UPDATE event SET format = 9 WHERE entity = (SELECT id FROM entity WHERE key = 'session:over');
                 UPDATE snapshot SET format = 9 WHERE entity = (SELECT id FROM entity WHERE key = 'session:over')";
    conn(dir.path()).execute_batch(newer).expect("sql");
    let fixture = StoreFixture::at(opened(dir.path()), now);
    let fault = fixture.store.state(&session("over")).await.expect_err("it cannot be read");
    assert!(fault.is_permanent() && fault.to_string().contains("format 9"), "{fault}");
    fixture.dispose("open", 1, "Solved").await;
}

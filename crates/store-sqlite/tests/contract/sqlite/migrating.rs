//! Bringing up a journal that an earlier version wrote.

use crate::suite::{
    fixture::{StoreFixture, session, user},
    post::says,
};
use desk::ports::{FeedPage, FeedQuery, Quarantined, SessionTable, Store};
use domain::{Key, command::Provision, user::User};
use rusqlite::Connection;
use std::{path::Path, sync::Arc};
use store_sqlite::{OpenError, Options, SqliteReader, SqliteStore, backup, rebuild};

/// The tables as the first version made them.
const FIRST: &str = include_str!("../../../src/migrations/0001_journal.sql");

/// A session's cookie, and its SHA-256.
const COOKIE: &str = "fd9c726fd33457acfea51d388bf02760";
const DIGEST: &str = "e1500d71e84575ae09e2f1a1c97cbbde78f6ae73a016a54b0c326ea78a0fc4b7";

fn all(dir: &Path) -> FeedPage {
    let reader = SqliteReader::open(dir).expect("a reader");
    reader.events(&FeedQuery { limit: 10_000, unreported: true, ..FeedQuery::default() }).expect("events")
}

/// Makes the journal of a directory one of the first version: the tables of that time, and in them the same rows,
/// without the members that came later.
fn age(dir: &Path) {
    let file = dir.join("journal.db");
    let conn = Connection::open(dir.join("first.db")).expect("open");
    conn.execute_batch(FIRST).expect("the first version's tables");
    conn.execute("ATTACH ?1 AS now", [file.to_str().expect("Unicode")]).expect("attached");
    let mut statement =
        conn.prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table'").expect("sql");
    let names: Vec<String> =
        statement.query_map([], |row| row.get(0)).expect("tables").collect::<Result<_, _>>().expect("tables");
    for name in &names {
        let columns: String = conn
            .query_row("SELECT group_concat(name) FROM pragma_table_info(?1, 'main')", [name], |row| {
                row.get(0)
            })
            .expect("its columns");
        let copy = format!("INSERT INTO main.{name} ({columns}) SELECT {columns} FROM now.{name}");
        conn.execute(&copy, []).expect("copied");
    }
    for (table, member) in
        [("snapshot", "$.Centre.services.support.terms"), ("event", "$.Centre.Put.services.support.terms")]
    {
        let sql =
            format!("UPDATE {table} SET body = json_remove(body, ?1) WHERE json_type(body, ?1) IS NOT NULL");
        assert_ne!(conn.execute(&sql, [member]).expect("sql"), 0, "{table}");
    }
    let application: i64 =
        conn.pragma_query_value(Some("now"), "application_id", |row| row.get(0)).expect("sql");
    conn.pragma_update(Some("main"), "application_id", application).expect("sql");
    conn.pragma_update(Some("main"), "user_version", 1).expect("sql");
    conn.execute_batch("DETACH now").expect("sql");
    drop(statement);
    drop(conn);
    for name in ["journal.db-wal", "journal.db-shm"] {
        let _ = std::fs::remove_file(dir.join(name));
    }
    std::fs::rename(dir.join("first.db"), file).expect("renamed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journal_of_the_first_version_is_brought_up_when_allowed_and_reads_as_before() {
    let parent = tempfile::tempdir().expect("a directory");
    let dir = parent.path().join("data");
    let store = Arc::new(SqliteStore::open(&dir, Options::default()).expect("open"));
    let fixture = StoreFixture::set_up(store.clone(), 2).await;
    // That version knew of no connectors.
    let Some(domain::State::Centre(mut centre)) = fixture.state(&Key::Centre).await.as_deref().cloned()
    else {
        panic!("no centre");
    };
    centre.services.retain(|name, _| name.as_str() == "support");
    fixture.done(domain::Command::Provision(Provision::PutCentre(Box::new(centre.clone())))).await;
    fixture.talk("over", 1).await;
    fixture.complete("over", 1).await;
    fixture.talk("open", 2).await;
    let login = (COOKIE.to_owned(), Some(format!(r#"{{"id":"{COOKIE}","user":"u","used":7}}"#)));
    let unreadable = ("another".to_owned(), Some("no login".to_owned()));
    store.shelve(SessionTable::HttpSession, vec![login, unreadable]).await.expect("shelved");
    let keys = [Key::Centre, session("over"), session("open")];
    let mut before = Vec::new();
    for key in &keys {
        before.push(fixture.state(key).await);
    }
    let (log, positions, now) = (fixture.log("over").await, fixture.positions(1, 0).await, fixture.tick());
    let stream = store.stream_id().to_owned();
    drop((fixture, store));
    let page = all(&dir);
    age(&dir);

    for options in [Options::default(), Options { readers: 1, ..Options::default() }] {
        let refused = SqliteStore::open(&dir, options).map(|_| ()).expect_err("older");
        assert!(matches!(refused, OpenError::Older { found: 1, newest: 9 }), "{refused}");
        assert!(refused.to_string().contains("jackfield migrate"), "{refused}");
    }
    assert!(matches!(SqliteReader::open(&dir).map(|_| ()), Err(OpenError::Older { .. })));
    assert!(backup(&dir, &parent.path().join("copy")).is_err());

    drop(SqliteStore::open(&dir, Options { migrate: true, ..Options::default() }).expect("brought up"));
    assert_eq!(all(&dir), page);
    assert_eq!(rebuild(&dir, false).expect("a report").differences, []);
    let store = Arc::new(SqliteStore::open(&dir, Options::default()).expect("open"));
    assert_eq!(store.stream_id(), stream);
    let fixture = StoreFixture::at(store.clone(), now);
    for (key, before) in keys.iter().zip(before) {
        assert_eq!(fixture.state(key).await, before, "{key}");
    }
    assert_eq!((fixture.log("over").await, fixture.positions(1, 0).await), (log, positions));
    // Sessions are kept, under digests alone.
    let sessions = store.rows(SessionTable::HttpSession).await.expect("rows");
    assert_eq!(sessions, [(DIGEST.to_owned(), r#"{"used":7,"user":"u"}"#.to_owned())]);
    for file in std::fs::read_dir(&dir).expect("a directory") {
        let bytes = std::fs::read(file.expect("a file").path()).expect("read");
        assert!(!bytes.windows(COOKIE.len()).any(|window| window == COOKIE.as_bytes()));
    }
    // What only one may have is known of those who have it already.
    let taken = user(2);
    let twice = Provision::PutUser(Box::new(User { user_name: user(1).user_name, ..taken }));
    assert!(fixture.run(domain::Command::Provision(twice)).await.is_err_and(|fault| fault.is_permanent()));
    // It has what is new.
    let service =
        domain::centre::Service { medium: "smsession".into(), ..centre.services["support"].clone() };
    centre.services.insert(crate::suite::post::SERVICE.into(), service);
    fixture.done(domain::Command::Provision(Provision::PutCentre(Box::new(centre)))).await;
    fixture.text("text", "+1", 1).await;
    fixture.done(says("text", 1, "Good day")).await;
    assert_eq!(fixture.tasks().await, [("text/4".into(), false)]);
    let unit = Quarantined { id: 0, at: 1, service: "texts".into(), why: "why".into(), raw: vec![0] };
    assert_eq!(store.quarantine(unit).await.expect("kept"), 1);
}

/// Who has which name and who waits, as the rows of limits have it.
fn limits(dir: &Path) -> (Vec<String>, Vec<String>) {
    let conn = Connection::open(dir.join("journal.db")).expect("open");
    let texts = |sql: &str| {
        let mut statement = conn.prepare(sql).expect("sql");
        let rows = statement.query_map([], |row| row.get(0)).expect("rows");
        rows.collect::<Result<Vec<String>, _>>().expect("rows")
    };
    let names = texts("SELECT name || '=' || entity FROM unique_name ORDER BY name");
    (names, texts("SELECT entity || ':' || queue || '/' || medium FROM waiting ORDER BY entity"))
}

/// The release before knows the schema by `schema.since` and not the rows of limits, so it leaves them as they were.
#[tokio::test]
async fn what_an_earlier_release_wrote_is_in_the_limits_of_the_next_start() {
    let dir = tempfile::tempdir().expect("a directory");
    let open = || Arc::new(SqliteStore::open(dir.path(), Options::default()).expect("open"));
    let fixture = StoreFixture::set_up(open(), 1).await;
    fixture.come("waits", "Ines", &[]).await;
    drop(fixture);
    let right = limits(dir.path());
    assert!(!right.0.is_empty() && !right.1.is_empty(), "{right:?}");

    let conn = Connection::open(dir.path().join("journal.db")).expect("open");
    let forget = "DELETE FROM unique_name; INSERT INTO waiting VALUES (999, 'Help', 'chat');";
    let since: String = conn
        .query_row("SELECT value FROM meta WHERE name = 'schema.since'", [], |row| row.get(0))
        .expect("sql");
    assert_eq!(since, "6", "the release before opens it");
    conn.execute_batch(forget).expect("sql");
    // It wrote an event, too: what the process before said of the rows does not hold any more.
    conn.execute_batch("UPDATE meta SET value = value - 1 WHERE name = 'limits.upto'").expect("sql");
    drop(conn);
    drop(open());
    assert_eq!(limits(dir.path()), right);
}

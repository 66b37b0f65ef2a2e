//! The events of an entity are found by their links, and those of a kind by the marks: no commit pays for an index.

use crate::suite::fixture::{StoreFixture, session};
use desk::ports::{EventRow, FeedQuery, Finding};
use domain::command::SessionAct;
use rusqlite::Connection;
use std::{path::Path, sync::Arc};
use store_sqlite::{Options, SqliteReader, SqliteStore, finish, rebuild};

fn opened(dir: &Path) -> Arc<SqliteStore> {
    Arc::new(SqliteStore::open(dir, Options::default()).expect("open"))
}

fn conn(dir: &Path) -> Connection {
    Connection::open(dir.join("journal.db")).expect("open")
}

/// The indexes that commits write to besides the tables, of those on events.
fn indexes(dir: &Path) -> Vec<String> {
    let conn = conn(dir);
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'event' ORDER BY name";
    let mut statement = conn.prepare(sql).expect("sql");
    statement.query_map([], |row| row.get(0)).expect("rows").collect::<Result<_, _>>().expect("names")
}

/// A journal as the release before the links writes it: with its indexes, and in its format.
fn of_an_earlier_release(dir: &Path) {
    drop(opened(dir));
    let sql = "CREATE UNIQUE INDEX event_version ON event (entity, version);
               CREATE INDEX event_kind ON event (kind);
               INSERT OR REPLACE INTO meta VALUES ('journal.format', '2');";
    conn(dir).execute_batch(sql).expect("sql");
}

/// What that release leaves behind: events that name nothing, snapshots and marks that name nothing new.
fn unlinked(dir: &Path, events: &str) {
    let sql = format!("UPDATE event SET before = NULL WHERE {events}; UPDATE mark SET kinds = NULL");
    conn(dir).execute_batch(&sql).expect("sql");
}

/// The events of the conversation behind a version, as they are found by their links.
fn read(dir: &Path, after: u64, limit: u32) -> Vec<EventRow> {
    SqliteReader::open(dir).expect("open").history(&session("chat"), after, limit).expect("read")
}

async fn history(fixture: &StoreFixture, id: &str) -> Vec<EventRow> {
    let feed = FeedQuery { limit: 10_000, unreported: true, ..FeedQuery::default() };
    let rows = fixture.store.events(feed).await.expect("events").rows;
    rows.into_iter().filter(|row| row.key == session(id)).collect()
}

#[tokio::test]
async fn a_new_journal_has_no_index_that_its_events_are_added_to() {
    let dir = tempfile::tempdir().expect("a directory");
    let fixture = StoreFixture::set_up(opened(dir.path()), 1).await;
    fixture.talk("chat", 1).await;
    fixture.complete("chat", 1).await;
    assert_eq!(read(dir.path(), 0, 100), history(&fixture, "chat").await);
    assert_eq!(read(dir.path(), 2, 3), history(&fixture, "chat").await[2..5]);
    drop(fixture);
    assert_eq!(indexes(dir.path()), ["event_unlinked"]);
    let linked: u32 = conn(dir.path())
        .query_row("SELECT count(*) FROM event WHERE before IS NULL", [], |row| row.get(0))
        .expect("sql");
    assert_eq!(linked, 0);
}

#[tokio::test]
async fn events_of_the_release_before_are_found_among_those_that_are_linked() {
    let dir = tempfile::tempdir().expect("a directory");
    of_an_earlier_release(dir.path());
    let fixture = StoreFixture::set_up(opened(dir.path()), 1).await;
    fixture.talk("chat", 1).await;
    let now = fixture.tick();
    drop(fixture);
    // It wrote all there is so far, and knows no newest event.
    unlinked(dir.path(), "TRUE");
    conn(dir.path()).execute_batch("UPDATE snapshot SET newest = NULL").expect("sql");
    let fixture = StoreFixture::at(opened(dir.path()), now);
    fixture.act("chat", 1, SessionAct::Say { text: "Good day".into(), message_type: None }).await;
    let now = fixture.tick();
    drop(fixture);
    // Then it writes again: another event between two that are linked.
    let last = "seq = (SELECT max(seq) FROM event)";
    let before: u64 = conn(dir.path())
        .query_row(&format!("SELECT before FROM event WHERE {last}"), [], |row| row.get(0))
        .expect("sql");
    unlinked(dir.path(), last);
    conn(dir.path())
        .execute_batch(&format!(
            "UPDATE snapshot SET newest = {before} WHERE newest = (SELECT max(seq) FROM event)"
        ))
        .expect("sql");
    let fixture = StoreFixture::at(opened(dir.path()), now);
    fixture.complete("chat", 1).await;
    let all = history(&fixture, "chat").await;
    assert_eq!(read(dir.path(), 0, 100), all);
    drop(fixture);

    assert_eq!(rebuild(dir.path(), false).expect("a report").differences, []);
    assert_eq!(indexes(dir.path()), ["event_kind", "event_unlinked", "event_version"], "it needs them");
    finish(dir.path(), true).expect("finished");
    assert_eq!(indexes(dir.path()), ["event_unlinked"]);
    assert_eq!(rebuild(dir.path(), false).expect("a report").differences, []);
    let fixture = StoreFixture::at(opened(dir.path()), now);
    assert_eq!(read(dir.path(), 0, 100), all);
    assert_eq!(fixture.store.retire(now + 1_000_000, 10).await.expect("retired"), 1);
    assert_eq!(history(&fixture, "chat").await, [], "all of them go");
}

#[tokio::test]
async fn a_link_that_is_wrong_costs_a_walk_and_loses_nothing_and_is_mended() {
    let wrong = [
        "UPDATE event SET before = 0 WHERE seq = (SELECT newest FROM snapshot WHERE kind = 'session')",
        "UPDATE event SET before = seq WHERE seq = (SELECT newest FROM snapshot WHERE kind = 'session')",
        "UPDATE event SET before = 1 WHERE seq = (SELECT newest FROM snapshot WHERE kind = 'session')",
        "UPDATE event SET before = 999999 WHERE seq = (SELECT newest FROM snapshot WHERE kind = 'session')",
        "UPDATE snapshot SET newest = NULL WHERE kind = 'session'",
        "UPDATE snapshot SET newest = 1 WHERE kind = 'session'",
        "UPDATE snapshot SET newest = 999999 WHERE kind = 'session'",
    ];
    for sql in wrong {
        let dir = tempfile::tempdir().expect("a directory");
        let fixture = StoreFixture::set_up(opened(dir.path()), 1).await;
        fixture.talk("chat", 1).await;
        let (all, now) = (history(&fixture, "chat").await, fixture.tick());
        drop(fixture);
        assert_eq!(conn(dir.path()).execute(sql, []).expect("sql"), 1, "{sql}");
        let fixture = StoreFixture::at(opened(dir.path()), now);
        assert_eq!(read(dir.path(), 0, 100), all, "{sql}");
        drop(fixture);
        let found = rebuild(dir.path(), false).expect("a report").differences;
        assert!(matches!(&found[..], [found] if found.finding == Finding::Unlinked), "{sql}: {found:?}");
        assert!(rebuild(dir.path(), true).expect("a report").differences[0].is_fixed);
        assert_eq!(rebuild(dir.path(), false).expect("a report").differences, [], "{sql}");
    }
}

#[tokio::test]
async fn a_rare_kind_is_found_behind_every_mark_and_before_the_first() {
    let dir = tempfile::tempdir().expect("a directory");
    let fixture = StoreFixture::set_up(opened(dir.path()), 1).await;
    fixture.talk("first", 1).await;
    fixture.dispose("first", 1, "Solved").await;
    fixture.complete("first", 1).await;
    let kind = |kind: &str| FeedQuery { limit: 10_000, kinds: vec![kind.into()], ..FeedQuery::default() };
    let dispositions = |rows: Vec<EventRow>| rows.into_iter().map(|row| row.seq).collect::<Vec<_>>();
    let early = dispositions(fixture.store.events(kind("disposition")).await.expect("events").rows);
    assert_eq!(early.len(), 1);
    let mut wanted = early;
    for turn in 0..3 {
        let id = format!("chat{turn}");
        fixture.talk(&id, 1).await;
        for turn in 0..300 {
            fixture.act(&id, 1, SessionAct::Type { on: turn % 2 == 0 }).await;
        }
        fixture.dispose(&id, 1, "Solved").await;
        fixture.complete(&id, 1).await;
        wanted.push(0);
    }
    let all = FeedQuery { limit: 10_000, unreported: true, ..FeedQuery::default() };
    let all = fixture.store.events(all).await.expect("events").rows;
    let of =
        |kind: &str| all.iter().filter(|row| row.event.kind() == kind).map(|row| row.seq).collect::<Vec<_>>();
    assert_eq!(of("disposition").len(), wanted.len());
    let marks: u32 =
        conn(dir.path()).query_row("SELECT count(*) FROM mark", [], |row| row.get(0)).expect("sql");
    assert!(marks >= 3, "{marks}");
    let same = async |fixture: &StoreFixture| {
        for name in ["disposition", "session.created", "session.ended", "agent.ready", "nothing.like-it"] {
            let found = fixture.store.events(kind(name)).await.expect("events").rows;
            assert_eq!(dispositions(found), of(name), "{name}");
        }
        // A page ends where it is full, and the next goes on behind it.
        let query = FeedQuery { limit: 2, ..kind("disposition") };
        let page = fixture.store.events(query.clone()).await.expect("events");
        assert!(page.full);
        let next = FeedQuery { after: page.rows[1].seq, ..query };
        let next = fixture.store.events(next).await.expect("events").rows;
        assert_eq!([dispositions(page.rows), dispositions(next)].concat(), of("disposition"));
    };
    same(&fixture).await;
    let now = fixture.tick();
    drop(fixture);
    conn(dir.path()).execute_batch("UPDATE mark SET kinds = NULL").expect("sql");
    let fixture = StoreFixture::at(opened(dir.path()), now);
    let unnamed: u32 = conn(dir.path())
        .query_row("SELECT count(*) FROM mark WHERE kinds IS NULL", [], |row| row.get(0))
        .expect("sql");
    assert_eq!(unnamed, 0, "a start names the kinds at marks of an earlier release");
    same(&fixture).await;
    conn(dir.path()).execute_batch("UPDATE mark SET kinds = NULL").expect("sql");
    same(&fixture).await;
}

#[tokio::test]
async fn a_mark_that_names_too_little_is_found_and_mended_and_one_that_cannot_be_read_hides_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let fixture = StoreFixture::set_up(opened(dir.path()), 1).await;
    fixture.talk("chat", 1).await;
    fixture.dispose("chat", 1, "Solved").await;
    let now = fixture.tick();
    drop(fixture);
    let mark = |kinds: &str| {
        let sql = format!(
            "INSERT OR REPLACE INTO mark (seq, at, kinds) SELECT max(seq), max(at), {kinds} FROM event"
        );
        conn(dir.path()).execute_batch(&sql).expect("sql");
    };
    let found = async || {
        let kinds = vec!["disposition".into()];
        let fixture = StoreFixture::at(opened(dir.path()), now);
        let page = fixture.store.events(FeedQuery { limit: 10, kinds, ..FeedQuery::default() }).await;
        page.expect("events").rows.len()
    };
    mark("x'ff'");
    assert_eq!(found().await, 1);
    mark("' session.ended '");
    assert_eq!(found().await, 0, "what a mark does not name is not looked for");
    let differences = rebuild(dir.path(), true).expect("a report").differences;
    assert!(matches!(&differences[..], [found] if found.finding == Finding::Unnamed && found.is_fixed));
    assert_eq!(found().await, 1);
    assert_eq!(rebuild(dir.path(), false).expect("a report").differences, []);
}

#[tokio::test]
async fn events_that_belong_to_nothing_are_found_and_go() {
    let dir = tempfile::tempdir().expect("a directory");
    let fixture = StoreFixture::set_up(opened(dir.path()), 1).await;
    fixture.talk("chat", 1).await;
    let now = fixture.tick();
    drop(fixture);
    conn(dir.path())
        .execute_batch(
            "UPDATE event SET entity = 4711 WHERE seq = (SELECT max(seq) FROM event);
             INSERT INTO event (seq, entity, version, at, kind, reported, body) VALUES (9999, 4712, 1, 1, 'x', 1, '{}')",
        )
        .expect("sql");
    let differences = rebuild(dir.path(), true).expect("a report").differences;
    let strays: Vec<_> = differences.iter().filter(|found| found.finding == Finding::NoEntity(1)).collect();
    assert_eq!(strays.len(), 2, "{differences:?}");
    let again = rebuild(dir.path(), false).expect("a report").differences;
    assert!(again.iter().all(|found| found.finding != Finding::NoEntity(1)), "{again:?}");
    drop(StoreFixture::at(opened(dir.path()), now));
}

#[tokio::test]
async fn the_end_of_a_migration_links_what_the_links_do_not_lead_to() {
    let dir = tempfile::tempdir().expect("a directory");
    of_an_earlier_release(dir.path());
    let fixture = StoreFixture::set_up(opened(dir.path()), 1).await;
    fixture.talk("chat", 1).await;
    let all = history(&fixture, "chat").await;
    drop(fixture);
    // As that release mends a snapshot that was missing.
    conn(dir.path()).execute_batch("UPDATE snapshot SET newest = NULL WHERE kind = 'session'").expect("sql");
    assert!(!rebuild(dir.path(), false).expect("a report").differences.is_empty());
    finish(dir.path(), true).expect("finished");
    assert_eq!(rebuild(dir.path(), false).expect("a report").differences, []);
    assert_eq!(read(dir.path(), 0, 100), all);
}

//! What reporting counted.

use super::{
    StoreBackend,
    fixture::{StoreFixture, session},
};
use desk::ports::{CountBatch, CountOutcome, Counted, FeedQuery, IntervalQuery, RowQuery, Store};
use domain::Millis;
use stats::{Change, INTERVAL, Interval, Row, RowKey, Table};

/// A key of the nth interval.
pub fn key(table: Table, interval: Millis, object: &str, detail: &str) -> RowKey {
    let interval = Interval(interval * INTERVAL);
    RowKey { interval, table, object: object.into(), medium: "chat".into(), detail: detail.into() }
}

/// So many more offered, and one who waited for so long.
pub fn change(key: &RowKey, offered: i64, wait: i64) -> Change {
    let column = |name: &str, value| [(name.to_owned(), value)].into();
    Change { key: key.clone(), add: column("offered", offered), most: column("wait", wait) }
}

fn row(key: &RowKey, offered: i64, wait: i64, revision: u64) -> Row {
    let columns = [("offered".to_owned(), offered), ("wait".to_owned(), wait)];
    let columns = columns.into_iter().filter(|(_, value)| *value != 0).collect();
    Row { key: key.clone(), columns, revision }
}

/// All rows of a table.
pub fn query(table: Table) -> RowQuery {
    let (from, to) = (Millis::MIN, Millis::MAX);
    RowQuery { table, from, to, object: None, changed_since: None, after: None, limit: 10_000 }
}

async fn rows(store: &dyn Store, query: RowQuery) -> Vec<Row> {
    store.interval_rows(query).await.expect("the store works").rows
}

async fn counted(store: &dyn Store) -> Counted {
    store.counted().await.expect("the store works").expect("counting began")
}

/// Counts on what is kept; answers the revision.
pub async fn count(store: &dyn Store, upto: u64, changes: Vec<Change>) -> u64 {
    let batch = CountBatch { on: counted(store).await.revision, upto, state: format!("at {upto}"), changes };
    match store.count(batch).await.expect("the store works") {
        CountOutcome::Written(revision) => revision,
        CountOutcome::Passed => panic!("nobody else counts"),
    }
}

pub async fn nothing_is_counted_before_counting_began(backend: &dyn StoreBackend) {
    let store = backend.open();
    assert_eq!(store.counted().await.expect("read"), None);
    let changes = vec![change(&key(Table::Queue, 1, "support", ""), 1, 0)];
    let batch = CountBatch { on: 0, upto: 1, state: "early".into(), changes };
    assert_eq!(store.count(batch).await.expect("the store works"), CountOutcome::Passed);
    assert_eq!(rows(&*store, query(Table::Queue)).await, []);
    assert_eq!(store.recount(0).await.expect("the store works"), None, "every event is there");
    let Counted { position, state, since, .. } = counted(&*store).await;
    assert_eq!((position, state, since), (0, None, None));
}

pub async fn a_batch_is_counted_once_and_outlives_the_store(backend: &dyn StoreBackend) {
    let store = backend.open();
    store.recount(0).await.expect("the store works");
    let (one, two) = (key(Table::Queue, 1, "support", ""), key(Table::Agent, 1, "u1", ""));
    let on = counted(&*store).await.revision;
    let changes = vec![change(&one, 2, 700), change(&two, 1, 0), change(&one, 1, 300)];
    let batch = CountBatch { on, upto: 40, state: "first".into(), changes };
    // Of many who count the same, one does.
    let same = (0..8).map(|_| store.count(batch.clone()));
    let outcomes = futures::future::join_all(same).await;
    let written: Vec<_> = outcomes
        .into_iter()
        .map(|outcome| outcome.expect("the store works"))
        .filter(|outcome| *outcome != CountOutcome::Passed)
        .collect();
    assert_eq!(written, [CountOutcome::Written(40)]);
    drop(store);

    let store = backend.open();
    assert_eq!(store.count(batch).await.expect("the store works"), CountOutcome::Passed);
    let expected =
        Counted { position: 40, revision: 40, state: Some("first".into()), since: None, oldest: 0 };
    assert_eq!(counted(&*store).await, expected);
    assert_eq!(rows(&*store, query(Table::Queue)).await, [row(&one, 3, 700, 40)]);
    assert_eq!(rows(&*store, query(Table::Agent)).await, [row(&two, 1, 0, 40)]);

    assert_eq!(count(&*store, 50, vec![change(&one, -3, 600)]).await, 50);
    assert_eq!(rows(&*store, query(Table::Queue)).await, [row(&one, 0, 700, 50)]);
    assert_eq!(rows(&*store, query(Table::Agent)).await, [row(&two, 1, 0, 40)]);
}

pub async fn a_boundary_that_passes_without_an_event_is_counted_once_too(backend: &dyn StoreBackend) {
    let store = backend.open();
    store.recount(0).await.expect("the store works");
    count(&*store, 7, Vec::new()).await;
    let key = key(Table::Queue, 1, "support", "");
    let batch = CountBatch { on: 7, upto: 7, state: "later".into(), changes: vec![change(&key, 0, 5)] };
    assert_eq!(store.count(batch.clone()).await.expect("the store works"), CountOutcome::Written(8));
    assert_eq!(store.count(batch).await.expect("the store works"), CountOutcome::Passed);
    let Counted { position, revision, state, .. } = counted(&*store).await;
    assert_eq!((position, revision, state), (7, 8, Some("later".into())));
    assert_eq!(rows(&*store, query(Table::Queue)).await, [row(&key, 0, 5, 8)]);
}

pub async fn rows_are_read_in_pages_in_the_order_of_their_keys(backend: &dyn StoreBackend) {
    let store = backend.open();
    store.recount(0).await.expect("the store works");
    let mut keys = Vec::new();
    for interval in [-2, 0, 1, 40] {
        for object in ["", "Zoë", "agent", "support", "\u{10ffff}"] {
            for detail in ["", "[\"Ready\",\"\"]", "\u{7f}"] {
                keys.push(key(Table::State, interval, object, detail));
            }
        }
    }
    let other = key(Table::Queue, 0, "support", "");
    let changes = keys.iter().rev().chain([&other]).map(|key| change(key, 1, 0)).collect();
    count(&*store, 10, changes).await;
    let changed = keys.iter().skip(3).step_by(7);
    count(&*store, 11, changed.clone().map(|key| change(key, 1, 0)).collect()).await;
    keys.sort();
    let all = rows(&*store, query(Table::State)).await;
    assert_eq!(all.iter().map(|row| row.key.clone()).collect::<Vec<_>>(), keys);

    let range = RowQuery { from: 0, to: 40 * INTERVAL, ..query(Table::State) };
    let one = RowQuery { object: Some("support".into()), ..query(Table::State) };
    let nobody = RowQuery { object: Some(String::new()), ..query(Table::State) };
    let late = RowQuery { changed_since: Some(10), ..query(Table::State) };
    let never = RowQuery { changed_since: Some(u64::MAX), ..query(Table::State) };
    for (wanted, count) in
        [(query(Table::State), 60), (range, 30), (one, 12), (nobody, 12), (late, 9), (never, 0)]
    {
        let expected: Vec<_> = all
            .iter()
            .filter(|row| (wanted.from..wanted.to).contains(&row.key.interval.0))
            .filter(|row| wanted.object.as_ref().is_none_or(|object| *object == row.key.object))
            .filter(|row| wanted.changed_since.is_none_or(|revision| row.revision > revision))
            .cloned()
            .collect();
        assert_eq!(expected.len(), count);
        let (mut after, mut found) = (None, Vec::new());
        loop {
            let asked = RowQuery { after, limit: 4, ..wanted.clone() };
            let page = store.interval_rows(asked).await.expect("the store works");
            assert!(page.rows.len() <= 4);
            assert_eq!(page.revision, 11);
            found.extend(page.rows);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found, expected, "{wanted:?}");
    }
    // Whoever goes on behind a row that they do not ask for finds what stands behind it.
    for (place, behind) in keys.iter().enumerate().step_by(4) {
        let one =
            RowQuery { object: Some("agent".into()), after: Some(behind.clone()), ..query(Table::State) };
        let expected: Vec<_> =
            all[place + 1..].iter().filter(|row| row.key.object == "agent").cloned().collect();
        assert_eq!(rows(&*store, one).await, expected, "{behind:?}");
    }
}

pub async fn an_interval_has_the_revision_of_the_row_that_changed_last(backend: &dyn StoreBackend) {
    let store = backend.open();
    store.recount(0).await.expect("the store works");
    let all: Vec<_> = (0..5).map(|interval| key(Table::Queue, interval, "support", "")).collect();
    count(&*store, 10, all.iter().map(|key| change(key, 1, 0)).collect()).await;
    count(&*store, 20, vec![change(&key(Table::Queue, 3, "sales", ""), 1, 0)]).await;
    let asked = IntervalQuery {
        table: Table::Queue,
        from: INTERVAL,
        to: 5 * INTERVAL,
        changed_since: None,
        limit: 100,
    };
    let found = store.intervals(asked).await.expect("the store works");
    let interval = |number: Millis| Interval(number * INTERVAL);
    assert_eq!(found, [(interval(1), 10), (interval(2), 10), (interval(3), 20), (interval(4), 10)]);
    let few = store.intervals(IntervalQuery { limit: 2, ..asked }).await.expect("the store works");
    assert_eq!(few, [(interval(1), 10), (interval(2), 10)]);
    let late = IntervalQuery { changed_since: Some(10), ..asked };
    assert_eq!(store.intervals(late).await.expect("the store works"), [(interval(3), 20)]);
    let others = IntervalQuery { table: Table::Agent, ..asked };
    assert_eq!(store.intervals(others).await.expect("the store works"), []);
}

pub async fn counting_anew_replaces_what_it_counts(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    let store = &*fixture.store;
    store.recount(fixture.tick()).await.expect("the store works");
    let keys: Vec<_> = (0..6).map(|interval| key(Table::Queue, interval, "support", "")).collect();
    let gone = key(Table::Queue, 2, "sales", "");
    let changes = keys.iter().chain([&gone]).map(|key| change(key, 5, 900)).collect();
    let revision = count(store, 1_000, changes).await;

    assert_eq!(store.recount(fixture.tick()).await.expect("the store works"), None);
    let anew = counted(store).await;
    assert_eq!((anew.position, anew.state), (0, None));
    assert_eq!(rows(store, query(Table::Queue)).await.len(), 7, "nothing is lost meanwhile");
    // Interval 1 has nothing this time, 3 is told of twice, and 5 does not come yet.
    for changed in [&[0, 2][..], &[3], &[3, 4]] {
        let changes = changed.iter().map(|interval| change(&keys[*interval], 1, 100)).collect();
        count(store, 2, changes).await;
    }
    let found: Vec<_> = rows(store, query(Table::Queue)).await;
    let figures: Vec<_> =
        found.iter().map(|row| (row.key.interval.0 / INTERVAL, row.columns["offered"])).collect();
    assert_eq!(figures, [(0, 1), (2, 1), (3, 2), (4, 1), (5, 5)]);
    let changed = RowQuery { changed_since: Some(revision), ..query(Table::Queue) };
    assert_eq!(rows(store, changed).await, found[..4], "whoever read before hears of it");
    count(store, 3, vec![change(&keys[5], 1, 100)]).await;
    assert_eq!(rows(store, query(Table::Queue)).await.last(), Some(&row(&keys[5], 1, 100, revision + 5)));
}

pub async fn rows_of_conversations_that_are_deleted_stay_and_are_never_lowered(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    let store = fixture.store.clone();
    fixture.talk("old", 1).await;
    fixture.complete("old", 1).await;
    let between = fixture.tick();
    drop(fixture);
    // Two intervals later, in the middle of one.
    let now = 5 * INTERVAL / 2;
    let fixture = StoreFixture::at(store, now);
    let store = &*fixture.store;
    fixture.talk("new", 1).await;
    store.recount(now).await.expect("the store works");
    let head = store.events(FeedQuery::default()).await.expect("read").head;
    let keys: Vec<_> = (0..5).map(|interval| key(Table::Queue, interval, "support", "")).collect();
    count(store, head, keys.iter().map(|key| change(key, 5, 900)).collect()).await;

    assert_eq!(store.retire(between, 10).await.expect("retired"), 1);
    assert_eq!(fixture.state(&session("old")).await, None);
    assert_eq!(rows(store, query(Table::Queue)).await.len(), 5);
    let far = fixture.tick() + 100 * INTERVAL;
    let since = store.recount(far).await.expect("the store works").expect("not everything is there");
    assert!(since > Interval(0) && since <= Interval(3 * INTERVAL), "{since:?}");
    let Counted { since: kept, oldest, .. } = counted(store).await;
    let page = store.events(FeedQuery::default()).await.expect("read");
    assert_eq!((kept, oldest), (Some(since), page.oldest));
    count(store, head, keys.iter().map(|key| change(key, 1, 100)).collect()).await;
    let found = rows(store, query(Table::Queue)).await;
    assert_eq!(found.len(), 5);
    for row in found {
        let expected = if row.key.interval < since { 5 } else { 1 };
        assert_eq!(row.columns["offered"], expected, "{row:?}");
    }
    // What is told of an old interval later is added to it, as ever.
    let late = vec![change(&keys[0], 1, 0)];
    count(store, head + 1, late).await;
    assert_eq!(rows(store, query(Table::Queue)).await[0].columns["offered"], 6);
}

pub async fn nothing_is_counted_anew_of_times_that_are_not_over(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    fixture.talk("old", 1).await;
    fixture.complete("old", 1).await;
    let now = fixture.tick();
    assert_eq!(fixture.store.retire(now, 10).await.expect("retired"), 1);
    // Nothing is behind what was deleted, or it has a time that was never.
    assert_eq!(fixture.store.recount(now).await.expect("counts"), Some(Interval(INTERVAL)));
    let later = StoreFixture::at(fixture.store.clone(), 90 * INTERVAL);
    later.talk("new", 1).await;
    assert_eq!(later.store.recount(now).await.expect("counts"), Some(Interval(INTERVAL)));
}

pub async fn old_rows_go_whatever_they_are_about(backend: &dyn StoreBackend) {
    let store = backend.open();
    store.recount(0).await.expect("the store works");
    let tables = [Table::Queue, Table::Agent, Table::State, Table::Disposition];
    let mut changes = Vec::new();
    for table in tables {
        for interval in 0..3 {
            let row = |object: u32| change(&key(table, interval, &object.to_string(), ""), 1, 0);
            changes.extend((0..50).map(row));
        }
    }
    count(&*store, 9, changes).await;
    assert_eq!(store.forget_rows(Interval(2 * INTERVAL)).await.expect("the store works"), 400);
    for table in tables {
        let left = rows(&*store, query(table)).await;
        assert_eq!(left.len(), 50);
        assert!(left.iter().all(|row| row.key.interval == Interval(2 * INTERVAL)));
        let (from, to) = (Millis::MIN, Millis::MAX);
        let asked = IntervalQuery { table, from, to, changed_since: None, limit: 9 };
        assert_eq!(store.intervals(asked).await.expect("the store works"), [(Interval(2 * INTERVAL), 9)]);
    }
    assert_eq!(store.forget_rows(Interval(2 * INTERVAL)).await.expect("the store works"), 0);
}

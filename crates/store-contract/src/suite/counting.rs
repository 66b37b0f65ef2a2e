//! The cursor of reporting, on whatever store.

use super::{
    StoreBackend,
    fixture::StoreFixture,
    reports::{count, query},
};
use desk::{
    ports::{FeedQuery, RowQuery, Store},
    reports::{Counter, Progress},
};
use domain::{Millis, command::CustomerAct};
use stats::{Fold, INTERVAL, Interval, Row, Table};
use std::sync::Arc;

const TABLES: [Table; 4] = [Table::Queue, Table::Agent, Table::State, Table::Disposition];

/// Every row, without its revision: that is of the batches in which it was counted.
pub async fn figures(store: &dyn Store) -> Vec<Row> {
    let mut all = Vec::new();
    for table in TABLES {
        let page = store.interval_rows(RowQuery { limit: 10_000, ..query(table) }).await;
        all.extend(page.expect("the store works").rows.into_iter().map(|row| Row { revision: 0, ..row }));
    }
    all
}

/// What a fold of the whole journal gives that nothing ever stopped.
pub async fn expected(store: &dyn Store, now: Millis) -> Vec<Row> {
    let mut fold = Fold::default();
    let mut after = 0;
    loop {
        let query = FeedQuery { after, limit: 10_000, unreported: true, ..FeedQuery::default() };
        let page = store.events(query).await.expect("the store works");
        for row in &page.rows {
            fold.apply(row.seq, row.at, &row.key, &row.event);
            after = row.seq;
        }
        if !page.full {
            break;
        }
    }
    fold.advance(now);
    let mut rows = std::collections::BTreeMap::new();
    for change in fold.take_changes() {
        rows.entry(change.key.clone()).or_insert_with(|| Row::new(change.key.clone())).apply(&change, 0);
    }
    let mut rows: Vec<Row> = rows.into_values().collect();
    for row in &mut rows {
        row.columns.retain(|_, value| *value != 0);
    }
    rows.sort_by(|a, b| (a.key.table, &a.key).cmp(&(b.key.table, &b.key)));
    rows
}

/// Counts until nothing is left, and until what was counted is written.
async fn to_the_head(counter: &Counter, now: Millis) {
    while counter.step(now).await.expect("the store works") == Progress::Behind {}
}

/// Something happens: a conversation with what is counted of it, at moments that grow.
pub async fn something(fixture: &StoreFixture, number: u64) {
    let id = format!("chat{number}");
    let agent = u32::try_from(number % 2).expect("small") + 1;
    fixture.talk(&id, agent).await;
    fixture.customer(&id, CustomerAct::Say { text: "Good day".into(), message_type: None }).await;
    fixture.dispose(&id, agent, if number.is_multiple_of(3) { "Solved" } else { "Other" }).await;
    if !number.is_multiple_of(5) {
        fixture.complete(&id, agent).await;
        fixture.dispose(&id, agent, "Changed").await;
    }
}

/// Numbers that look like chance and are the same in every run.
fn next(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}

pub async fn who_is_killed_anywhere_counts_as_one_who_never_was(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 2).await;
    let store = fixture.store.clone();
    let (mut seed, mut kills, mut now) = (7, 0, 0);
    let mut counter = Counter::new(store.clone());
    for number in 0..60 {
        let fixture =
            StoreFixture::at(store.clone(), 1_000 + Millis::try_from(number).expect("small") * 97_000);
        something(&fixture, number).await;
        // The counter comes any way, writes at some of its steps, and is gone without notice.
        for _ in 0..next(&mut seed) % 3 {
            now = fixture.tick() + Millis::try_from(next(&mut seed) % 2_000).expect("small");
            counter.step(now).await.expect("the store works");
        }
        if next(&mut seed).is_multiple_of(3) {
            counter = Counter::new(store.clone());
            kills += 1;
        }
    }
    assert!(kills > 10, "{kills}");
    now += 3 * INTERVAL;
    to_the_head(&counter, now).await;
    let rows = figures(&*store).await;
    assert!(rows.iter().any(|row| row.key.table == Table::Disposition), "{rows:?}");
    assert!(rows.iter().map(|row| row.key.interval).max() > Some(Interval(5 * INTERVAL)));
    assert_eq!(rows, expected(&*store, now - 30_000).await);
    assert_eq!(counter.position(), store.events(FeedQuery::default()).await.expect("read").head);
}

pub async fn of_two_who_count_each_event_is_counted_once(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 2).await;
    let store = fixture.store.clone();
    let counters = [Counter::new(store.clone()), Counter::new(store.clone())];
    let (mut seed, mut now) = (3, 0);
    for number in 0..20 {
        something(&fixture, number).await;
        now += 2_000;
        let steps = counters.iter().map(|counter| counter.step(now));
        futures::future::join_all(steps).await.into_iter().for_each(|step| {
            step.expect("the store works");
        });
        let chosen = usize::try_from(next(&mut seed) % 2).expect("small");
        counters[chosen].step(now + 1_500).await.expect("the store works");
    }
    now += 2 * INTERVAL;
    for _ in 0..3 {
        for counter in &counters {
            now += 2_000;
            to_the_head(counter, now).await;
        }
    }
    assert_eq!(figures(&*store).await, expected(&*store, now).await);
    let position = |counter: &Counter| counter.with(Fold::seq);
    assert_eq!(position(&counters[0]), position(&counters[1]));
}

pub async fn counting_anew_gives_what_was_there(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 2).await;
    let store = fixture.store.clone();
    for number in 0..8 {
        something(
            &StoreFixture::at(store.clone(), 400_000 * Millis::try_from(number).expect("small")),
            number,
        )
        .await;
    }
    // No interval ends while this goes on.
    let now = 20 * INTERVAL + 60_000;
    let counter = Counter::new(store.clone());
    to_the_head(&counter, now).await;
    let rows = figures(&*store).await;
    assert_eq!(counter.recount(now).await.expect("the store works"), None);
    assert_eq!(figures(&*store).await, rows, "nothing is lost meanwhile");
    to_the_head(&counter, now + 5_000).await;
    assert_eq!(figures(&*store).await, rows);
    // A counter that begins in between goes on with it.
    counter.recount(now).await.expect("the store works");
    to_the_head(&Counter::new(store.clone()), now + 10_000).await;
    assert_eq!(figures(&*store).await, rows);
    // The first hears that somebody else counted, and sees the same.
    to_the_head(&counter, now + 10_000).await;
    to_the_head(&counter, now + 20_000).await;
    assert_eq!(figures(&*store).await, rows);
    // What stands in another state than this program writes is counted anew.
    count(&*store, counter.position(), Vec::new()).await;
    let another = Counter::new(store.clone());
    to_the_head(&another, now + 30_000).await;
    assert_eq!(figures(&*store).await, rows);
    assert_eq!(another.with(Fold::seq), counter.with(Fold::seq));
}

pub async fn what_was_deleted_before_it_was_counted_is_told_of_and_left_out(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 2).await;
    let store: Arc<dyn Store> = fixture.store.clone();
    let counter = Counter::new(store.clone());
    to_the_head(&counter, 10_000).await;
    something(&fixture, 1).await;
    let before = fixture.tick();
    let later = StoreFixture::at(store.clone(), 2 * INTERVAL + 5_000);
    something(&later, 2).await;
    something(&StoreFixture::at(store.clone(), 4 * INTERVAL), 3).await;
    assert_eq!(store.retire(before, 10).await.expect("retired"), 1);
    let now = 6 * INTERVAL;
    to_the_head(&counter, now).await;
    let counted = store.counted().await.expect("read").expect("counted");
    assert_eq!(counted.since, Some(Interval(3 * INTERVAL)), "the interval of the first event behind");
    let rows = figures(&*store).await;
    let mut wanted = expected(&*store, now - 30_000).await;
    wanted.retain(|row| row.key.interval >= Interval(3 * INTERVAL));
    let recounted: Vec<_> =
        rows.iter().filter(|row| row.key.interval >= Interval(3 * INTERVAL)).cloned().collect();
    assert!(!wanted.is_empty());
    assert_eq!(recounted, wanted);
}

//! A fold that is saved and taken over anywhere is one that never stopped.

use crate::centre::{Centre, Entry, keep};
use proptest::prelude::*;
use stats::{Fold, INTERVAL, Interval, Row, RowKey, Table};
use std::collections::BTreeMap;

type Rows = BTreeMap<RowKey, Row>;

fn day() -> Centre {
    let mut centre = Centre::new();
    centre.tell(crate::day::TRANSCRIPT);
    centre
}

fn revived(fold: &Fold) -> Fold {
    let saved = serde_json::to_string(fold).expect("JSON");
    serde_json::from_str(&saved).expect("JSON of ours")
}

/// Columns alone: the position of the last change depends on when changes are taken.
fn columns(rows: &Rows) -> BTreeMap<&RowKey, &BTreeMap<String, i64>> {
    rows.iter().map(|(key, row)| (key, &row.columns)).collect()
}

#[test]
fn it_is_killed_after_each_event_and_goes_on() {
    let centre = day();
    let mut steady = Fold::default();
    let mut killed = Fold::default();
    for entry in &centre.journal {
        entry.apply(&mut steady);
        killed = revived(&killed);
        entry.apply(&mut killed);
        assert_eq!(killed, steady);
    }
    killed.advance(centre.now);
    let mut rows = Rows::new();
    keep(&mut rows, &mut killed);
    assert_eq!(columns(&rows), columns(&centre.rows()));
}

#[test]
fn an_event_that_comes_again_is_not_counted_again() {
    let centre = day();
    let mut fold = Fold::default();
    for entry in centre.journal.iter().flat_map(|entry| [entry, entry]) {
        entry.apply(&mut fold);
    }
    assert_eq!(fold, centre.fold());
}

#[test]
fn another_format_is_not_read() {
    let saved = serde_json::to_string(&Fold::default()).expect("JSON");
    let newer = saved.replace("\"format\":1", "\"format\":2");
    assert_ne!(newer, saved);
    let why = serde_json::from_str::<Fold>(&newer).expect_err("a later format").to_string();
    assert!(why.contains("format 2"), "{why}");
}

#[test]
fn nothing_is_left_of_a_day_that_is_over() {
    let saved = serde_json::to_value(day().fold()).expect("JSON");
    for open in ["sessions", "calls", "moving", "agents"] {
        assert_eq!(saved[open], serde_json::json!({}), "{open}");
    }
    let text = saved.to_string();
    for personal in ["Ines", "Hello", "Mrs-Jones"] {
        assert!(!text.contains(personal), "{personal}");
    }
}

#[test]
fn every_customer_of_a_queue_leaves_it_in_one_way() {
    let mut sums: BTreeMap<(String, String), i64> = BTreeMap::new();
    for row in day().rows().into_values().filter(|row| row.key.table == Table::Queue) {
        let value = |name: &str| row.columns.get(name).copied().unwrap_or_default();
        let left = ["answered", "abandoned", "overflowed", "out_of_hours", "removed"].map(value);
        *sums.entry((row.key.object.clone(), row.key.medium.clone())).or_default() +=
            value("offered") - left.iter().sum::<i64>();
    }
    assert!(sums.len() > 3 && sums.values().all(|open| *open == 0), "{sums:?}");
}

#[test]
fn every_offer_to_an_agent_ends_in_one_way() {
    let mut open = 0;
    for row in day().rows().into_values().filter(|row| row.key.table == Table::Agent) {
        let value = |name: &str| row.columns.get(name).copied().unwrap_or_default();
        open +=
            value("offered") - ["accepted", "refused", "missed", "withdrawn"].map(value).iter().sum::<i64>();
    }
    assert_eq!(open, 0);
}

#[test]
fn the_time_in_which_nobody_looked_is_nobodys() {
    let mut centre = Centre::new();
    centre.tell("0 ann works; 10 is");
    let mut fold = centre.fold();
    fold.advance(stats::LONGEST_GAP * 100);
    let changes = fold.take_changes();
    let all: i64 = changes
        .iter()
        .filter(|change| change.key.table == Table::State)
        .flat_map(|change| change.add.values())
        .sum();
    assert_eq!(all, 0, "the clock stood at the last event");
    fold.advance(stats::LONGEST_GAP * 100 + INTERVAL);
    assert!(fold.take_changes().len() <= 8);
}

#[test]
fn a_clock_that_goes_back_counts_nothing_twice() {
    let mut centre = Centre::new();
    centre.tell("1000 ann works; 1800 is");
    centre.tell("1500 ann is NotReady; 1900 ann stops");
    let mut ms: BTreeMap<_, i64> = BTreeMap::new();
    for row in centre.rows().into_values().filter(|row| row.key.table == Table::State) {
        assert!(row.columns.values().all(|value| (0..=INTERVAL).contains(value)), "{row:?}");
        *ms.entry(row.key.medium).or_default() += row.columns["ms"];
    }
    assert!(ms.values().all(|sum| *sum == 900_000), "{ms:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Wherever changes are taken, in whatever order the batches are added, and however often somebody says what time it is.
    #[test]
    fn batches_and_looks_at_the_clock_do_not_matter(
        cuts in proptest::collection::btree_set(0_usize..600, 0..12),
        order in any::<u64>(),
    ) {
        let centre = day();
        let mut fold = Fold::default();
        let mut batches = Vec::new();
        let next = |index: usize| centre.journal.get(index + 1).map_or(centre.now, |entry: &Entry| entry.at);
        for (index, entry) in centre.journal.iter().enumerate() {
            entry.apply(&mut fold);
            fold.advance(entry.at.midpoint(next(index)));
            if cuts.contains(&index) {
                batches.push(fold.take_changes());
                fold = revived(&fold);
            }
        }
        fold.advance(centre.now);
        batches.push(fold.take_changes());
        let turn = usize::try_from(order % batches.len() as u64).unwrap_or_default();
        batches.rotate_left(turn);
        let mut rows = Rows::new();
        for change in batches.into_iter().flatten() {
            rows.entry(change.key.clone()).or_insert_with(|| Row::new(change.key.clone())).apply(&change, 1);
        }
        let whole = centre.rows();
        prop_assert_eq!(columns(&rows), columns(&whole));
    }
}

#[test]
fn changes_come_in_the_order_of_their_rows() {
    let centre = day();
    let changes = centre.fold().take_changes();
    assert!(changes.is_sorted_by(|one, two| one.key < two.key), "each row once");
    assert!(changes.iter().all(|change| !change.add.is_empty() || !change.most.is_empty()));
    assert!(changes.iter().all(|change| Interval::of(change.key.interval.0) == change.key.interval));
}

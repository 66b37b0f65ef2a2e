//! What reporting counted.

use super::{
    data::JournalData,
    report_data::{CountedInterval, Kept, ReportsData},
};
use desk::ports::{CountBatch, CountOutcome, Counted, IntervalQuery, RowPage, RowQuery, StoreFault};
use domain::Millis;
use stats::{Interval, Row};

/// The most rows of a page, whatever was asked for.
const MOST: u32 = 10_000;

pub(super) fn counted(data: &JournalData) -> Option<Counted> {
    data.reports.kept.as_ref().map(|kept| kept.counted.clone())
}

pub(super) fn count(data: &mut JournalData, batch: &CountBatch) -> Result<CountOutcome, StoreFault> {
    match data.reports.faults.pop_front() {
        None => Ok(written(data, batch)),
        Some(fault @ StoreFault::Unknown(_)) => {
            written(data, batch);
            Err(fault)
        }
        Some(fault) => Err(fault),
    }
}

fn written(data: &mut JournalData, batch: &CountBatch) -> CountOutcome {
    let ReportsData { kept, rows, intervals, .. } = &mut data.reports;
    let Some(kept) = kept.as_mut().filter(|kept| kept.counted.revision == batch.on) else {
        return CountOutcome::Passed;
    };
    let revision = batch.upto.max(batch.on + 1);
    let may_begin = |interval: Interval| kept.counted.since.is_none_or(|since| interval >= since);
    let is_again = kept.counted.position < kept.upto;
    let mut newest = None;
    for change in batch.changes.iter().filter(|change| !is_again || may_begin(change.key.interval)) {
        let (table, interval) = (change.key.table, change.key.interval);
        let fresh = CountedInterval { revision, epoch: kept.epoch };
        let known = *intervals.entry((table, interval)).or_insert(fresh);
        let is_old = known.epoch < kept.epoch && may_begin(interval);
        if is_old {
            rows.retain(|key, _| (key.table, key.interval) != (table, interval));
        }
        let epoch = if is_old { kept.epoch } else { known.epoch };
        intervals.insert((table, interval), CountedInterval { revision, epoch });
        let row = rows.entry(change.key.clone()).or_insert_with(|| Row::new(change.key.clone()));
        row.apply(change, revision);
        row.columns.retain(|_, value| *value != 0);
        newest = newest.max(Some(interval));
    }
    let is_passed = |interval: Interval, epoch: u64| {
        epoch < kept.epoch && may_begin(interval) && newest.is_some_and(|newest| interval < newest)
    };
    rows.retain(|key, _| {
        intervals.get(&(key.table, key.interval)).is_some_and(|known| !is_passed(key.interval, known.epoch))
    });
    intervals.retain(|(_, interval), known| !is_passed(*interval, known.epoch));
    kept.counted.position = batch.upto;
    kept.counted.revision = revision;
    kept.counted.state = Some(batch.state.clone());
    CountOutcome::Written(revision)
}

pub(super) fn recount(data: &mut JournalData, now: Millis) -> Option<Interval> {
    let since = whole_since(data, now);
    let head = data.seq.max(data.oldest);
    let kept = data.reports.kept.take();
    let revision = kept.as_ref().map_or(0, |kept| kept.counted.revision) + 1;
    let epoch = kept.map_or(0, |kept| kept.epoch) + 1;
    let counted = Counted { position: 0, revision, state: None, since, oldest: data.oldest };
    data.reports.kept = Some(Kept { counted, upto: head, epoch });
    since
}

/// The first interval of which the journal has all events. What retention deletes ended before everything behind it.
fn whole_since(data: &JournalData, now: Millis) -> Option<Interval> {
    if data.oldest == 0 {
        return None;
    }
    let first = data.events.range(data.oldest + 1..).next().map_or(now, |(_, row)| row.at);
    let before = data.events.range(..=data.oldest).map(|(_, row)| row.at).max().unwrap_or(first);
    Some(Interval(Interval::of(first.max(before).min(now)).end()))
}

pub(super) fn rows(data: &JournalData, query: &RowQuery) -> RowPage {
    let is_wanted = |row: &&Row| {
        row.key.table == query.table
            && (query.from..query.to).contains(&row.key.interval.0)
            && query.object.as_ref().is_none_or(|object| row.key.object == *object)
            && query.changed_since.is_none_or(|revision| row.revision > revision)
            && query.after.as_ref().is_none_or(|after| row.key > *after)
    };
    let limit = usize::try_from(query.limit.clamp(1, MOST)).unwrap_or(usize::MAX);
    let rows: Vec<Row> = data.reports.rows.values().filter(is_wanted).take(limit).cloned().collect();
    let next = rows.last().filter(|_| rows.len() == limit).map(|row| row.key.clone());
    RowPage { rows, next, revision: counted(data).map_or(0, |counted| counted.revision) }
}

pub(super) fn intervals(data: &JournalData, query: &IntervalQuery) -> Vec<(Interval, u64)> {
    let all = data.reports.intervals.iter();
    let wanted = all.filter(|((table, interval), known)| {
        *table == query.table
            && (query.from..query.to).contains(&interval.0)
            && query.changed_since.is_none_or(|revision| known.revision > revision)
    });
    let limit = usize::try_from(query.limit.min(MOST)).unwrap_or(usize::MAX);
    wanted.map(|((_, interval), known)| (*interval, known.revision)).take(limit).collect()
}

pub(super) fn forget(data: &mut JournalData, before: Interval) -> u64 {
    let had = data.reports.rows.len();
    data.reports.rows.retain(|key, _| key.interval >= before);
    data.reports.intervals.retain(|(_, interval), _| *interval >= before);
    (had - data.reports.rows.len()) as u64
}

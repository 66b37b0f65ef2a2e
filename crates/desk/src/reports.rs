//! Reporting: one more cursor over what was committed, which counts events into interval rows and keeps the live values.
//!
//! What was counted becomes rows together with the position and the state in which counting goes on, so that a process that
//! is killed anywhere counts every event once.

use crate::{
    lock::lock,
    ports::{CountBatch, CountOutcome, Counted, FeedPage, FeedQuery, Store, StoreFault},
};
use domain::Millis;
use stats::{Fold, Interval};
use std::sync::{Arc, Mutex};

/// The most events that are read at once, and the most bytes.
const PAGE: u32 = 1_000;
const BYTES: usize = 4 * 1_024 * 1_024;
/// After how many events what was counted is written, while the cursor is behind.
const BATCH: usize = 5_000;
/// How often it is written while the cursor is at the head, in milliseconds: the state is written with it, whole.
const WRITE_EVERY: Millis = 2_000;
/// How long after a moment no event is committed any more that happened at it, in milliseconds: at the head, time is said to
/// have come so far and no further.
const SETTLED: Millis = 30_000;

/// Counts the events of a journal.
pub struct Counter {
    store: Arc<dyn Store>,
    live: Mutex<Live>,
    cursor: tokio::sync::Mutex<Cursor>,
}

/// What readers see: everything up to a position, written or not.
#[derive(Default)]
struct Live {
    fold: Fold,
    position: u64,
}

/// What counting needs to know besides.
#[derive(Default)]
struct Cursor {
    /// The revision on which it goes on; `None` before anything was read, and after another node has counted.
    on: Option<u64>,
    /// See [`Counted::oldest`].
    oldest: u64,
    /// The position that is written, how many events were counted since, and when that was.
    written: u64,
    events: usize,
    at: Millis,
    /// What was to be written when the store failed.
    unwritten: Option<CountBatch>,
}

/// How far a step came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// More events follow.
    Behind,
    /// Every event of the journal is counted.
    AtHead,
}

impl Counter {
    /// A counter that goes on where the journal says, with its first step.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, live: Mutex::default(), cursor: tokio::sync::Mutex::default() }
    }

    /// Looks at the live values. No event is counted meanwhile, so it must be quick.
    pub fn with<T>(&self, look: impl FnOnce(&Fold) -> T) -> T {
        look(&lock(&self.live).fold)
    }

    /// The sequence number up to which events are counted in the live values; their rows follow within seconds.
    pub fn position(&self) -> u64 {
        lock(&self.live).position
    }

    /// Counts a page of events, and writes what was counted if it is time to. `now` is the time of day. After a fault the
    /// next step tries the same again.
    pub async fn step(&self, now: Millis) -> Result<Progress, StoreFault> {
        let mut cursor = self.cursor.lock().await;
        if cursor.unwritten.is_some() {
            self.write(&mut cursor).await?;
        }
        if cursor.on.is_none() {
            self.begin(&mut cursor, now).await?;
        }
        let after = self.position();
        let query =
            FeedQuery { after, limit: PAGE, bytes: Some(BYTES), unreported: true, ..FeedQuery::default() };
        let page = self.store.events(query).await?;
        if page.oldest > after.max(cursor.oldest) || after > page.head {
            self.begin_anew(&mut cursor, now, "events were deleted before they were counted").await?;
            return Ok(Progress::Behind);
        }
        cursor.events += page.rows.len();
        self.take(&page, now);
        let is_time = !(cursor.at..cursor.at.saturating_add(WRITE_EVERY)).contains(&now);
        if cursor.events >= BATCH || is_time && !page.full {
            self.batch(&mut cursor, now)?;
            self.write(&mut cursor).await?;
        }
        Ok(if page.full { Progress::Behind } else { Progress::AtHead })
    }

    /// Counts everything anew with the first event of the journal; the steps that follow do. Answers since when rows are
    /// replaced: see [`crate::ports::Reports::recount`].
    pub async fn recount(&self, now: Millis) -> Result<Option<Interval>, StoreFault> {
        let mut cursor = self.cursor.lock().await;
        cursor.unwritten = None;
        self.begin_anew(&mut cursor, now, "somebody asked for it").await
    }

    /// Writes what was counted, for somebody who ends.
    pub async fn save(&self, now: Millis) -> Result<(), StoreFault> {
        let mut cursor = self.cursor.lock().await;
        self.write(&mut cursor).await?;
        self.batch(&mut cursor, now)?;
        self.write(&mut cursor).await
    }

    /// Takes up what is written.
    async fn begin(&self, cursor: &mut Cursor, now: Millis) -> Result<(), StoreFault> {
        let Some(counted) = self.store.counted().await? else {
            self.begin_anew(cursor, now, "nothing was counted yet").await?;
            return Ok(());
        };
        match counted.state.as_deref().map_or_else(|| Ok(Fold::default()), serde_json::from_str) {
            Ok(fold) => self.resume(cursor, &counted, fold),
            Err(why) => {
                tracing::warn!(%why, "the state in which reporting had stopped cannot be read");
                self.begin_anew(cursor, now, "it had stopped in another state").await?;
            }
        }
        Ok(())
    }

    async fn begin_anew(
        &self,
        cursor: &mut Cursor,
        now: Millis,
        why: &'static str,
    ) -> Result<Option<Interval>, StoreFault> {
        cursor.on = None;
        let since = self.store.recount(now).await?;
        match since {
            None => tracing::info!(why, "reporting counts the whole journal"),
            Some(Interval(since)) => tracing::warn!(
                why,
                since = %told(since),
                "reporting counts the journal anew; rows from before stay as they are, since the journal has not all their events any more"
            ),
        }
        if let Some(counted) = self.store.counted().await?.filter(|counted| counted.state.is_none()) {
            self.resume(cursor, &counted, Fold::default());
        }
        Ok(since)
    }

    fn resume(&self, cursor: &mut Cursor, counted: &Counted, fold: Fold) {
        *cursor = Cursor {
            on: Some(counted.revision),
            oldest: counted.oldest,
            written: counted.position,
            events: 0,
            at: cursor.at,
            unwritten: None,
        };
        *lock(&self.live) = Live { fold, position: counted.position };
    }

    /// Counts a page. At the head the time is said, so that intervals end in which nothing happens any more.
    fn take(&self, page: &FeedPage, now: Millis) {
        let mut live = lock(&self.live);
        for row in &page.rows {
            live.fold.apply(row.seq, row.at, &row.key, &row.event);
            live.position = row.seq;
        }
        if !page.full {
            live.position = page.head;
            live.fold.advance(now.saturating_sub(SETTLED));
        }
    }

    /// Makes a batch of what was counted since the last; of nothing there is none.
    fn batch(&self, cursor: &mut Cursor, now: Millis) -> Result<(), StoreFault> {
        let Some(on) = cursor.on else { return Ok(()) };
        let mut live = lock(&self.live);
        let changes = live.fold.take_changes();
        cursor.at = now;
        if changes.is_empty() && live.position == cursor.written {
            return Ok(());
        }
        let state = serde_json::to_string(&live.fold).map_err(|why| {
            StoreFault::Permanent(format!("the state of reporting cannot be written: {why}"))
        })?;
        cursor.unwritten = Some(CountBatch { on, upto: live.position, state, changes });
        Ok(())
    }

    /// Writes the batch there is. Where another node has counted meanwhile, the next step takes up what that has written.
    async fn write(&self, cursor: &mut Cursor) -> Result<(), StoreFault> {
        let Some(batch) = &cursor.unwritten else { return Ok(()) };
        let upto = batch.upto;
        let outcome = self.store.count(batch.clone()).await?;
        cursor.unwritten = None;
        cursor.events = 0;
        match outcome {
            CountOutcome::Written(revision) => {
                cursor.on = Some(revision);
                cursor.written = upto;
            }
            CountOutcome::Passed => cursor.on = None,
        }
        Ok(())
    }
}

/// A moment as the log tells it.
fn told(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at).map_or_else(|_| at.to_string(), |at| at.to_string())
}

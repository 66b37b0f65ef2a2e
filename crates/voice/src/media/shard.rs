//! The clock of a ticker, and its work.

use super::{held, inward::TICK};
use std::sync::{
    Arc, Mutex, Weak,
    atomic::{AtomicU64, Ordering::Relaxed},
};
use tokio::{sync::Notify, time::Instant};

/// After how many late ticks a ticker counts as having stood still with its process: 5 seconds. What was sent meanwhile
/// was heard by nobody, so that the time counts for no leg's silence.
const STOOD_STILL: u64 = 250;

/// The legs and rooms of one ticker. It knows nothing about them: `L` is a leg.
pub(super) struct Shard<L> {
    began: Instant,
    pub(super) tick: AtomicU64,
    /// The ticks during which it stood still; they are not counted.
    still: AtomicU64,
    pub(super) inbox: Mutex<Inbox<L>>,
    pub(super) wake: Notify,
}

/// New work since the last tick: the ticker takes it over, so that nobody waits for the ticker.
pub(super) struct Inbox<L> {
    pub lines: Vec<Weak<L>>,
    pub fed: Vec<Arc<L>>,
    pub mixes: Vec<Mix>,
}

/// Mixes a room; answers whether it goes on being mixed.
pub(super) type Mix = Box<dyn Fn() -> bool + Send + Sync>;

impl<L> Default for Inbox<L> {
    fn default() -> Self {
        Self { lines: Vec::new(), fed: Vec::new(), mixes: Vec::new() }
    }
}

impl<L> Shard<L> {
    pub fn new() -> Self {
        Self {
            began: Instant::now(),
            tick: AtomicU64::new(0),
            still: AtomicU64::new(0),
            inbox: Mutex::default(),
            wake: Notify::new(),
        }
    }

    /// The last tick.
    pub fn tick(&self) -> u64 {
        self.tick.load(Relaxed)
    }

    /// Looks after a leg until it is gone.
    pub fn add(&self, line: Weak<L>) {
        held(&self.inbox).lines.push(line);
        self.wake.notify_one();
    }

    /// The present tick; the count stands still while the shard sleeps.
    pub fn catch_up(&self) -> u64 {
        let now = self.now();
        self.tick.fetch_max(now, Relaxed).max(now)
    }

    /// Calls a leg in every tick, until it says that nothing more is due.
    pub fn feed(&self, line: Arc<L>) {
        held(&self.inbox).fed.push(line);
    }

    /// Mixes a room in every tick until it says that it need not be mixed any more.
    pub fn mix(&self, room: Mix) {
        held(&self.inbox).mixes.push(room);
    }

    fn now(&self) -> u64 {
        let passed = u64::try_from(self.began.elapsed().as_millis() / TICK.as_millis()).unwrap_or(u64::MAX);
        passed.saturating_sub(self.still.load(Relaxed))
    }

    /// The moment of a future tick.
    pub fn moment(&self, tick: u64) -> Instant {
        self.began + TICK * u32::try_from(tick + self.still.load(Relaxed)).unwrap_or(u32::MAX)
    }

    /// The present tick, when `next` was expected next.
    pub fn woken(&self, next: u64) -> u64 {
        let late = self.now().saturating_sub(next);
        if late >= STOOD_STILL {
            self.still.fetch_add(late, Relaxed);
        }
        self.now()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn while_it_stood_still_no_ticks_are_counted() {
        let shard = Shard::<()>::new();
        tokio::time::advance(TICK * 10).await;
        assert_eq!(shard.woken(10), 10);
        tokio::time::advance(TICK * 100).await;
        assert_eq!(shard.woken(11), 110, "a moment's stall is counted");
        tokio::time::advance(Duration::from_secs(600)).await;
        assert_eq!(shard.woken(111), 111);
        tokio::time::advance(TICK * 2).await;
        assert_eq!(shard.now(), 113);
        assert_eq!(shard.moment(114), Instant::now() + TICK);
    }
}

//! What goes wrong, by a seed.

use std::{
    ops::Range,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// How often commits fail, and how late they are. By a seed, so that what went wrong once goes wrong again.
#[derive(Debug)]
pub struct Faults {
    chance: Mutex<fastrand::Rng>,
    /// Commits that fail, in a thousand.
    failing: u32,
    /// Commits that are late, in a thousand.
    late: u32,
    /// By how much, in milliseconds.
    delay: Range<u64>,
}

impl Faults {
    /// None.
    pub fn none() -> Self {
        Self::seeded(0, 0, 0)
    }

    /// So many failing and so many late commits in a thousand.
    pub fn seeded(seed: u64, failing: u32, late: u32) -> Self {
        Self { chance: Mutex::new(fastrand::Rng::with_seed(seed)), failing, late, delay: 1..1_500 }
    }

    /// Whether the next commit fails.
    pub(crate) fn fails(&self) -> bool {
        self.roll(self.failing)
    }

    /// By how much the next commit is late, if it is.
    pub(crate) fn delay(&self) -> Option<Duration> {
        let late = self.roll(self.late);
        late.then(|| Duration::from_millis(self.chance().u64(self.delay.clone())))
    }

    fn roll(&self, rate: u32) -> bool {
        rate > 0 && self.chance().u32(..1_000) < rate
    }

    fn chance(&self) -> std::sync::MutexGuard<'_, fastrand::Rng> {
        self.chance.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

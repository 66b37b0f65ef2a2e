//! Time as the test lets it pass.

use desk::ports::Clock;
use domain::Millis;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::{runtime::Handle, time::Instant};

/// When the world begins: 2026-01-05 08:00 UTC, in milliseconds since the epoch.
pub const MORNING: Millis = 1_767_600_000_000;

/// The runtime's time, paused or not, counted from one fixed morning, so that every run begins at the same moment.
#[derive(Debug)]
pub struct WorldClock {
    begun: Instant,
    last: AtomicI64,
}

impl WorldClock {
    /// A clock that shows the morning now. Make it on the runtime whose time it shall show.
    pub fn start() -> Self {
        Self { begun: Instant::now(), last: AtomicI64::new(MORNING) }
    }
}

impl Clock for WorldClock {
    fn now(&self) -> Millis {
        // The journal's thread knows nothing of the runtime, or of its paused time: for it the clock stands where it
        // was last looked at, which is when it was given its work.
        if Handle::try_current().is_err() {
            return self.last.load(Ordering::Relaxed);
        }
        let passed = Millis::try_from(self.begun.elapsed().as_millis()).unwrap_or(Millis::MAX);
        self.last.fetch_max(MORNING + passed, Ordering::Relaxed).max(MORNING + passed)
    }
}

//! Time as a test lets it pass.

use desk::ports::Clock;
use domain::Millis;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::{runtime::Handle, time::Instant};

/// When tests begin that need no other moment: 2026-02-03T09:11:02Z, in milliseconds since the epoch.
pub const START: Millis = 1_770_109_862_000;

/// When the world begins: 2026-01-05 08:00 UTC, in milliseconds since the epoch.
pub const MORNING: Millis = 1_767_600_000_000;

/// A clock that is put forward by hand. It stands still in between, or goes with the time of the machine.
#[derive(Debug)]
pub struct TestClock {
    shown: AtomicI64,
    goes_since: Option<std::time::Instant>,
}

impl TestClock {
    /// A clock that stands at this moment until it is told to go.
    pub const fn stopped(at: Millis) -> Self {
        Self { shown: AtomicI64::new(at), goes_since: None }
    }

    /// A clock that goes by itself from this moment on.
    pub fn running(from: Millis) -> Self {
        Self { shown: AtomicI64::new(from), goes_since: Some(std::time::Instant::now()) }
    }

    /// Puts it forward, by milliseconds.
    pub fn advance(&self, by: Millis) {
        self.shown.fetch_add(by, Ordering::SeqCst);
    }
}

impl Default for TestClock {
    fn default() -> Self {
        Self::stopped(START)
    }
}

impl Clock for TestClock {
    fn now(&self) -> Millis {
        let gone = self.goes_since.map_or(0, |since| since.elapsed().as_millis());
        self.shown.load(Ordering::SeqCst) + Millis::try_from(gone).unwrap_or(Millis::MAX)
    }
}

/// The runtime's time, paused or not, counted from one fixed morning, so that every run begins at the same moment.
#[derive(Debug)]
pub struct RuntimeClock {
    begun: Instant,
    last: AtomicI64,
}

impl RuntimeClock {
    /// A clock that shows the morning now. Make it on the runtime whose time it shall show.
    pub fn start() -> Self {
        Self { begun: Instant::now(), last: AtomicI64::new(MORNING) }
    }
}

impl Clock for RuntimeClock {
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

//! The task that counts what is committed, for as long as a server runs, and what others ask of it.

use crate::{
    Desk, given_up,
    ports::StoreFault,
    reports::{Counter, Progress},
};
use domain::Millis;
use stats::Interval;
use std::{sync::Arc, time::Duration};

/// How long the cursor rests at the head, so that many events are read together.
const REST: Duration = Duration::from_millis(200);
/// How long it waits there for an event before it looks at the time.
const TICK: Duration = Duration::from_secs(1);
/// How long to wait after the store failed before trying again.
const RETRY: Duration = Duration::from_secs(1);

impl Desk {
    /// What reporting counts.
    pub fn reports(&self) -> &Counter {
        &self.reports
    }

    /// How many sequence numbers the live values of reporting are behind the journal.
    pub fn reports_lag(&self) -> u64 {
        self.head().borrow().saturating_sub(self.reports.position())
    }

    /// Counts events as they are committed. Never returns; one task runs this. A node whose store can never count what
    /// follows goes on without.
    pub async fn count(self: Arc<Self>) {
        let mut head = self.head();
        loop {
            match self.reports.step(self.now()).await {
                Ok(Progress::Behind) => tokio::task::yield_now().await,
                Ok(Progress::AtHead) => {
                    tokio::time::sleep(REST).await;
                    // Either there is more to count, or time has passed.
                    drop(tokio::time::timeout(TICK, head.changed()).await);
                }
                Err(fault) if fault.is_passing() => {
                    tracing::warn!(%fault, "events could not be counted for reporting");
                    tokio::time::sleep(RETRY).await;
                }
                Err(fault) => {
                    if fault.is_permanent() {
                        given_up::tell("reports", &format_args!("event {}", self.reports.position()), &fault);
                    }
                    return std::future::pending().await;
                }
            }
        }
    }

    /// Deletes the rows of reporting from before so many months, each taken for 31 days; answers how many.
    pub async fn forget_rows(&self, keep_months: u32) -> Result<u64, StoreFault> {
        let kept = Millis::from(keep_months).saturating_mul(31 * 24 * 60 * 60 * 1_000);
        self.store.forget_rows(Interval::of(self.now().saturating_sub(kept))).await
    }
}

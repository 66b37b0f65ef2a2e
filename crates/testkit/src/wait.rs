//! Waiting for what must come, instead of for a time.

use std::{
    future::Future,
    time::{Duration, Instant},
};

/// How long to wait for something that must come, on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// How long until the next look.
const LOOK: Duration = Duration::from_millis(5);

/// Waits until something is so.
///
/// # Panics
///
/// If it never is; `what` says so.
pub async fn eventually<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    let so = async || is_so().await.then_some(());
    found(what, so).await;
}

/// Waits until there is something, and answers it.
///
/// # Panics
///
/// If there never is; `what` says so.
pub async fn found<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let since = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(since.elapsed() < PATIENCE, "never: {what}");
        tokio::time::sleep(LOOK).await;
    }
}

/// The same for a test without a runtime: one of a process, which is asked less often.
///
/// # Panics
///
/// If there never is; `what` says so.
pub fn found_blocking<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let since = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(since.elapsed() < 3 * PATIENCE, "never: {what}");
        std::thread::sleep(10 * LOOK);
    }
}

/// Waits in a test without a runtime until something is so.
///
/// # Panics
///
/// If it never is; `what` says so.
pub fn eventually_blocking(what: &str, mut is_so: impl FnMut() -> bool) {
    found_blocking(what, || is_so().then_some(()));
}

/// What comes before patience is at its end.
///
/// # Panics
///
/// If it does not; `what` says so.
pub async fn soon<T>(what: &str, coming: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, coming).await.unwrap_or_else(|_| panic!("not in time: {what}"))
}

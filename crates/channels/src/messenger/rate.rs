//! How fast an account sends (spec: channel-connectors#2.7).

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::{num::NonZeroU32, time::Duration};

/// How many times more slowly an account sends close to the platform's limit.
const SLOWER: u32 = 10;

/// A message that would have to wait longer is tried again later: while it waits here, a stop of the server would
/// leave nobody knowing whether it was sent.
const PATIENCE: Duration = Duration::from_secs(2);

/// The rates of an account.
#[derive(Debug)]
pub(super) struct AccountRate {
    usual: DefaultDirectRateLimiter,
    slow: DefaultDirectRateLimiter,
}

impl AccountRate {
    /// So many in a second, spread evenly; 0 counts as 1.
    pub fn new(a_second: u32) -> Self {
        let each = |rate: u32| {
            let rate = NonZeroU32::new(rate).unwrap_or(NonZeroU32::MIN);
            RateLimiter::direct(Quota::per_second(rate).allow_burst(NonZeroU32::MIN))
        };
        Self { usual: each(a_second), slow: each(a_second / SLOWER) }
    }

    /// Waits until something may be sent, or tells after what time to ask again.
    pub async fn turn(&self, is_slowed: bool) -> Result<(), Duration> {
        let limiter = if is_slowed { &self.slow } else { &self.usual };
        tokio::time::timeout(PATIENCE, limiter.until_ready()).await.map_err(|_| PATIENCE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    async fn ten(is_slowed: bool) -> Duration {
        let rate = AccountRate::new(200);
        let begun = Instant::now();
        for _ in 0..10 {
            rate.turn(is_slowed).await.expect("a turn");
        }
        begun.elapsed()
    }

    #[tokio::test]
    async fn near_the_limit_it_goes_a_tenth_as_fast() {
        assert!(ten(false).await >= Duration::from_millis(40));
        assert!(ten(true).await >= Duration::from_millis(400));
    }

    #[tokio::test]
    async fn who_would_wait_long_comes_back_later() {
        let rate = AccountRate::new(0);
        assert_eq!(rate.turn(false).await, Ok(()));
        let three = futures::future::join_all((0..3).map(|_| rate.turn(false))).await;
        assert!(three.contains(&Err(PATIENCE)), "{three:?}");
    }
}

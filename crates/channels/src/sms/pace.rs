//! How fast messages go to a provider (spec: channel-connectors#0.2.10).

use super::config::SendRate;
use governor::{
    DefaultDirectRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};
use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::{sync::Mutex as Gate, time::Instant};

/// A message that would have to wait longer is tried again later: while it waits here, a stop of the server would
/// leave nobody knowing whether it was sent.
const PATIENCE: Duration = Duration::from_secs(2);
/// The longest time for which a provider can hold up all messages of an account.
const LONGEST_HOLD: Duration = Duration::from_secs(60);
/// How long all messages are held up when a busy provider does not say how long.
const HOLD: Duration = Duration::from_secs(1);

/// The pace of an account.
pub(super) struct Pace {
    rate: SendRate,
    limiter: DefaultDirectRateLimiter,
    clock: DefaultClock,
    /// Sends have their turns one after the other, in the order in which they came.
    turn: Gate<()>,
    waiting: AtomicU32,
    held_until: Mutex<Option<Instant>>,
}

impl Pace {
    pub fn new(rate: SendRate) -> Self {
        let quota = Quota::per_second(rate.per_second).allow_burst(rate.burst);
        Self {
            rate,
            limiter: RateLimiter::direct(quota),
            clock: DefaultClock::default(),
            turn: Gate::default(),
            waiting: AtomicU32::new(0),
            held_until: Mutex::default(),
        }
    }

    /// Waits until a message may be sent, or tells after what time to ask again.
    pub async fn turn(&self) -> Result<(), Duration> {
        let held = self.held_until().map(|until| until.saturating_duration_since(Instant::now()));
        if let Some(held) = held.filter(|held| !held.is_zero()) {
            return Err(held);
        }
        let place = WaitingPlace::take(&self.waiting);
        let expected = Duration::from_secs(1) * place.before / self.rate.per_second.get();
        if expected > PATIENCE {
            return Err(expected);
        }
        let _turn = self.turn.lock().await;
        while let Err(not_yet) = self.limiter.check() {
            tokio::time::sleep(not_yet.wait_time_from(self.clock.now())).await;
        }
        Ok(())
    }

    /// The provider takes nothing for this long.
    pub fn hold(&self, pause: Option<Duration>) {
        let until = Instant::now() + pause.unwrap_or(HOLD).min(LONGEST_HOLD);
        let mut held = self.held_until.lock().unwrap_or_else(PoisonError::into_inner);
        *held = held.max(Some(until));
    }

    fn held_until(&self) -> Option<Instant> {
        *self.held_until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place among those who wait.
struct WaitingPlace<'a> {
    waiting: &'a AtomicU32,
    before: u32,
}

impl<'a> WaitingPlace<'a> {
    fn take(waiting: &'a AtomicU32) -> Self {
        Self { waiting, before: waiting.fetch_add(1, Ordering::Relaxed) }
    }
}

impl Drop for WaitingPlace<'_> {
    fn drop(&mut self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::future::join_all;
    use std::num::NonZeroU32;

    fn pace(per_second: u32, burst: u32) -> Pace {
        let number = |number| NonZeroU32::new(number).expect("more than nothing");
        Pace::new(SendRate { per_second: number(per_second), burst: number(burst) })
    }

    #[tokio::test]
    async fn no_more_goes_in_a_second_than_may() {
        let pace = pace(50, 5);
        let begun = Instant::now();
        assert!(join_all((0..15).map(|_| pace.turn())).await.iter().all(Result::is_ok));
        // Five at once, ten more at 20 ms each.
        assert!(begun.elapsed() >= Duration::from_millis(190), "{:?}", begun.elapsed());
    }

    #[tokio::test]
    async fn who_would_wait_too_long_is_sent_away_at_once() {
        let pace = pace(1, 1);
        let mut turns: Vec<_> = (0..5).map(|_| Box::pin(pace.turn())).collect();
        let answers: Vec<_> =
            turns.iter_mut().map(|turn| futures::FutureExt::now_or_never(turn.as_mut())).collect();
        assert_eq!(answers[0], Some(Ok(())));
        assert_eq!(answers[4], Some(Err(Duration::from_secs(3))), "three wait before");
        drop(turns);
        assert_eq!(pace.waiting.load(Ordering::Relaxed), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_busy_provider_is_left_alone() {
        let pace = pace(10, 10);
        pace.hold(Some(Duration::from_millis(50)));
        let held = pace.turn().await.expect_err("held");
        assert!(held <= Duration::from_millis(50));
        tokio::time::advance(held).await;
        assert_eq!(pace.turn().await, Ok(()));
        pace.hold(Some(Duration::from_secs(99_999)));
        pace.hold(None);
        let held = pace.turn().await.expect_err("held");
        assert!(held > HOLD && held <= LONGEST_HOLD, "{held:?}");
    }
}

//! What strangers may cost us.

use crate::sip::locked;
use std::{
    collections::{HashMap, VecDeque},
    net::IpAddr,
    sync::Mutex,
    time::Duration,
};
use tokio::time::Instant;

/// Addresses that are watched at once; of more, the newest.
const WATCHED: usize = 10_000;
const WINDOW: Duration = Duration::from_secs(60);

/// Wrong credentials, by where they came from.
pub(super) struct Logins {
    most: u32,
    failures: Mutex<Failures>,
}

#[derive(Default)]
struct Failures {
    /// Since when, and how many.
    counts: HashMap<IpAddr, (Instant, u32)>,
    /// The same, the oldest first.
    order: VecDeque<(Instant, IpAddr)>,
}

impl Logins {
    /// At most so many within a minute.
    pub fn new(most: u32) -> Self {
        Self { most, failures: Mutex::default() }
    }

    /// Whether an address had too many: nothing of it is even looked at.
    pub fn blocked(&self, from: IpAddr) -> bool {
        let failures = locked(&self.failures);
        failures
            .counts
            .get(&from)
            .is_some_and(|(since, count)| *count >= self.most && since.elapsed() < WINDOW)
    }

    /// One more.
    pub fn failed(&self, from: IpAddr) {
        let now = Instant::now();
        let mut failures = locked(&self.failures);
        let Failures { counts, order } = &mut *failures;
        while order.front().is_some_and(|(since, _)| now - *since >= WINDOW)
            || counts.len() >= WATCHED && !counts.contains_key(&from)
        {
            let Some((_, oldest)) = order.pop_front() else { break };
            counts.remove(&oldest);
        }
        let entry = counts.entry(from).or_insert_with(|| {
            order.push_back((now, from));
            (now, 0)
        });
        entry.1 = entry.1.saturating_add(1);
    }
}

/// Calls that come in, by the second.
pub(super) struct Pace {
    most: u32,
    second: Mutex<(Instant, u32)>,
}

impl Pace {
    /// At most so many within a second.
    pub fn new(most: u32) -> Self {
        Self { most, second: Mutex::new((Instant::now(), 0)) }
    }

    /// Whether one more may come now.
    pub fn takes(&self) -> bool {
        let mut second = locked(&self.second);
        if second.0.elapsed() >= Duration::from_secs(1) {
            *second = (Instant::now(), 0);
        }
        second.1 += 1;
        second.1 <= self.most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn too_many_failures_block_for_a_minute() {
        let logins = Logins::new(2);
        let from = IpAddr::from([192, 0, 2, 1]);
        logins.failed(from);
        assert!(!logins.blocked(from));
        logins.failed(from);
        assert!(logins.blocked(from));
        assert!(!logins.blocked(IpAddr::from([192, 0, 2, 2])));
        tokio::time::advance(WINDOW).await;
        assert!(!logins.blocked(from));
    }

    #[tokio::test(start_paused = true)]
    async fn a_flood_from_everywhere_is_watched_by_its_newest() {
        let logins = Logins::new(1);
        let address = |n: usize| IpAddr::from(u32::try_from(n).expect("small").to_be_bytes());
        for n in 0..=WATCHED {
            logins.failed(address(n));
        }
        assert!(!logins.blocked(address(0)));
        assert!(logins.blocked(address(1)) && logins.blocked(address(WATCHED)));
        tokio::time::advance(WINDOW).await;
        logins.failed(address(5));
        assert!(logins.blocked(address(5)) && !logins.blocked(address(6)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_second_has_room_again() {
        let pace = Pace::new(1);
        assert!(pace.takes());
        assert!(!pace.takes());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(pace.takes());
    }
}

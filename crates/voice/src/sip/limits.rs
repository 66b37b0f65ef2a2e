//! What strangers may cost us.

use crate::sip::locked;
use std::{collections::HashMap, net::IpAddr, sync::Mutex, time::Duration};
use tokio::time::Instant;

/// Addresses that are watched at once; a flood from more of them watches the newest.
const WATCHED: usize = 10_000;
const WINDOW: Duration = Duration::from_secs(60);

/// Wrong credentials, by where they came from.
pub(super) struct Logins {
    most: u32,
    failures: Mutex<HashMap<IpAddr, (Instant, u32)>>,
}

impl Logins {
    /// At most so many within a minute.
    pub fn new(most: u32) -> Self {
        Self { most, failures: Mutex::default() }
    }

    /// Whether an address had too many: nothing of it is even looked at.
    pub fn blocked(&self, from: IpAddr) -> bool {
        let failures = locked(&self.failures);
        failures.get(&from).is_some_and(|(since, count)| *count >= self.most && since.elapsed() < WINDOW)
    }

    /// One more.
    pub fn failed(&self, from: IpAddr) {
        let now = Instant::now();
        let mut failures = locked(&self.failures);
        if failures.len() >= WATCHED {
            failures.retain(|_, (since, _)| now - *since < WINDOW);
            if failures.len() >= WATCHED {
                failures.clear();
            }
        }
        let entry = failures.entry(from).or_insert((now, 0));
        if now - entry.0 >= WINDOW {
            *entry = (now, 0);
        }
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
    async fn a_second_has_room_again() {
        let pace = Pace::new(1);
        assert!(pace.takes());
        assert!(!pace.takes());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(pace.takes());
    }
}

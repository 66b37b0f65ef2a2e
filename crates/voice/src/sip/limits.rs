//! Limits on what strangers may cost us.

use crate::{settings::Limits, sip::held};
use edge::Network;
use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
    net::IpAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::Instant;

/// How many networks' failures are watched at once; beyond it, the newest.
const WATCHED: usize = 10_000;
const WINDOW: Duration = Duration::from_secs(60);

/// Wrong credentials, by the network they came from. Only those count that prove their origin: they are
/// for a nonce that was sent there (see [`super::digest`]).
pub(super) struct Logins(Failures<Network>);

impl Logins {
    /// At most so many within a minute.
    pub fn new(most: u32) -> Self {
        Self(Failures::new(most))
    }

    /// Whether an address had too many: nothing from it is even read.
    pub fn blocked(&self, from: IpAddr) -> bool {
        self.0.blocked(&Network::of(from))
    }

    /// Counts one more.
    pub fn failed(&self, from: IpAddr) {
        self.0.failed(Network::of(from));
    }
}

/// Failures within a minute, by any key.
pub(super) struct Failures<K> {
    most: u32,
    now: Mutex<FailuresNow<K>>,
}

struct FailuresNow<K> {
    /// Since when they are counted, and how many.
    counts: HashMap<K, (Instant, u32)>,
    /// The same keys, the oldest first.
    order: VecDeque<(Instant, K)>,
}

impl<K: Clone + Eq + Hash> Failures<K> {
    /// At most so many within a minute.
    pub fn new(most: u32) -> Self {
        Self { most, now: Mutex::new(FailuresNow { counts: HashMap::new(), order: VecDeque::new() }) }
    }

    /// Whether there were too many.
    pub fn blocked(&self, of: &K) -> bool {
        let now = held(&self.now);
        now.counts.get(of).is_some_and(|(since, count)| *count >= self.most && since.elapsed() < WINDOW)
    }

    /// Counts one more.
    pub fn failed(&self, of: K) {
        let moment = Instant::now();
        let mut now = held(&self.now);
        let FailuresNow { counts, order } = &mut *now;
        while order.front().is_some_and(|(since, _)| moment - *since >= WINDOW)
            || counts.len() >= WATCHED && !counts.contains_key(&of)
        {
            let Some((_, oldest)) = order.pop_front() else { break };
            counts.remove(&oldest);
        }
        let entry = counts.entry(of.clone()).or_insert_with(|| {
            order.push_back((moment, of));
            (moment, 0)
        });
        entry.1 = entry.1.saturating_add(1);
    }
}

/// Calls that come in, by the second. Calls with a proved password are counted separately, so that nobody
/// who only sends packets keeps them out.
pub(super) struct CallRate {
    most: u32,
    most_of_one: u32,
    second: Mutex<Second>,
}

struct Second {
    began: Instant,
    proved: u32,
    others: u32,
    /// Never more entries than calls are taken in a second.
    by_network: HashMap<Network, u32>,
}

impl CallRate {
    /// At most so many within a second, and without a password so many from one network.
    pub fn new(limits: &Limits) -> Self {
        let second = Second { began: Instant::now(), proved: 0, others: 0, by_network: HashMap::new() };
        Self {
            most: limits.calls_per_second,
            most_of_one: limits.calls_per_second_per_network,
            second: Mutex::new(second),
        }
    }

    /// Whether one more call may come now.
    pub fn takes(&self, from: IpAddr, proved: bool) -> bool {
        let mut second = held(&self.second);
        if second.began.elapsed() >= Duration::from_secs(1) {
            *second = Second { began: Instant::now(), proved: 0, others: 0, by_network: HashMap::new() };
        }
        let Second { proved: proved_so_far, others, by_network, .. } = &mut *second;
        let count = if proved { proved_so_far } else { others };
        if *count >= self.most {
            return false;
        }
        if !proved {
            let of_one = by_network.entry(Network::of(from)).or_insert(0);
            if *of_one >= self.most_of_one {
                return false;
            }
            *of_one += 1;
        }
        *count += 1;
        true
    }
}

/// Calls that were taken without a password, for as long as they last: how many there are in all, from one network, and
/// of those how many have not yet proved by an ACK that they come from where they say. A forged source never gets past
/// that, and its place is free again when the ACK is given up (RFC 3261 §13.3.1.4).
pub(super) struct UnauthenticatedCalls {
    most: usize,
    most_of_one: usize,
    most_unproved_of_one: usize,
    now: Mutex<UnauthenticatedCounts>,
}

#[derive(Default)]
struct UnauthenticatedCounts {
    all: usize,
    by_network: HashMap<Network, (usize, usize)>,
}

/// The place of one such call; it is free when this is dropped.
pub(super) struct UnauthenticatedCall {
    guests: Arc<UnauthenticatedCalls>,
    network: Network,
    unproved: bool,
}

impl UnauthenticatedCalls {
    pub fn new(limits: &Limits) -> Arc<Self> {
        Arc::new(Self {
            most: limits.open_calls,
            most_of_one: limits.open_calls_per_network,
            most_unproved_of_one: limits.unacknowledged_calls_per_network,
            now: Mutex::default(),
        })
    }

    /// Takes a place for a call from there, if there is one. Over a stream the source is proved already.
    pub fn enter(self: &Arc<Self>, from: IpAddr, over_stream: bool) -> Option<UnauthenticatedCall> {
        let (network, unproved) = (Network::of(from), !over_stream);
        let mut now = held(&self.now);
        let (all, open) = now.by_network.get(&network).copied().unwrap_or_default();
        if now.all >= self.most || all >= self.most_of_one || unproved && open >= self.most_unproved_of_one {
            metrics::counter!("jackfield_sip_failures_total", "what" => "too-many-calls").increment(1);
            return None;
        }
        now.all += 1;
        now.by_network.insert(network, (all + 1, open + usize::from(unproved)));
        Some(UnauthenticatedCall { guests: self.clone(), network, unproved })
    }
}

impl UnauthenticatedCall {
    /// The caller has shown that they receive what is sent there.
    pub fn prove(&mut self) {
        if std::mem::take(&mut self.unproved)
            && let Some((_, open)) = held(&self.guests.now).by_network.get_mut(&self.network)
        {
            *open = open.saturating_sub(1);
        }
    }
}

impl Drop for UnauthenticatedCall {
    fn drop(&mut self) {
        self.prove();
        let mut now = held(&self.guests.now);
        now.all = now.all.saturating_sub(1);
        if let Some((all, _)) = now.by_network.get_mut(&self.network) {
            *all = all.saturating_sub(1);
            if *all == 0 {
                now.by_network.remove(&self.network);
            }
        }
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

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

    #[tokio::test(start_paused = true)]
    async fn an_ipv6_network_is_counted_as_one() {
        let logins = Logins::new(1);
        logins.failed("2001:db8:1:2::1".parse().expect("an address"));
        assert!(logins.blocked("2001:db8:1:2:9::7".parse().expect("an address")));
        assert!(!logins.blocked("2001:db8:1:3::1".parse().expect("an address")));
    }

    #[tokio::test(start_paused = true)]
    async fn a_second_has_room_again() {
        let pace = CallRate::new(&Limits { calls_per_second: 1, ..Limits::default() });
        assert!(pace.takes(HERE, false));
        assert!(!pace.takes(HERE, false));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(pace.takes(HERE, false));
    }

    #[tokio::test(start_paused = true)]
    async fn a_flood_without_passwords_keeps_out_neither_other_networks_nor_who_proves_a_password() {
        let limits = Limits { calls_per_second: 3, calls_per_second_per_network: 2, ..Limits::default() };
        let pace = CallRate::new(&limits);
        let taken = (0..100).filter(|_| pace.takes(HERE, false)).count();
        assert_eq!(taken, 2);
        assert!(pace.takes(THERE, false));
        assert!(!pace.takes(THERE, false), "all of the second");
        assert!(pace.takes(HERE, true));
    }

    #[test]
    fn calls_without_a_password_are_bounded_in_all_and_per_network() {
        let limits = Limits { open_calls: 3, open_calls_per_network: 2, ..Limits::default() };
        let guests = UnauthenticatedCalls::new(&limits);
        let mut here: Vec<UnauthenticatedCall> = (0..9).filter_map(|_| guests.enter(HERE, true)).collect();
        assert_eq!(here.len(), 2);
        let there: Vec<UnauthenticatedCall> = (0..9).filter_map(|_| guests.enter(THERE, true)).collect();
        assert_eq!(there.len(), 1, "three in all");
        here.pop();
        assert!(guests.enter(THERE, true).is_some());
    }

    #[test]
    fn a_source_that_never_acknowledges_takes_few_places_and_gives_them_back() {
        let limits = Limits { unacknowledged_calls_per_network: 1, ..Limits::default() };
        let guests = UnauthenticatedCalls::new(&limits);
        let mut first = guests.enter(HERE, false).expect("a place");
        assert!(guests.enter(HERE, false).is_none());
        assert!(guests.enter(HERE, true).is_some(), "a stream has no forged source");
        first.prove();
        let second = guests.enter(HERE, false).expect("a place");
        assert!(guests.enter(HERE, false).is_none());
        drop(second);
        assert!(guests.enter(HERE, false).is_some());
        drop(first);
        assert!(held(&guests.now).by_network.is_empty());
    }
}

//! How many passwords are looked at, of whom, for which name.
//!
//! Every client that sends a name and a password costs a hash and learns whether they were right, so both must be
//! bounded, and without a lock-out: no stranger's guesses may keep the owner of a name from coming in. So they are told
//! apart by what a stranger cannot have, from the best to the weakest:
//!
//! 1. **A right password is no guess.** Credentials that were found right within a day are hashed again after a quarter
//!    of an hour, but count against nothing; wrong ones are remembered and cost nothing when they come again.
//! 2. **A live login of the same user**, shown by its cookie, has an allowance of its own.
//! 3. **A network from which the name came in within a month** has an allowance of its own for that name, which guesses
//!    from elsewhere do not touch.
//! 4. **Everybody else shares the allowance of the name**, and of their network over all names.
//! 5. **The owner says the same again.** A guesser sends another password each time, an owner the same one. Credentials
//!    that were turned away and come again draw from a second allowance of the name, those that come four times over four
//!    seconds from a third. A guesser who repeats every guess to get there halves their rate, and the sum stays bounded:
//!    at most 22 passwords a minute are looked at for a name whose networks and logins are all strangers', ten of them
//!    for guessers who do not repeat.
//!
//! Tokens are taken before a password is looked at and given back when it was right, so concurrency gains nothing and a
//! morning of five hundred right logins from one address costs nobody an allowance. What is left open: somebody at the
//! owner's own address who keeps repeating many guesses competes with the owner for the second and third allowance. The
//! owner's logins, and credentials found right within a day, go on all the same.

use edge::Network;
use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash, RandomState},
    time::{Duration, Instant},
};

/// For one name from networks that are not known for it; for one known network or login of it.
const NAME: Quota = Quota { burst: 10.0, per_minute: 10.0 };
/// For one name, credentials that come again.
const AGAIN: Quota = Quota { burst: 2.0, per_minute: 6.0 };
/// For one network over all names. The burst is a morning's worth of mistyped passwords behind one address.
const NETWORK: Quota = Quota { burst: 240.0, per_minute: 60.0 };
/// For all clients together whose address the proxy did not tell.
const NOWHERE: Quota = Quota { burst: 300.0, per_minute: 300.0 };
/// The most allowances kept; those that are full again go first.
const MAX_ALLOWANCES: usize = 1 << 16;
/// The most names with networks they came in from, and the most networks of one.
const MAX_NAMES: usize = 1 << 14;
const MAX_NETWORKS: usize = 8;
/// How long a network counts as known.
const KNOWN: Duration = Duration::from_secs(30 * 86_400);
/// Credentials that were turned away and do not come again within this time are forgotten.
const PATIENCE: Duration = Duration::from_secs(120);
/// When credentials that come again and again count as meant.
const INSISTED: (u8, Duration) = (4, Duration::from_secs(4));
/// Remembered credentials: so many sets of so many.
const SETS: usize = 1 << 11;
const WAYS: usize = 4;

/// How credentials are remembered: by a keyed digest of name, password and stored hash.
pub type Digest = [u8; 32];

/// The client that asks, as far as it matters.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The name, known or not.
    pub name: &'a str,
    /// The network, if it is known.
    pub network: Option<Network>,
    /// The live login of the same user whose cookie came along.
    pub login: Option<&'a str>,
    /// The credentials.
    pub digest: &'a Digest,
}

/// The allowances that one look at a password was taken from.
#[derive(Debug)]
#[must_use = "it is given back when the password was right"]
pub struct Taken(Vec<u64>);

/// The allowances, and what is remembered of credentials.
pub struct Guesses {
    secret: RandomState,
    allowances: HashMap<u64, Allowance>,
    known: HashMap<u64, Vec<(Network, Instant)>>,
    turned_away: Box<[Tried]>,
    wrong: Box<[(u64, Option<Instant>)]>,
}

#[derive(Clone, Copy)]
struct Quota {
    burst: f64,
    per_minute: f64,
}

#[derive(Clone, Copy)]
struct Allowance {
    left: f64,
    at: Instant,
    quota: Quota,
}

/// Credentials that were refused without a look.
#[derive(Clone, Copy, Default)]
struct Tried {
    tag: u64,
    times: u8,
    /// The first and the last time.
    span: Option<(Instant, Instant)>,
}

impl Default for Guesses {
    fn default() -> Self {
        Self {
            secret: RandomState::new(),
            allowances: HashMap::new(),
            known: HashMap::new(),
            turned_away: vec![Tried::default(); SETS * WAYS].into(),
            wrong: vec![(0, None); SETS * WAYS].into(),
        }
    }
}

impl Guesses {
    /// Whether these credentials were found wrong not long ago, so that another look would teach nothing.
    pub fn is_wrong(&self, digest: &Digest, now: Instant) -> bool {
        let tag = tag(digest);
        let found = self.wrong[set(digest)].iter().find(|(other, _)| *other == tag);
        found.and_then(|(_, at)| *at).is_some_and(|at| now.saturating_duration_since(at) < 5 * PATIENCE)
    }

    /// Remembers that these credentials were wrong.
    pub fn remember_wrong(&mut self, digest: &Digest, now: Instant) {
        let tag = tag(digest);
        let ways = &mut self.wrong[set(digest)];
        let at = ways.iter().position(|(other, _)| *other == tag);
        let oldest = || (0..WAYS).min_by_key(|way| ways[*way].1).unwrap_or(0);
        let way = at.unwrap_or_else(oldest);
        ways[way] = (tag, Some(now));
    }

    /// Whether a password may be looked at now. Nothing is taken; `false` counts as a refusal without a look.
    pub fn may(&mut self, asking: &Asking<'_>, now: Instant) -> bool {
        let sources = self.sources(asking, now);
        let may = sources
            .iter()
            .any(|source| source.iter().all(|(key, quota)| self.left(*key, *quota, now) >= 1.0));
        if !may {
            self.turn_away(asking.digest, now);
        }
        may
    }

    /// Takes what one look costs; `None` when it must not be taken, which counts as a refusal without a look.
    pub fn take(&mut self, asking: &Asking<'_>, now: Instant) -> Option<Taken> {
        for source in self.sources(asking, now) {
            if source.iter().all(|(key, quota)| self.left(*key, *quota, now) >= 1.0) {
                for (key, quota) in &source {
                    let left = self.left(*key, *quota, now) - 1.0;
                    self.make_room(now);
                    self.allowances.insert(*key, Allowance { left, at: now, quota: *quota });
                }
                return Some(Taken(source.into_iter().map(|(key, _)| key).collect()));
            }
        }
        self.turn_away(asking.digest, now);
        None
    }

    /// A password was right: it was no guess, and the network is one that the name comes in from.
    pub fn was_right(&mut self, asking: &Asking<'_>, taken: Option<Taken>, now: Instant) {
        for key in taken.into_iter().flat_map(|taken| taken.0) {
            if let Some(allowance) = self.allowances.get_mut(&key) {
                allowance.left = (allowance.left + 1.0).min(allowance.quota.burst);
            }
        }
        let Some(network) = asking.network else { return };
        let name = self.key("name", asking.name);
        if !self.is_known(name, network, now) {
            // Otherwise guessers behind the owner's own address would get a fresh allowance from the owner's login.
            let left = self.left(name, NAME, now);
            let of_network = self.key("known", (asking.name, network));
            self.make_room(now);
            self.allowances.insert(of_network, Allowance { left, at: now, quota: NAME });
        }
        if self.known.len() >= MAX_NAMES && !self.known.contains_key(&name) {
            let oldest = self.known.iter().min_by_key(|(_, seen)| seen.iter().map(|(_, at)| *at).max());
            if let Some(oldest) = oldest.map(|(name, _)| *name) {
                self.known.remove(&oldest);
            }
        }
        let seen = self.known.entry(name).or_default();
        seen.retain(|(other, _)| *other != network);
        if seen.len() >= MAX_NETWORKS {
            seen.remove(0);
        }
        seen.push((network, now));
    }

    /// Forgets allowances that are full again, and networks not seen for long; to be called now and then.
    pub fn tidy(&mut self, now: Instant) {
        self.allowances.retain(|_, allowance| allowance.left(now) < allowance.quota.burst);
        self.known.retain(|_, seen| {
            seen.retain(|(_, at)| now.saturating_duration_since(*at) < KNOWN);
            !seen.is_empty()
        });
        if self.allowances.len() * 4 < self.allowances.capacity() {
            self.allowances.shrink_to_fit();
        }
    }

    /// The allowances that a look may be taken from, the best first: all of one line together.
    fn sources(&self, asking: &Asking<'_>, now: Instant) -> Vec<Vec<(u64, Quota)>> {
        let name = self.key("name", asking.name);
        let mut all = Vec::with_capacity(4);
        if let Some(login) = asking.login {
            all.push(vec![(self.key("login", login), NAME)]);
        }
        match asking.network {
            Some(network) if self.is_known(name, network, now) => {
                all.push(vec![
                    (self.key("known", (asking.name, network)), NAME),
                    (self.key("known network", network), NETWORK),
                ]);
            }
            Some(network) => all.push(vec![(name, NAME), (self.key("network", network), NETWORK)]),
            None => all.push(vec![(name, NAME), (self.key("network", "unknown"), NOWHERE)]),
        }
        let (times, lasted) = self.turned_away(asking.digest, now);
        if times >= 1 {
            all.push(vec![(self.key("again", asking.name), AGAIN)]);
        }
        if times >= INSISTED.0 - 1 && lasted >= INSISTED.1 {
            all.push(vec![(self.key("insisted", asking.name), AGAIN)]);
        }
        all
    }

    fn is_known(&self, name: u64, network: Network, now: Instant) -> bool {
        let fresh = |(other, at): &(Network, Instant)| {
            *other == network && now.saturating_duration_since(*at) < KNOWN
        };
        self.known.get(&name).is_some_and(|seen| seen.iter().any(fresh))
    }

    fn key(&self, kind: &str, of: impl Hash) -> u64 {
        self.secret.hash_one((kind, of))
    }

    fn left(&self, key: u64, quota: Quota, now: Instant) -> f64 {
        self.allowances.get(&key).map_or(quota.burst, |allowance| allowance.left(now))
    }

    fn make_room(&mut self, now: Instant) {
        if self.allowances.len() < MAX_ALLOWANCES {
            return;
        }
        self.tidy(now);
        if self.allowances.len() >= MAX_ALLOWANCES {
            // Half of those least in debt: invented names have lost one token, a name under attack all.
            let mut left: Vec<f64> = self.allowances.values().map(|one| one.left(now)).collect();
            left.sort_by(f64::total_cmp);
            let most = left[left.len() / 2];
            self.allowances.retain(|_, one| one.left(now) < most);
        }
    }

    /// How often credentials were refused without a look lately, and over what time.
    fn turned_away(&self, digest: &Digest, now: Instant) -> (u8, Duration) {
        let tag = tag(digest);
        let found = self.turned_away[set(digest)].iter().find(|tried| tried.tag == tag);
        match found.map(|tried| (tried.times, tried.span)) {
            Some((times, Some((first, last)))) if now.saturating_duration_since(last) < PATIENCE => {
                (times, now.saturating_duration_since(first))
            }
            _ => (0, Duration::ZERO),
        }
    }

    fn turn_away(&mut self, digest: &Digest, now: Instant) {
        let (times, lasted) = self.turned_away(digest, now);
        let tag = tag(digest);
        let ways = &mut self.turned_away[set(digest)];
        let at = ways.iter().position(|tried| tried.tag == tag);
        // Those that came only once give way first, then those that have not come for longest.
        let rank = |tried: &Tried| match tried.span {
            Some((_, last)) if now.saturating_duration_since(last) < PATIENCE => {
                (tried.times > 1, Some(last))
            }
            _ => (false, None),
        };
        let way = at.unwrap_or_else(|| (0..WAYS).min_by_key(|way| rank(&ways[*way])).unwrap_or(0));
        let first = now.checked_sub(lasted).filter(|_| times > 0).unwrap_or(now);
        ways[way] = Tried { tag, times: times.saturating_add(1), span: Some((first, now)) };
    }
}

impl Allowance {
    fn left(&self, now: Instant) -> f64 {
        let minutes = now.saturating_duration_since(self.at).as_secs_f64() / 60.0;
        (self.left + minutes * self.quota.per_minute).min(self.quota.burst)
    }
}

/// Which set of a table credentials belong to. The digest is keyed, so nobody chooses it.
fn set(digest: &Digest) -> std::ops::Range<usize> {
    let number = usize::from(digest[0]) << 8 | usize::from(digest[1]);
    let from = number % SETS * WAYS;
    from..from + WAYS
}

fn tag(digest: &Digest) -> u64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest[8..16]);
    // No digest in practice; 0 marks an empty place.
    u64::from_be_bytes(bytes).max(1)
}

#[cfg(test)]
mod tests;

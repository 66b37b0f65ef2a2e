//! Rates: how often each of many may ask for something.

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};
use std::{
    hash::{BuildHasher, Hash, RandomState},
    marker::PhantomData,
    num::NonZeroU32,
    time::Duration,
};

/// How many buckets there are. A key has the bucket that a hash with a secret of this process gives it, so inventing
/// keys (addresses of a large network, for instance) takes no more memory, nobody can choose to share another's bucket,
/// and the few who do by chance only share its rate.
const BUCKETS: u64 = 1 << 17;

/// A rate: so many a minute, and so many at once after a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many a minute in the long run.
    pub per_minute: NonZeroU32,
    /// How many at once.
    pub burst: NonZeroU32,
}

/// Somebody asked too often; they may ask again after this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany(pub Duration);

impl TooMany {
    /// Whole seconds for the header `Retry-After` (RFC 9110 §10.2.3), at least one.
    pub fn seconds(&self) -> u64 {
        self.0.as_millis().div_ceil(1_000).try_into().unwrap_or(u64::MAX).max(1)
    }
}

/// A bucket of tokens for each key.
#[derive(Debug)]
pub struct Rates<K> {
    buckets: DefaultKeyedRateLimiter<u64>,
    clock: DefaultClock,
    secret: RandomState,
    keys: PhantomData<fn(&K)>,
}

impl<K: Hash> Rates<K> {
    /// The same rate for every key.
    pub fn new(rate: Rate) -> Self {
        let quota = Quota::per_minute(rate.per_minute).allow_burst(rate.burst);
        Self {
            buckets: RateLimiter::keyed(quota),
            clock: DefaultClock::default(),
            secret: RandomState::new(),
            keys: PhantomData,
        }
    }

    /// Takes `weight` tokens of a key, or says when there will be as many. More than a bucket ever holds is never
    /// granted; the answer is then a minute.
    pub fn take(&self, key: &K, weight: NonZeroU32) -> Result<(), TooMany> {
        let bucket = self.secret.hash_one(key) % BUCKETS;
        match self.buckets.check_key_n(&bucket, weight) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(not_until)) => Err(TooMany(not_until.wait_time_from(self.clock.now()))),
            Err(_) => Err(TooMany(Duration::from_secs(60))),
        }
    }

    /// Forgets the buckets that are full again; to be called now and then.
    pub fn tidy(&self) {
        self.buckets.retain_recent();
        self.buckets.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(n: u32) -> NonZeroU32 {
        NonZeroU32::new(n).expect("not zero")
    }

    #[test]
    fn a_burst_is_granted_and_what_is_beyond_is_told_when_to_come_back() {
        let rates = Rates::new(Rate { per_minute: number(1), burst: number(3) });
        for _ in 0..3 {
            assert_eq!(rates.take(&"a", number(1)), Ok(()));
        }
        let refused = rates.take(&"a", number(1)).expect_err("the bucket is empty");
        assert!((1..=60).contains(&refused.seconds()), "{refused:?}");
        assert_eq!(rates.take(&"b", number(1)), Ok(()), "another key has a bucket of its own");
    }

    #[test]
    fn more_than_a_bucket_holds_is_never_granted() {
        let rates = Rates::new(Rate { per_minute: number(60), burst: number(3) });
        assert!(rates.take(&"a", number(4)).is_err());
        assert_eq!(rates.take(&"a", number(3)), Ok(()));
    }

    #[test]
    fn inventing_keys_takes_no_memory_without_bound() {
        let rates = Rates::new(Rate { per_minute: number(1), burst: number(1) });
        for key in 0..3 * BUCKETS {
            let _ = rates.take(&key, number(1));
        }
        assert!(u64::try_from(rates.buckets.len()).expect("a length") <= BUCKETS);
    }
}

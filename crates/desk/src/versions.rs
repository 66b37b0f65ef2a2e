//! Which version of each entity memory has taken in, so that an older one that comes late is told from a newer one.

use domain::Key;
use std::collections::{HashMap, VecDeque};

/// How many entities that are over are remembered, so that late news of them does not bring them back.
const OVER: usize = 10_000;

/// The versions that were taken in.
#[derive(Debug, Default)]
pub(crate) struct Versions {
    taken: HashMap<Key, KnownVersion>,
    /// The entities that are over, in the order in which they ended.
    over: VecDeque<Key>,
}

#[derive(Debug)]
struct KnownVersion {
    version: u64,
    is_over: bool,
}

impl Versions {
    /// The version that was taken in; 0 for an entity about which nothing is known.
    pub fn of(&self, key: &Key) -> u64 {
        self.taken.get(key).map_or(0, |taken| taken.version)
    }

    /// Whether a version is newer than what was taken in; then it counts as taken in.
    pub fn take(&mut self, key: &Key, version: u64, is_over: bool) -> bool {
        let ends = match self.taken.get_mut(key) {
            Some(taken) if taken.version >= version => return false,
            Some(taken) => {
                let ends = is_over && !taken.is_over;
                // Once an entity is in the list of those that are over it stays there: a user who was taken away may
                // come back.
                *taken = KnownVersion { version, is_over: is_over || taken.is_over };
                ends
            }
            None => {
                self.taken.insert(key.clone(), KnownVersion { version, is_over });
                is_over
            }
        };
        if ends {
            self.over.push_back(key.clone());
            if self.over.len() > OVER
                && let Some(oldest) = self.over.pop_front()
            {
                self.taken.remove(&oldest);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_newer_is_not_taken() {
        let (mut versions, key) = (Versions::default(), Key::Session("1".into()));
        assert!(versions.take(&key, 3, false));
        assert!(!versions.take(&key, 3, false) && !versions.take(&key, 2, true));
        assert!(versions.take(&key, 4, true));
        assert!(!versions.take(&key, 3, false), "nor what is over");
        assert_eq!((versions.of(&key), versions.of(&Key::Book)), (4, 0));
    }

    #[test]
    fn what_has_been_over_for_long_takes_no_room() {
        let mut versions = Versions::default();
        for number in 0..2 * OVER {
            let key = Key::Session(number.to_string().as_str().into());
            assert!(versions.take(&key, 1, true) && versions.take(&key, 2, true));
        }
        assert_eq!((versions.taken.len(), versions.over.len()), (OVER, OVER));
    }
}

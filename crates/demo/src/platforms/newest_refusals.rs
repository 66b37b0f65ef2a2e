//! Requests that have been refused once already, so that the next try may pass.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

/// How many are remembered.
const KEPT: usize = 500;

/// The newest refusals.
#[derive(Default)]
pub(super) struct NewestRefusals(Mutex<VecDeque<String>>);

impl NewestRefusals {
    /// Whether this has not been asked before.
    pub(super) fn is_first(&self, what: &str) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.iter().any(|one| one == what) {
            return false;
        }
        if known.len() >= KEPT {
            known.pop_front();
        }
        known.push_back(what.to_owned());
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_time_is_the_first() {
        let once = NewestRefusals::default();
        assert!(once.is_first("a"));
        assert!(once.is_first("b"));
        assert!(!once.is_first("a"));
    }
}

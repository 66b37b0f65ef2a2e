//! What the provider remembers.

use crate::platforms::{allowance::Allowance, newest_refusals::NewestRefusals, settings::Settings};
use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// How many opt-outs are kept; of customers who opt out beyond it, the next opt-out is believed.
const OPT_OUTS: usize = 10_000;

/// What the provider remembers.
pub(in crate::platforms) struct Provider {
    pub(super) allowance: Allowance,
    pub(super) refused: NewestRefusals,
    opted_out: Mutex<BTreeSet<String>>,
}

impl Provider {
    pub(in crate::platforms) fn new(settings: &Settings) -> Self {
        Self {
            allowance: Allowance::new(settings.sms.per_second, 1_000),
            refused: NewestRefusals::default(),
            opted_out: Mutex::default(),
        }
    }

    fn opted_out(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.opted_out.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_opted_out(&self, number: &str) -> bool {
        self.opted_out().contains(number)
    }

    pub(super) fn opt_out(&self, number: &str) {
        let mut numbers = self.opted_out();
        if numbers.len() < OPT_OUTS {
            numbers.insert(number.to_owned());
        }
    }

    /// Answers whether they had opted out.
    pub(super) fn opt_in(&self, number: &str) -> bool {
        self.opted_out().remove(number)
    }
}

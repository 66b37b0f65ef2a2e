//! The SMS provider: a Twilio-compatible HTTP API (channel-connectors §1B).

mod fate;
mod inbound;
mod segments;
mod send;
mod trouble;

pub(super) use inbound::Sms;
pub(super) use send::send;

use super::{Settings, allowance::Allowance, once::Once};
use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// How many opt-outs are kept; whoever opts out then is believed the next time.
const OPT_OUTS: usize = 10_000;

/// What the provider remembers.
pub(super) struct Provider {
    allowance: Allowance,
    refused: Once,
    opted_out: Mutex<BTreeSet<String>>,
}

impl Provider {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            allowance: Allowance::new(settings.sms.per_second, 1_000),
            refused: Once::default(),
            opted_out: Mutex::default(),
        }
    }

    fn opted_out(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.opted_out.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_opted_out(&self, number: &str) -> bool {
        self.opted_out().contains(number)
    }

    fn opt_out(&self, number: &str) {
        let mut numbers = self.opted_out();
        if numbers.len() < OPT_OUTS {
            numbers.insert(number.to_owned());
        }
    }

    /// Answers whether he had opted out.
    fn opt_in(&self, number: &str) -> bool {
        self.opted_out().remove(number)
    }
}

/// Whether this is a number in the international form: a plus sign and 7 to 15 digits.
pub(super) fn is_number(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or_default();
    (7..=15).contains(&digits.len())
        && digits.bytes().all(|digit| digit.is_ascii_digit())
        && !digits.starts_with('0')
}

#[cfg(test)]
mod tests {
    use super::is_number;

    #[test]
    fn numbers_are_international() {
        for good in ["+15550100", "+1555010", "+491701234567890"] {
            assert!(is_number(good), "{good}");
        }
        for bad in
            ["", "+", "15550100", "+0155501", "+123456", "+1234567890123456", "+1555 0100", "++15550100"]
        {
            assert!(!is_number(bad), "{bad}");
        }
    }
}

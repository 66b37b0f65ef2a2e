//! How many calls a span of time allows, counted in fixed spans as the platforms count. A token bucket from outside
//! would not tell the percentage that the usage headers need.

use domain::Millis;
use std::sync::{Mutex, PoisonError};

/// Calls allowed in each span of time.
pub(super) struct Allowance {
    span: Millis,
    calls: u32,
    used: Mutex<(Millis, u32)>,
}

impl Allowance {
    /// So many calls in each span of so many milliseconds.
    pub(super) fn new(calls: u32, span: Millis) -> Self {
        Self { span, calls: calls.max(1), used: Mutex::new((Millis::MIN, 0)) }
    }

    /// Takes a call. Answers how much is used now, in percent; above 100 the call is one too many.
    pub(super) fn take(&self, now: Millis) -> u32 {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let span = now.div_euclid(self.span.max(1));
        if used.0 != span {
            *used = (span, 0);
        }
        used.1 = used.1.saturating_add(1);
        let percent = (u64::from(used.1) * 100).div_ceil(u64::from(self.calls));
        u32::try_from(percent).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_grows_with_each_call_and_begins_anew_with_each_span() {
        let allowance = Allowance::new(3, 1_000);
        let used: Vec<u32> = [5_000, 5_500, 5_999, 5_999, 6_000].map(|now| allowance.take(now)).into();
        assert_eq!(used, [34, 67, 100, 134, 34]);
    }
}

//! Places: an entity and an index in one number, so that a log is contiguous in a table ordered by its row id.

use std::ops::RangeInclusive;

const INDEX_BITS: u32 = 32;

/// The place of a log entry.
pub(crate) fn of_message(entity: i64, index: u32) -> i64 {
    entity << INDEX_BITS | i64::from(index)
}

/// The places of the log of an entity from an index on.
pub(crate) fn log_from(entity: i64, index: u32) -> RangeInclusive<i64> {
    of_message(entity, index)..=of_message(entity, u32::MAX)
}

/// The index of the log entry at a place.
pub(crate) fn index_of(place: i64) -> u32 {
    u32::try_from(place & i64::from(u32::MAX)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_log_lies_together_and_in_order(entity in 0..i64::from(i32::MAX), a: u32, b: u32) {
            prop_assert_eq!(index_of(of_message(entity, a)), a);
            prop_assert_eq!(log_from(entity, a).contains(&of_message(entity, b)), b >= a);
            prop_assert!(of_message(entity, a) < of_message(entity + 1, b));
        }
    }
}

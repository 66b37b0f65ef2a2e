//! Places: two numbers in one, so that a log or a mailbox lies together in a table ordered by its row id.

use std::ops::RangeInclusive;

const INDEX_BITS: u32 = 32;
const POSITION_BITS: u32 = 40;
/// The highest position a mailbox can have: at a thousand notes a second it lasts for 34 years.
pub(crate) const MAX_POSITION: u64 = (1 << POSITION_BITS) - 1;

/// Where a log entry lies.
pub(crate) fn of_message(entity: i64, index: u32) -> i64 {
    entity << INDEX_BITS | i64::from(index)
}

/// Where the log of an entity lies from an index on.
pub(crate) fn log_from(entity: i64, index: u32) -> RangeInclusive<i64> {
    of_message(entity, index)..=of_message(entity, u32::MAX)
}

/// Where a note lies.
pub(crate) fn of_note(mailbox: i64, position: u64) -> i64 {
    mailbox << POSITION_BITS | bounded(position)
}

/// Where the notes of a mailbox behind a position lie.
pub(crate) fn behind(mailbox: i64, position: u64) -> RangeInclusive<i64> {
    if position >= MAX_POSITION {
        // Nothing lies behind the last place there is. An empty range in ascending order.
        return 1..=0;
    }
    of_note(mailbox, position + 1)..=of_note(mailbox, MAX_POSITION)
}

/// Where the notes of a mailbox up to and with a position lie.
pub(crate) fn up_to(mailbox: i64, position: u64) -> RangeInclusive<i64> {
    of_note(mailbox, 0)..=of_note(mailbox, position)
}

/// The position of the note at a place.
pub(crate) fn position(place: i64) -> u64 {
    place.cast_unsigned() & MAX_POSITION
}

fn bounded(position: u64) -> i64 {
    position.min(MAX_POSITION).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_mailbox_lies_together_and_in_order(mailbox in 0..1_i64 << 22, a in 0..MAX_POSITION, b in 0..MAX_POSITION) {
            prop_assert_eq!(position(of_note(mailbox, a)), a);
            prop_assert_eq!(of_note(mailbox, a).cmp(&of_note(mailbox, b)), a.cmp(&b));
            prop_assert!(of_note(mailbox, a) < of_note(mailbox + 1, b));
            prop_assert_eq!(behind(mailbox, a).contains(&of_note(mailbox, b)), b > a);
            prop_assert_eq!(up_to(mailbox, a).contains(&of_note(mailbox, b)), b <= a);
            prop_assert!(!behind(mailbox, a).contains(&of_note(mailbox + 1, b)));
        }

        #[test]
        fn a_log_lies_together_and_in_order(entity in 0..i64::from(i32::MAX), a: u32, b: u32) {
            prop_assert_eq!(log_from(entity, a).contains(&of_message(entity, b)), b >= a);
            prop_assert!(of_message(entity, a) < of_message(entity + 1, b));
        }
    }
}

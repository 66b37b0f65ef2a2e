//! The share of a queue that one medium cannot take from the others.
//!
//! A queue takes `max_waiting` conversations and calls of all its media. Whoever can open chats for nothing could fill
//! it with them, and callers would hear busy. So each medium has a reserve that no other can take; what is beyond the
//! reserves goes to those who come first.

pub use crate::queue::RESERVE_PERCENT;

use crate::{MediumName, queue::Queue};
use std::collections::{BTreeMap, BTreeSet};

/// How many wait in a queue, by medium.
pub type WaitingCounts = BTreeMap<MediumName, usize>;

/// How many places of a queue each of so many media has for itself: the queue's percentage, at least one, and never so
/// many that the reserves of all were more than the queue takes.
pub fn reserve(queue: &Queue, media: usize) -> usize {
    let most = queue.max_waiting as usize;
    let wanted = (most * usize::from(queue.reserve_percent) / 100).max(1);
    wanted.min(most.checked_div(media).unwrap_or(most))
}

/// Whether one more of a medium may wait in a queue: while the medium is below its own reserve, or while there is room
/// beyond what the other media still have in reserve. `served` are the media that can come into the queue.
pub fn admits(
    queue: &Queue,
    served: &BTreeSet<MediumName>,
    waiting: &WaitingCounts,
    medium: &MediumName,
) -> bool {
    let count = |medium: &MediumName| waiting.get(medium).copied().unwrap_or(0);
    let reserve = reserve(queue, served.len() + usize::from(!served.contains(medium)));
    if count(medium) < reserve {
        return true;
    }
    let others = served.iter().filter(|other| *other != medium);
    let kept: usize = others.map(|other| reserve.saturating_sub(count(other))).sum();
    waiting.values().sum::<usize>() + kept < queue.max_waiting as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MEDIA: [&str; 3] = ["chat", "sms", "voice"];

    fn queue(max_waiting: u32, reserve_percent: u8) -> Queue {
        Queue {
            name: "Support".into(),
            skills: BTreeMap::new(),
            priority: 0,
            ageing: 0,
            offer: 0,
            cool_down: 0,
            last_agent_wait: 0,
            max_waiting,
            reserve_percent,
            service_level: crate::queue::SERVICE_LEVEL,
            short_abandon: crate::queue::SHORT_ABANDON,
            routing_point: None,
            hours: crate::hours::Hours::default(),
            closed: crate::hours::Closed::default(),
            calls: crate::queue::Calls::default(),
            required: crate::disposition::Requirement::default(),
        }
    }

    fn waiting(counts: [usize; 3]) -> WaitingCounts {
        MEDIA.into_iter().map(MediumName::from).zip(counts).collect()
    }

    fn served(media: &[&str]) -> BTreeSet<MediumName> {
        media.iter().map(|name| MediumName::from(*name)).collect()
    }

    /// Of a queue that takes 100 and keeps 10 for each of its three media.
    fn takes(counts: [usize; 3], medium: &str) -> bool {
        admits(&queue(100, 10), &served(&MEDIA), &waiting(counts), &medium.into())
    }

    #[test]
    fn a_medium_takes_all_but_the_reserves_of_the_others() {
        assert!(takes([79, 0, 0], "chat"));
        assert!(!takes([80, 0, 0], "chat"));
    }

    #[test]
    fn a_reserve_is_there_for_its_medium_while_another_has_taken_all_it_can() {
        assert!(takes([80, 0, 0], "voice") && takes([80, 0, 9], "voice"));
        assert!(takes([80, 0, 0], "sms"));
    }

    #[test]
    fn beyond_its_reserve_a_medium_takes_what_is_free() {
        assert!(takes([10, 0, 10], "voice"));
        assert!(takes([60, 0, 29], "voice"));
        assert!(!takes([60, 0, 30], "voice"), "ten are kept for text messages");
    }

    #[test]
    fn a_reserve_that_is_taken_is_not_kept_twice() {
        assert!(takes([79, 10, 10], "chat"));
        assert!(!takes([80, 10, 10], "chat"));
        assert!(takes([69, 20, 10], "chat"));
    }

    #[test]
    fn a_queue_of_one_medium_is_all_its_own() {
        let full = |count| admits(&queue(3, 10), &served(&["chat"]), &waiting([count, 0, 0]), &"chat".into());
        assert!(full(2) && !full(3));
    }

    #[test]
    fn a_reserve_is_one_at_least_and_all_together_fit() {
        assert_eq!(reserve(&queue(100, 10), 3), 10);
        assert_eq!(reserve(&queue(5, 10), 3), 1);
        assert_eq!(reserve(&queue(100, 0), 3), 1);
        assert_eq!(reserve(&queue(100, 50), 3), 33);
        assert_eq!(reserve(&queue(2, 10), 3), 0, "fewer places than media");
        assert_eq!(reserve(&queue(0, 10), 3), 0);
    }

    #[test]
    fn a_queue_that_takes_nobody_takes_nobody() {
        for medium in MEDIA {
            assert!(!admits(&queue(0, 10), &served(&MEDIA), &WaitingCounts::new(), &medium.into()));
        }
    }

    #[test]
    fn what_came_by_another_way_counts_and_a_medium_nobody_named_has_a_share_too() {
        let three = [40, 0, 20];
        assert!(admits(&queue(100, 10), &served(&["chat"]), &waiting(three), &"voice".into()));
        assert!(admits(&queue(100, 10), &served(&["chat"]), &waiting([95, 0, 5]), &"voice".into()));
        assert!(!admits(&queue(100, 10), &served(&["chat"]), &waiting([95, 0, 10]), &"voice".into()));
    }

    proptest! {
        #[test]
        fn whoever_comes_in_whatever_order_the_queue_is_never_overfull_and_no_reserve_is_lost(
            most in 0_u32..40, percent in 0_u8..=100, arrivals in prop::collection::vec(0_usize..3, 0..120)
        ) {
            let queue = queue(most, percent);
            let mut waiting = WaitingCounts::new();
            for arrival in arrivals {
                let medium = MediumName::from(MEDIA[arrival]);
                if admits(&queue, &served(&MEDIA), &waiting, &medium) {
                    *waiting.entry(medium).or_default() += 1;
                }
                prop_assert!(waiting.values().sum::<usize>() <= most as usize);
                for medium in MEDIA.map(MediumName::from) {
                    let count = waiting.get(&medium).copied().unwrap_or(0);
                    let within = count < reserve(&queue, MEDIA.len());
                    prop_assert!(!within || admits(&queue, &served(&MEDIA), &waiting, &medium));
                }
            }
        }
    }
}

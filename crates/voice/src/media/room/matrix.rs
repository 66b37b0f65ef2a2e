//! Who hears whom.

use crate::media::MediaError;
use domain::call::{HeardBy, LegId};

/// A row of bits for each party of a room: whom it hears. No party hears itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hearing {
    rows: [u16; MediaError::PARTIES],
}

impl Hearing {
    /// That of a room whose parties are these, in this order: the leg, and who hears it.
    pub fn of_room(parties: &[(&LegId, &HeardBy)]) -> Self {
        let mut hearing = Self::default();
        for (speaker, (_, heard_by)) in parties.iter().enumerate().take(MediaError::PARTIES) {
            for (listener, (leg, _)) in parties.iter().enumerate().take(MediaError::PARTIES) {
                let hears = match heard_by {
                    HeardBy::Everyone => true,
                    HeardBy::One(one) => *leg == one,
                    HeardBy::Nobody => false,
                };
                if hears && listener != speaker {
                    hearing.rows[listener] |= 1 << speaker;
                }
            }
        }
        hearing
    }

    /// Whom a party hears, as bits.
    pub fn of(&self, listener: usize) -> u16 {
        self.rows.get(listener).copied().unwrap_or_default()
    }

    /// Whether one party hears another.
    pub fn hears(&self, listener: usize, speaker: usize) -> bool {
        speaker < MediaError::PARTIES && self.of(listener) & (1 << speaker) != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn leg(number: u16) -> LegId {
        LegId { call: "C1".into(), number }
    }

    fn heard_by() -> impl Strategy<Value = HeardBy> {
        prop_oneof![
            3 => Just(HeardBy::Everyone),
            1 => (0..20_u16).prop_map(|number| HeardBy::One(leg(number))),
            1 => Just(HeardBy::Nobody),
        ]
    }

    proptest! {
        #[test]
        fn everybody_hears_whoever_lets_them_but_nobody_themselves(
            parties in proptest::collection::vec(heard_by(), 0..20)
        ) {
            let legs: Vec<LegId> = (1_u16..=20).map(leg).collect();
            let numbered: Vec<(&LegId, &HeardBy)> = legs.iter().zip(&parties).collect();
            let hearing = Hearing::of_room(&numbered);
            for listener in 0..20_usize {
                for speaker in 0..20_usize {
                    let last = parties.len().min(MediaError::PARTIES);
                    let lets = parties.get(speaker).is_some_and(|heard_by| match heard_by {
                        HeardBy::Everyone => true,
                        HeardBy::One(one) => usize::from(one.number) == listener + 1,
                        HeardBy::Nobody => false,
                    });
                    let right = lets && listener != speaker && listener < last && speaker < last;
                    prop_assert_eq!(hearing.hears(listener, speaker), right, "{} {}", listener, speaker);
                }
            }
        }
    }

    #[test]
    fn legs_of_two_calls_that_became_one_may_have_the_same_number() {
        let [target, coach] = [2, 3].map(leg);
        let other = LegId { call: "C2".into(), number: 2 };
        let everyone = HeardBy::Everyone;
        let for_target = HeardBy::One(target.clone());
        let hearing = Hearing::of_room(&[(&target, &everyone), (&other, &everyone), (&coach, &for_target)]);
        assert!(hearing.hears(0, 2) && !hearing.hears(1, 2));
    }
}

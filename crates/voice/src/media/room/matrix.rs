//! Who hears whom.

use crate::media::MediaError;
use domain::call::HeardBy;

/// A row of bits for each party of a room: whom it hears. No party hears itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hearing {
    rows: [u16; MediaError::PARTIES],
}

impl Hearing {
    /// That of a room whose parties are these, in this order: the number of the leg, and who hears it.
    pub fn of_room(parties: &[(u16, HeardBy)]) -> Self {
        let mut hearing = Self::default();
        for (speaker, (_, heard_by)) in parties.iter().enumerate().take(MediaError::PARTIES) {
            for (listener, (number, _)) in parties.iter().enumerate().take(MediaError::PARTIES) {
                let hears = match heard_by {
                    HeardBy::Everyone => true,
                    HeardBy::One(one) => number == one,
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

    fn heard_by() -> impl Strategy<Value = HeardBy> {
        prop_oneof![
            3 => Just(HeardBy::Everyone),
            1 => (0..20_u16).prop_map(HeardBy::One),
            1 => Just(HeardBy::Nobody),
        ]
    }

    proptest! {
        #[test]
        fn everybody_hears_whoever_lets_them_but_nobody_themselves(
            parties in proptest::collection::vec(heard_by(), 0..20)
        ) {
            let numbered: Vec<(u16, HeardBy)> = (1_u16..).zip(parties.iter().copied()).collect();
            let hearing = Hearing::of_room(&numbered);
            for listener in 0..20_usize {
                for speaker in 0..20_usize {
                    let last = parties.len().min(MediaError::PARTIES);
                    let lets = parties.get(speaker).is_some_and(|heard_by| match heard_by {
                        HeardBy::Everyone => true,
                        HeardBy::One(number) => usize::from(*number) == listener + 1,
                        HeardBy::Nobody => false,
                    });
                    let right = lets && listener != speaker && listener < last && speaker < last;
                    prop_assert_eq!(hearing.hears(listener, speaker), right, "{} {}", listener, speaker);
                }
            }
        }
    }
}

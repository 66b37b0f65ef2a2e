//! Who hears whom.

use crate::media::MediaError;

/// A row of bits for each party of a room: whom it hears. No party hears itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hearing {
    rows: [u16; MediaError::PARTIES],
    parties: usize,
}

impl Hearing {
    /// One more party: it hears all, and all hear it.
    pub fn enter(&mut self) {
        let fresh = self.parties;
        if fresh == MediaError::PARTIES {
            return;
        }
        for row in self.rows.iter_mut().take(fresh) {
            *row |= 1 << fresh;
        }
        self.rows[fresh] = (1_u16 << fresh) - 1;
        self.parties += 1;
    }

    /// Removes a party; those behind it move up.
    pub fn leave(&mut self, at: usize) {
        if at >= self.parties {
            return;
        }
        self.rows.copy_within(at + 1.., at);
        self.rows[MediaError::PARTIES - 1] = 0;
        let below = (1_u16 << at) - 1;
        for row in &mut self.rows {
            *row = (*row & below) | ((*row >> 1) & !below);
        }
        self.parties -= 1;
        self.rows[self.parties] = 0;
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

    proptest! {
        #[test]
        fn whoever_comes_and_goes_everyone_hears_everyone_but_himself(
            steps in proptest::collection::vec((any::<bool>(), 0_usize..20), 0..80)
        ) {
            let (mut hearing, mut parties) = (Hearing::default(), 0);
            for (enters, at) in steps {
                if enters {
                    hearing.enter();
                    parties = (parties + 1).min(MediaError::PARTIES);
                } else {
                    hearing.leave(at);
                    parties -= usize::from(at < parties);
                }
                for listener in 0..MediaError::PARTIES {
                    for speaker in 0..MediaError::PARTIES {
                        let both = listener < parties && speaker < parties && listener != speaker;
                        prop_assert_eq!(hearing.hears(listener, speaker), both, "{} {}", listener, speaker);
                    }
                }
            }
        }
    }
}

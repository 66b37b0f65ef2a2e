//! Randomness, small and repeatable: seeded from the desk's ids, so a test that fixes those fixes this too.

use desk::ports::Ids;
use std::{ops::Range, time::Duration};

/// A source of randomness (`SplitMix64`). Good enough for behaviour, useless for secrets.
#[derive(Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    /// A source of its own for each caller.
    pub(crate) fn new(ids: &dyn Ids) -> Self {
        let seed = ids.secret().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(seed)
    }

    /// Another source, for somebody who goes their own way.
    pub(crate) fn branch(&mut self) -> Self {
        Self(self.next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A moment somewhere in a range of milliseconds.
    pub(crate) fn moment(&mut self, range: Range<u64>) -> Duration {
        let width = (range.end - range.start).max(1);
        Duration::from_millis(range.start + self.next() % width)
    }

    /// Whether something happens that happens so many times in a hundred.
    pub(crate) fn happens(&mut self, percent: u8) -> bool {
        self.next() % 100 < u64::from(percent)
    }

    /// One of several; the first when there is no other.
    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let len = u64::try_from(of.len()).ok().filter(|len| *len > 0)?;
        of.get(usize::try_from(self.next() % len).ok()?)
    }
}

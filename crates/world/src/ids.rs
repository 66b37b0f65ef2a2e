//! Ids that are counted.

use desk::ports::Ids;
use domain::{InteractionId, message::ParticipantId};
use std::sync::atomic::{AtomicU64, Ordering};

/// Ids in the form of the real ones, one after another from a seed, so that every run gives the same.
#[derive(Debug)]
pub struct CountedIds {
    seed: u64,
    given: AtomicU64,
}

impl CountedIds {
    /// Ids that differ from those of any other seed where chance is drawn from them.
    pub const fn new(seed: u64) -> Self {
        Self { seed, given: AtomicU64::new(0) }
    }

    fn next(&self) -> u64 {
        self.given.fetch_add(1, Ordering::Relaxed) + 1
    }
}

impl Ids for CountedIds {
    fn session(&self) -> InteractionId {
        InteractionId::new(format!("S{:015}", self.next()))
    }

    fn participant(&self) -> ParticipantId {
        ParticipantId::new(format!("{:016X}", self.next()))
    }

    fn secret(&self) -> String {
        format!("{:016x}{:016x}", self.seed, self.next())
    }

    fn guid(&self) -> String {
        format!("00000000-0000-4000-8000-{:012x}", self.next())
    }
}

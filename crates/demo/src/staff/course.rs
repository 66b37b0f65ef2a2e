//! What an agent remembers of a conversation.

use super::heard::Heard;
use std::time::Duration;
use tokio::time::Instant;

/// What an agent remembers of a conversation that they serve. All else they read in it.
pub(super) struct Course {
    /// Index of the customer's newest words that are answered.
    pub(super) answered: u32,
    /// Index of the customer's newest words that were left to a person.
    pub(super) gave_way: u32,
    /// Index of the newest words, and when they were heard.
    pub(super) newest: (u32, Instant),
    /// Whether they will speak of their own: ask a colleague, or coach. `None` until they decide.
    pub(super) speaks: Option<bool>,
}

impl Course {
    pub(super) fn new() -> Self {
        Self { answered: 0, gave_way: 0, newest: (0, Instant::now()), speaks: None }
    }

    /// For how long nobody has said anything.
    pub(super) fn quiet(&mut self, heard: &Heard) -> Duration {
        let newest = heard.newest();
        if newest > self.newest.0 {
            self.newest = (newest, Instant::now());
        }
        self.newest.1.elapsed()
    }
}

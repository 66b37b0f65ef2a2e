//! Where calls lead, and why they lead nowhere.

use crate::{QueueName, ids::Dn};
use serde::{Deserialize, Serialize};

/// Where a number leads, as the centre is set up now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Into a queue.
    Queue {
        /// The queue.
        queue: QueueName,
        /// Why it does not take calls now, if it does not.
        turned_away: Option<Overflowing>,
    },
    /// To a phone of ours.
    Device(Dn),
    /// To an announcement, and to its end.
    Announcement(String),
    /// To its end.
    Nowhere,
}

/// Why waiting led nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Overflowing {
    /// It is outside of the opening hours.
    Closed,
    /// As many wait as the queue takes.
    Full,
    /// It has waited for too long.
    Late,
}

//! What waits.

use domain::{InteractionId, MediumName, Millis, QueueName, UserId, queue::Queue};
use std::collections::{BTreeMap, BTreeSet};

/// What waits, by name: an interaction, or something that was asked for from within one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemKey {
    /// The conversation or call.
    pub interaction: InteractionId,
    /// The number of the request within it; `None` for the interaction's own place in its queue.
    pub request: Option<u32>,
}

impl ItemKey {
    /// An interaction's own place in its queue.
    pub fn of(interaction: impl Into<InteractionId>) -> Self {
        Self { interaction: interaction.into(), request: None }
    }
}

/// A conversation or call that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingItem {
    /// What it is.
    pub key: ItemKey,
    /// Its medium.
    pub medium: MediumName,
    /// The queue it waits in.
    pub queue: QueueName,
    /// The priority it came with.
    pub priority: i32,
    /// Since when it waits.
    pub since: Millis,
    /// Agents that should not be offered it before a moment.
    pub barred: BTreeMap<UserId, Millis>,
    /// The agent for whom it is kept, and until when.
    pub preferred: Option<(UserId, Millis)>,
    /// Agents who take part in it already.
    pub taking_part: BTreeSet<UserId>,
    /// Agents to whom it can never be offered, as an attempt showed. Kept in memory while it waits.
    pub given_up: BTreeSet<UserId>,
}

impl WaitingItem {
    /// The moments at which time alone makes an offer possible: an agent is not spared, or it is not kept, any more.
    pub(super) fn ends(&self) -> impl Iterator<Item = Millis> {
        self.barred.values().copied().chain(self.preferred.iter().map(|(_, until)| *until))
    }

    /// Whether nothing of its own stands against offering it to an agent.
    pub(super) fn may_go_to(&self, agent: &UserId, now: Millis) -> bool {
        self.barred.get(agent).is_none_or(|until| *until <= now)
            && !self.taking_part.contains(agent)
            && !self.given_up.contains(agent)
    }
}

/// The priority that counts now: what it came with, and one more for every ageing step it has waited.
pub fn effective_priority(item: &WaitingItem, queue: &Queue, now: Millis) -> i64 {
    aged(item.priority, item.since, queue, now)
}

/// The same of whatever waits since a moment.
pub(super) fn aged(priority: i32, since: Millis, queue: &Queue, now: Millis) -> i64 {
    let steps = if queue.ageing > 0 { (now - since).max(0) / queue.ageing } else { 0 };
    i64::from(priority) + steps
}

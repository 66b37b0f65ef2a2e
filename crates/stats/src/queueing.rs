//! The customer of an interaction in queues: the same for conversations and calls.

use crate::{
    columns::queue as column,
    ledger::{Ledger, lasted},
};
use domain::{
    Millis, QueueName,
    ids::Dn,
    queue::{Queue, SERVICE_LEVEL, SHORT_ABANDON},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What of a queue's settings is looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Terms {
    pub service_level: Millis,
    pub short_abandon: Millis,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routing_point: Option<Dn>,
}

impl Terms {
    pub fn of(queue: &Queue) -> Self {
        Self {
            service_level: queue.service_level,
            short_abandon: queue.short_abandon,
            routing_point: queue.routing_point.clone(),
        }
    }
}

/// The queues there are, by name.
pub(crate) type Queues = BTreeMap<QueueName, Terms>;

/// What a queue's customers are counted with.
pub(crate) struct Desk<'f> {
    pub ledger: &'f mut Ledger,
    pub queues: &'f Queues,
    pub at: Millis,
}

/// The customer of an interaction, as queues see them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Queueing {
    /// In which queue they wait, or are offered from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<Visit>,
    /// The queue that answered them last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_in: Option<QueueName>,
}

/// The time of a customer in a queue, from when they came to when they were answered or left, whatever offers were made
/// between.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Visit {
    pub queue: QueueName,
    pub since: Millis,
    /// Whether they are offered to an agent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub offered: bool,
}

/// How a customer left a queue without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    Abandoned,
    Overflowed,
    OutOfHours,
    Removed,
}

impl Queueing {
    /// They take a place in a queue. Back at their place after an offer that nobody took is the same visit, and so is another
    /// place of the same queue.
    pub fn enter(&mut self, desk: &mut Desk<'_>, queue: &QueueName, medium: &str, handed: bool) {
        if let Some(visit) = self.visit.as_mut().filter(|visit| visit.queue == *queue) {
            if std::mem::take(&mut visit.offered) {
                desk.ledger.queue(desk.at, queue.as_str(), medium).one(column::REQUEUED);
            }
            return;
        }
        let was_elsewhere = self.visit.is_some();
        self.leave(desk, medium, Left::Overflowed);
        let row = desk.ledger.queue(desk.at, queue.as_str(), medium).one(column::OFFERED);
        if handed {
            row.one(column::TRANSFERRED_IN);
        } else if !was_elsewhere && self.answered_in.as_ref() == Some(queue) {
            row.one(column::RETURNED);
        }
        self.visit = Some(Visit { queue: queue.clone(), since: desk.at, offered: false });
    }

    /// They are offered to an agent of the queue.
    pub const fn offer(&mut self) {
        if let Some(visit) = &mut self.visit {
            visit.offered = true;
        }
    }

    /// An agent takes them; answers whether they had waited.
    pub fn answer(&mut self, desk: &mut Desk<'_>, medium: &str) -> bool {
        let Some(visit) = self.visit.take() else { return false };
        let wait = lasted(visit.since, desk.at);
        let target = desk.queues.get(&visit.queue).map_or(SERVICE_LEVEL, |terms| terms.service_level);
        let row = left(desk, &visit.queue, medium, wait);
        row.one(column::ANSWERED).add(column::ANSWERED_WAIT_MS, wait);
        if wait <= target {
            row.one(column::WITHIN_TARGET);
        }
        self.answered_in = Some(visit.queue);
        true
    }

    /// They leave without an answer, if they wait.
    pub fn leave(&mut self, desk: &mut Desk<'_>, medium: &str, how: Left) {
        let Some(visit) = self.visit.take() else { return };
        let wait = lasted(visit.since, desk.at);
        let short = desk.queues.get(&visit.queue).map_or(SHORT_ABANDON, |terms| terms.short_abandon);
        let row = left(desk, &visit.queue, medium, wait);
        match how {
            Left::Abandoned => {
                row.one(column::ABANDONED).add(column::ABANDONED_WAIT_MS, wait);
                if wait < short {
                    row.one(column::ABANDONED_SHORT);
                }
            }
            Left::Overflowed => {
                row.one(column::OVERFLOWED);
            }
            Left::OutOfHours => {
                row.one(column::OUT_OF_HOURS);
            }
            Left::Removed => {
                row.one(column::REMOVED);
            }
        }
    }
}

/// A customer came to a queue and was turned away at its door.
pub(crate) fn turned_away(desk: &mut Desk<'_>, queue: &QueueName, medium: &str, how: Left) {
    let row = desk.ledger.queue(desk.at, queue.as_str(), medium).one(column::OFFERED);
    row.one(if how == Left::OutOfHours { column::OUT_OF_HOURS } else { column::OVERFLOWED });
}

fn left<'l>(
    desk: &'l mut Desk<'_>,
    queue: &QueueName,
    medium: &str,
    wait: i64,
) -> &'l mut crate::ledger::Sums {
    let row = desk.ledger.queue(desk.at, queue.as_str(), medium);
    row.add(column::WAIT_MS, wait).most(column::LONGEST_WAIT_MS, wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_place_in_the_same_queue_is_no_offer_that_nobody_took() {
        let (mut ledger, queues, mut customer) = (Ledger::default(), Queues::new(), Queueing::default());
        let queue = QueueName::from("Support");
        let mut desk = Desk { ledger: &mut ledger, queues: &queues, at: 1_000 };
        customer.enter(&mut desk, &queue, "chat", false);
        customer.enter(&mut desk, &queue, "chat", true);
        customer.offer();
        customer.enter(&mut desk, &queue, "chat", false);
        customer.enter(&mut desk, &queue, "chat", false);
        let counted: Vec<_> = ledger.take().into_iter().map(|change| change.add).collect();
        assert_eq!(counted, [BTreeMap::from([("offered".to_owned(), 1), ("requeued".to_owned(), 1)])]);
    }
}

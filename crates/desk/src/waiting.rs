//! Who waits, in which order, and why nobody gets them.

use crate::{
    Desk,
    lock::lock,
    routing::{
        AgentObstacle, Board, ItemKey, WaitingItem, effective_priority, explain, priority_to_be_first,
    },
};
use domain::QueueName;

impl Desk {
    /// Everything that waits, in the order in which it will be served, with what stands against each agent.
    pub fn waiting(&self) -> Vec<(WaitingItem, Vec<AgentObstacle>)> {
        let explained = self.waiting_items().into_iter().map(|item| {
            let standings = self.standings(&item.key);
            (item, standings)
        });
        explained.collect()
    }

    /// Everything that waits, in the order in which it will be served.
    pub fn waiting_items(&self) -> Vec<WaitingItem> {
        self.in_order(|_| true)
    }

    /// What waits in a queue, of every medium, in the order in which it will be served.
    pub fn waiting_in(&self, queue: &QueueName) -> Vec<WaitingItem> {
        self.in_order(|item| item.queue == *queue)
    }

    fn in_order(&self, of: impl Fn(&WaitingItem) -> bool) -> Vec<WaitingItem> {
        let (board, now) = (lock(&self.memory.board), self.now());
        let rank = |board: &Board, item: &WaitingItem| {
            board.queue(&item.queue).map_or(0, |queue| effective_priority(item, queue, now))
        };
        let mut items: Vec<WaitingItem> = board.waiting().filter(|item| of(item)).cloned().collect();
        items.sort_by_cached_key(|item| (-rank(&board, item), item.since, item.key.clone()));
        items
    }

    /// What stands against offering something that waits to each agent who is logged in; empty when it does not wait.
    pub fn standings(&self, key: &ItemKey) -> Vec<AgentObstacle> {
        explain(&lock(&self.memory.board), key, self.now()).unwrap_or_default()
    }

    /// The priority by which something that waits is served first in its queue ([`priority_to_be_first`]); `None` when it
    /// does not wait.
    pub fn priority_to_be_first(&self, key: &ItemKey) -> Option<i32> {
        priority_to_be_first(&lock(&self.memory.board), key)
    }
}

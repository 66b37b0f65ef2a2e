//! With which priority something is served before everything else in its queue.

use super::{
    board::Board,
    item::{ItemKey, WaitingItem},
};
use domain::Millis;

/// The priority by which something is served before all that waits in its queue now, of every medium, however long all of
/// it goes on waiting: at least the one that it has. `None` when it does not wait, or when there is no such queue.
pub fn priority_to_be_first(board: &Board, key: &ItemKey) -> Option<i32> {
    let item = board.item(key)?;
    let ageing = board.queue(&item.queue)?.ageing;
    let others = board.waiting().filter(|other| other.queue == item.queue && other.key != *key);
    let needed = others.map(|other| ahead_of(item, other, ageing)).max();
    let priority = needed.unwrap_or(i64::MIN).max(item.priority.into());
    Some(i32::try_from(priority).unwrap_or(i32::MAX))
}

/// The least priority by which one goes ahead of another for good. As both age, the older of them gains a step on the
/// younger for each whole step of their difference, and for the rest of it one more from time to time.
fn ahead_of(item: &WaitingItem, other: &WaitingItem, ageing: Millis) -> i64 {
    let whole = |difference: Millis| if ageing > 0 { difference / ageing } else { 0 };
    let begun = |difference: Millis| if ageing > 0 { (difference + ageing - 1) / ageing } else { 0 };
    let priority = i64::from(other.priority);
    if (item.since, &item.key) < (other.since, &other.key) {
        // At the same priority the older goes first.
        priority - whole(other.since - item.since)
    } else {
        priority + begun(item.since - other.since) + 1
    }
}

//! Customers who come back are kept for the agent who served them last, for a while.

use super::{board::Board, item::WaitingItem};
use domain::{
    Millis, UserId,
    across::Taken,
    offer::{Obstacle, Work},
    queue::Queue,
};

/// The agent for whom something is kept now, so that nobody else is offered it: while its time is not over, and while
/// they could still take it. Whoever went home, or refused it, keeps nobody waiting.
pub(super) fn kept_for<'i>(
    board: &Board,
    item: &'i WaitingItem,
    queue: &Queue,
    now: Millis,
) -> Option<&'i UserId> {
    let (agent, until) = item.preferred.as_ref()?;
    let seat = board.seat(agent).filter(|_| *until > now)?;
    let work = Work {
        medium: &item.medium,
        queue: Some(queue),
        takes_part: item.taking_part.contains(agent),
        barred_until: item.barred.get(agent).copied(),
        is_given_up: item.given_up.contains(agent),
    };
    match seat.candidate(board.centre(), &Taken::new()).obstacle(&work, now) {
        None
        | Some(
            Obstacle::NotReady { .. }
            | Obstacle::Full { .. }
            | Obstacle::BusyElsewhere { .. }
            | Obstacle::TotalFull { .. }
            | Obstacle::OwesDisposition,
        ) => Some(agent),
        Some(_) => None,
    }
}

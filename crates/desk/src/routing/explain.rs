//! Why something waits: for each agent, the first thing that stands against an offer.

use super::{
    board::Board,
    item::{ItemKey, WaitingItem},
    preferred::kept_for,
    seat::BoardAgent,
};
use domain::{
    Millis, UserId,
    across::Taken,
    offer::{Obstacle, Work},
    queue::Queue,
};

/// What stands against an offer, if anything. `extra` are slots that are held to be taken beyond those of the seat.
pub(super) fn obstacle(
    board: &Board,
    seat: &BoardAgent,
    item: &WaitingItem,
    queue: &Queue,
    extra: &Taken,
    now: Millis,
) -> Option<Obstacle> {
    let work = Work {
        medium: &item.medium,
        queue: Some(queue),
        takes_part: item.taking_part.contains(&seat.agent),
        barred_until: item.barred.get(&seat.agent).copied(),
        is_given_up: item.given_up.contains(&seat.agent),
    };
    seat.candidate(board.centre(), extra).obstacle(&work, now)
}

/// An agent, and what stands against offering them a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentObstacle {
    /// The agent.
    pub agent: UserId,
    /// The agent's user name.
    pub user_name: String,
    /// Whether they work for its queue.
    pub serves: bool,
    /// What stands against it; `None` when they are about to be offered it.
    pub obstacle: Option<Obstacle>,
}

/// For something that waits, how each logged-in agent stands to it, by user name; `None` when it does not wait.
pub fn explain(board: &Board, key: &ItemKey, now: Millis) -> Option<Vec<AgentObstacle>> {
    explain_with(board, key, now, |_| Taken::new())
}

/// The same when agents hold more slots than those committed, from offers of this round for instance.
pub(super) fn explain_with(
    board: &Board,
    key: &ItemKey,
    now: Millis,
    extra: impl Fn(&UserId) -> Taken,
) -> Option<Vec<AgentObstacle>> {
    let item = board.item(key)?;
    let queue = board.queue(&item.queue)?;
    let kept = kept_for(board, item, queue, now);
    let kept = |seat: &BoardAgent| {
        let other = kept.filter(|agent| **agent != seat.agent).and_then(|agent| board.seat(agent))?;
        Some(Obstacle::KeptFor { user_name: other.user_name().to_owned() })
    };
    let mut rows: Vec<AgentObstacle> = board
        .seats()
        .map(|seat| AgentObstacle {
            agent: seat.agent.clone(),
            user_name: seat.user_name().to_owned(),
            serves: seat.serves(queue),
            obstacle: obstacle(board, seat, item, queue, &extra(&seat.agent), now).or_else(|| kept(seat)),
        })
        .collect();
    rows.sort_by(|a, b| a.user_name.cmp(&b.user_name));
    Some(rows)
}

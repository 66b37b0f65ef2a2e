//! Why something waits: for each agent, the first thing that stands against an offer.

use super::{Board, Seat, WaitingItem};
use domain::{InteractionId, Millis, UserId, agent::Readiness, queue::Queue};
use std::fmt;

/// What stands against offering a conversation to an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// He is not logged in on the channel.
    NoChannel,
    /// The channel is not ready.
    NotReady {
        /// The reason he gave, if any.
        reason: Option<String>,
    },
    /// He asked not to be disturbed.
    DoNotDisturb,
    /// No phone of theirs is in service, or it takes no calls.
    NoPhone,
    /// He works for other queues.
    OtherQueues,
    /// A skill is missing or too low.
    Skill {
        /// The skill.
        name: String,
        /// What the queue asks for.
        needed: u8,
        /// What he has.
        has: u8,
    },
    /// Every slot of the medium is taken.
    Full {
        /// How many he may have.
        capacity: usize,
    },
    /// He refused it, or did not answer, a moment ago.
    Refused {
        /// Until when he is spared.
        until: Millis,
    },
    /// Offering it to them failed in a way that never passes; the log says why.
    Impossible,
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoChannel => f.write_str("not logged in on this channel"),
            Self::NotReady { reason: None } => f.write_str("not ready"),
            Self::NotReady { reason: Some(reason) } => write!(f, "not ready: {reason}"),
            Self::DoNotDisturb => f.write_str("does not want to be disturbed"),
            Self::NoPhone => f.write_str("no phone of theirs is in service, or it takes no calls"),
            Self::OtherQueues => f.write_str("works for other queues"),
            Self::Skill { name, needed, has } => write!(f, "has {name} at {has}, needs {needed}"),
            Self::Full { capacity } => write!(f, "has all {capacity} slots taken"),
            Self::Refused { .. } => f.write_str("refused it a moment ago"),
            Self::Impossible => f.write_str("it cannot be offered to them: see the log"),
        }
    }
}

/// What stands against an offer, if anything. `extra` slots are held to be taken besides those of the seat.
pub(super) fn obstacle(
    seat: &Seat,
    item: &WaitingItem,
    queue: &Queue,
    extra: usize,
    now: Millis,
) -> Option<Obstacle> {
    let Some(channel) = seat.channel(&item.medium) else { return Some(Obstacle::NoChannel) };
    if channel.do_not_disturb {
        return Some(Obstacle::DoNotDisturb);
    }
    match &channel.state {
        Some(state) if state.state == Readiness::Ready => {}
        state => {
            let reason = state.as_ref().and_then(|state| state.reason.clone());
            return Some(Obstacle::NotReady { reason });
        }
    }
    if !seat.is_reached(&item.medium) {
        return Some(Obstacle::NoPhone);
    }
    if !seat.serves(&item.queue) {
        return Some(Obstacle::OtherQueues);
    }
    for (name, needed) in &queue.skills {
        let has = seat.level(name);
        if has < *needed {
            return Some(Obstacle::Skill { name: name.clone(), needed: *needed, has });
        }
    }
    if seat.room(&item.medium) <= extra {
        return Some(Obstacle::Full { capacity: seat.capacity(&item.medium) });
    }
    if item.given_up.contains(&seat.agent) {
        return Some(Obstacle::Impossible);
    }
    item.barred
        .get(&seat.agent)
        .filter(|until| **until > now)
        .map(|until| Obstacle::Refused { until: *until })
}

/// An agent, and what stands against offering him a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The agent.
    pub agent: UserId,
    /// His user name.
    pub user_name: String,
    /// What stands against it; nothing when he is about to be offered it.
    pub obstacle: Option<Obstacle>,
}

/// For a waiting conversation, how each logged-in agent stands to it, by user name; `None` when it does not wait.
pub fn explain(board: &Board, session: &InteractionId, now: Millis) -> Option<Vec<Standing>> {
    explain_with(board, session, now, |_| 0)
}

/// The same when agents hold further slots than those committed: offers of this round, for instance.
pub(super) fn explain_with(
    board: &Board,
    session: &InteractionId,
    now: Millis,
    extra: impl Fn(&UserId) -> usize,
) -> Option<Vec<Standing>> {
    let item = board.item(session)?;
    let queue = board.queue(&item.queue)?;
    let mut rows: Vec<Standing> = board
        .seats()
        .map(|seat| Standing {
            agent: seat.agent.clone(),
            user_name: seat.user_name().to_owned(),
            obstacle: obstacle(seat, item, queue, extra(&seat.agent), now),
        })
        .collect();
    rows.sort_by(|a, b| a.user_name.cmp(&b.user_name));
    Some(rows)
}

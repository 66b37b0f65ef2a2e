//! Who may be offered what: one rule for conversations and calls, for the router that looks at a board and for the
//! decision behind it, which looks again because the board may be a moment old.

use crate::{
    MediumName, Millis,
    agent::{Agent, Readiness},
    centre::Centre,
    medium,
    queue::Queue,
    user::User,
};
use std::fmt;

/// How long an offer stands when its queue was taken away meanwhile.
const ORPHAN_OFFER: Millis = 30_000;

/// An agent as an offer finds them.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// Their state at work; `None` when they are not.
    pub agent: Option<&'a Agent>,
    /// How they are provisioned; `None` for one who is not, or not as an agent.
    pub user: Option<&'a User>,
    /// How many interactions of the medium they may have ([`capacity`]).
    pub capacity: usize,
    /// How many slots are held to be taken besides those of `agent`.
    pub extra: usize,
    /// Whether their phone is in service and takes calls. Only calls need one.
    pub has_phone: bool,
}

/// What is to be offered.
#[derive(Clone, Copy, Debug)]
pub struct Work<'a> {
    /// Its medium.
    pub medium: &'a MediumName,
    /// The queue it waits in; `None` when that was taken away, or when it comes from a colleague.
    pub queue: Option<&'a Queue>,
    /// The agent is not offered it before this moment, since they did not take it.
    pub barred_until: Option<Millis>,
    /// Whether offering it to the agent has failed in a way that never passes.
    pub is_given_up: bool,
}

/// What stands against offering something to an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// They are not logged in on the channel.
    NoChannel,
    /// They owe the disposition of an interaction of the medium.
    OwesDisposition,
    /// The channel is not ready.
    NotReady {
        /// The reason they gave, if any.
        reason: Option<String>,
    },
    /// They asked not to be disturbed.
    DoNotDisturb,
    /// No phone of theirs is in service, or it takes no calls.
    NoPhone,
    /// They work for other queues.
    OtherQueues,
    /// A skill is missing or too low.
    Skill {
        /// The skill.
        name: String,
        /// What the queue asks for.
        needed: u8,
        /// What they have.
        has: u8,
    },
    /// Every slot of the medium is taken.
    Full {
        /// How many they may have.
        capacity: usize,
    },
    /// Offering it to them failed in a way that never passes; the log says why.
    Impossible,
    /// It is kept for the agent who served its customer last.
    KeptFor {
        /// Their user name.
        user_name: String,
    },
    /// They refused it, or did not answer, a moment ago.
    Refused {
        /// Until when they are spared.
        until: Millis,
    },
}

impl Obstacle {
    /// The obstacle in the words of a refusal.
    pub const fn in_brief(&self) -> &'static str {
        match self {
            Self::NoChannel => "not logged in on this channel",
            Self::OwesDisposition => "the agent owes a disposition",
            Self::NotReady { .. } | Self::DoNotDisturb => "not ready",
            Self::NoPhone => "no phone",
            Self::OtherQueues | Self::Skill { .. } => "the agent does not work for the queue",
            Self::Full { .. } => "no free slot",
            Self::KeptFor { .. } => "it is kept for another agent",
            Self::Impossible => "it cannot be offered to them",
            Self::Refused { .. } => "the agent did not take it a moment ago",
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoChannel => f.write_str("not logged in on this channel"),
            Self::OwesDisposition => {
                f.write_str("has not set a disposition that is required before the next")
            }
            Self::NotReady { reason: None } => f.write_str("not ready"),
            Self::NotReady { reason: Some(reason) } => write!(f, "not ready: {reason}"),
            Self::DoNotDisturb => f.write_str("does not want to be disturbed"),
            Self::NoPhone => f.write_str("no phone of theirs is in service, or it takes no calls"),
            Self::OtherQueues => f.write_str("works for other queues"),
            Self::Skill { name, needed, has } => write!(f, "has {name} at {has}, needs {needed}"),
            Self::Full { capacity } => write!(f, "has all {capacity} slots taken"),
            Self::Refused { .. } => f.write_str("refused it a moment ago"),
            Self::KeptFor { user_name } => {
                write!(f, "it is kept for {user_name} for a while, who served the customer last")
            }
            Self::Impossible => f.write_str("it cannot be offered to them: see the log"),
        }
    }
}

impl Candidate<'_> {
    /// Whether they may have one more of a medium.
    pub fn has_room(&self, medium: &MediumName) -> bool {
        let taken = self.agent.map_or(0, |agent| agent.taken(medium));
        taken + self.extra < self.capacity
    }

    /// The first thing that stands against offering them something, if anything does.
    pub fn obstacle(&self, work: &Work<'_>, now: Millis) -> Option<Obstacle> {
        let Work { medium, queue, barred_until, is_given_up } = *work;
        let Some(channel) = self.agent.and_then(|agent| agent.channel(medium)) else {
            return Some(Obstacle::NoChannel);
        };
        // It says more than the state that they are held in.
        if self.agent.is_some_and(|agent| agent.owes(medium)) {
            return Some(Obstacle::OwesDisposition);
        }
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
        if !self.has_phone && *medium == medium::voice() {
            return Some(Obstacle::NoPhone);
        }
        if let Some(obstacle) = queue.and_then(|queue| outside(self.user, queue)) {
            return Some(obstacle);
        }
        if !self.has_room(medium) {
            return Some(Obstacle::Full { capacity: self.capacity });
        }
        if is_given_up {
            return Some(Obstacle::Impossible);
        }
        barred_until.filter(|until| *until > now).map(|until| Obstacle::Refused { until })
    }
}

/// Whether a user works for a queue: it is one of theirs, if they have any of their own, and they have the skills it asks
/// for.
pub fn serves(user: &User, queue: &Queue) -> bool {
    outside(Some(user), queue).is_none()
}

/// Why a user does not work for a queue; without a user, they count as having no skill.
fn outside(user: Option<&User>, queue: &Queue) -> Option<Obstacle> {
    if user.is_some_and(|user| !user.queues.is_empty() && !user.queues.contains(&queue.name)) {
        return Some(Obstacle::OtherQueues);
    }
    queue.skills.iter().find_map(|(name, needed)| {
        let has = user.and_then(|user| user.skills.get(name)).copied().unwrap_or(0);
        (has < *needed).then(|| Obstacle::Skill { name: name.clone(), needed: *needed, has })
    })
}

/// How many interactions of a medium an agent may have: their own figure, else the centre's, else none; of calls one.
pub fn capacity(user: &User, centre: &Centre, medium: &MediumName) -> u8 {
    let one_call = || u8::from(*medium == medium::voice());
    user.capacity.get(medium).or_else(|| centre.capacity.get(medium)).copied().unwrap_or_else(one_call)
}

/// How long an offer stands, in milliseconds: as its queue says.
pub fn stands(queue: Option<&Queue>) -> Millis {
    queue.map_or(ORPHAN_OFFER, |queue| queue.offer)
}

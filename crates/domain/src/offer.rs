//! Who may be offered what: one rule for conversations and calls, for the router that looks at a board and for the
//! decision behind it, which looks again because the board may be a moment old.

use crate::{
    MediumName, Millis,
    across::{Taken, allowed_unless_said},
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
    /// The centre; without one nobody has room.
    pub centre: Option<&'a Centre>,
    /// Slots that are held to be taken besides those of `agent`.
    pub extra: &'a Taken,
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
    /// Whether the agent takes part in it now.
    pub takes_part: bool,
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
    /// They are busy on another channel, beside which they are offered nothing of this medium.
    BusyElsewhere {
        /// The other medium.
        medium: MediumName,
    },
    /// They have as many interactions as they may have at once, whatever their media.
    TotalFull {
        /// How many they may have.
        most: usize,
    },
    /// They take part in it already.
    TakesPart,
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
            Self::BusyElsewhere { .. } => "the agent is busy on another channel",
            Self::TotalFull { .. } => "the agent has as many interactions as they may have at once",
            Self::TakesPart => "takes part already",
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
            Self::BusyElsewhere { medium } => {
                write!(f, "is busy on the channel {medium}, and takes nothing of this one meanwhile")
            }
            Self::TotalFull { most } => {
                write!(
                    f,
                    "has as many interactions as they may have at once, whatever their channels: {most}"
                )
            }
            Self::TakesPart => f.write_str("takes part in it already"),
            Self::Refused { .. } => f.write_str("refused it a moment ago"),
            Self::KeptFor { user_name } => {
                write!(f, "it is kept for {user_name} for a while, who served the customer last")
            }
            Self::Impossible => f.write_str("it cannot be offered to them: see the log"),
        }
    }
}

impl Candidate<'_> {
    /// How many slots of a medium are taken.
    pub fn taken(&self, medium: &MediumName) -> usize {
        let held = self.agent.map_or(0, |agent| agent.taken(medium));
        held + self.extra.get(medium).copied().unwrap_or(0)
    }

    /// How many interactions of a medium they may have.
    pub fn capacity(&self, medium: &MediumName) -> usize {
        match (self.user, self.centre) {
            (Some(user), Some(centre)) => usize::from(capacity(user, centre, medium)),
            _ => 0,
        }
    }

    /// Whether they may have one more of a medium, whatever they have of others.
    pub fn has_room(&self, medium: &MediumName) -> bool {
        self.taken(medium) < self.capacity(medium)
    }

    /// What stands against one more of a medium in what they have already.
    fn filled(&self, medium: &MediumName) -> Option<Obstacle> {
        if !self.has_room(medium) {
            return Some(Obstacle::Full { capacity: self.capacity(medium) });
        }
        let (user, centre) = (self.user?, self.centre?);
        let allows = |beside: &MediumName| {
            let said = user.across.allows(medium, beside).or_else(|| centre.across.allows(medium, beside));
            said.unwrap_or_else(|| allowed_unless_said(beside))
        };
        let held = self.agent.into_iter().flat_map(|agent| agent.slots.keys()).chain(self.extra.keys());
        let elsewhere = held.filter(|other| *other != medium && self.taken(other) > 0);
        if let Some(other) = elsewhere.into_iter().find(|other| !allows(other)) {
            return Some(Obstacle::BusyElsewhere { medium: other.clone() });
        }
        let most = usize::from(user.across.max_total.or(centre.across.max_total)?);
        (self.taken_in_all() >= most).then_some(Obstacle::TotalFull { most })
    }

    fn taken_in_all(&self) -> usize {
        let held: usize =
            self.agent.map_or(0, |agent| agent.slots.keys().map(|medium| agent.taken(medium)).sum());
        held + self.extra.values().sum::<usize>()
    }

    /// The first thing that stands against offering them something, if anything does.
    pub fn obstacle(&self, work: &Work<'_>, now: Millis) -> Option<Obstacle> {
        let Work { medium, queue, takes_part, barred_until, is_given_up } = *work;
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
        if let Some(obstacle) = self.filled(medium) {
            return Some(obstacle);
        }
        if takes_part {
            return Some(Obstacle::TakesPart);
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

//! What a decision may look at, by name: what it is sure to need is named before it runs, the rest when it asks.

use crate::{
    InteractionId, Key, MediumName, QueueName, State, UserId,
    call::{Call, Dn},
    medium,
};
use std::fmt;

/// Something that a decision looks at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Want {
    /// The snapshot of an entity.
    State(Key),
    /// What a platform or provider means by a name of theirs.
    Known(String),
    /// One entry of a conversation's log, by its place.
    Message(InteractionId, u32),
    /// The end of a conversation's log.
    Log(InteractionId),
    /// The position last taken in an agent's mailbox.
    Head(UserId),
    /// The result of a request, by its idempotency key as the journal has it.
    Result(String),
    /// The entity with a name that only one may have.
    Bearer(UniqueName),
    /// How many wait in a queue.
    Waiting(QueueName),
}

impl From<Key> for Want {
    fn from(key: Key) -> Self {
        Self::State(key)
    }
}

impl fmt::Display for Want {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State(key) => write!(f, "{key}"),
            Self::Known(name) => write!(f, "known:{name}"),
            Self::Message(session, index) => write!(f, "message:{session}/{index}"),
            Self::Log(session) => write!(f, "log:{session}"),
            Self::Head(agent) => write!(f, "head:{agent}"),
            Self::Result(key) => write!(f, "result:{key}"),
            Self::Bearer(name) => write!(f, "bearer:{name}"),
            Self::Waiting(queue) => write!(f, "waiting:{queue}"),
        }
    }
}

/// A name that one entity of the journal may have at a time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UniqueName {
    /// What a user logs in with.
    User(String),
    /// The number by which callers reach a queue.
    RoutingPoint(Dn),
}

impl fmt::Display for UniqueName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(name) => write!(f, "user:{name}"),
            Self::RoutingPoint(number) => write!(f, "number:{number}"),
        }
    }
}

impl State {
    /// The name that nobody else may have while this entity has it.
    pub fn unique_name(&self) -> Option<UniqueName> {
        match self {
            Self::User(user) => user.as_ref().map(|user| UniqueName::User(user.user_name.clone())),
            Self::Queue(queue) => {
                queue.as_ref()?.routing_point.as_ref().map(|number| UniqueName::RoutingPoint(number.clone()))
            }
            _ => None,
        }
    }

    /// The queue in which it waits, and as what, if it does.
    pub fn waits(&self) -> Option<(QueueName, MediumName)> {
        match self {
            Self::Session(session) if session.waiting => {
                Some((session.queue.clone(), session.medium.clone()))
            }
            Self::Call(call) => waiting_call(call),
            _ => None,
        }
    }
}

fn waiting_call(call: &Call) -> Option<(QueueName, MediumName)> {
    let queued = call.queued.as_ref().filter(|queued| queued.waiting)?;
    Some((queued.queue.clone(), medium::voice()))
}

//! What those who lead a queue do with one that waits in it.

use crate::{InteractionId, QueueName, UserId};

/// Somebody who leads a queue decides about one that waits in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectWaiting {
    /// The conversation or call.
    pub interaction: InteractionId,
    /// The number of the request for help in it; `None` for its own place in the queue.
    pub request: Option<u32>,
    /// The queue that it waits in.
    pub queue: QueueName,
    /// Who decides.
    pub by: UserId,
    /// Any user by whom it can be seen that they lead the queue ([`crate::leadership::leads_queue`]).
    pub leads: UserId,
    /// What becomes of it.
    pub act: WaitingAct,
}

/// What becomes of one that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WaitingAct {
    /// It is offered to this agent at once, as the router would.
    Assign(UserId),
    /// It has this priority from now on, which is not below the one that it has. It keeps its place in time.
    Raise(i32),
    /// It waits in another queue from now on, with the priority of that queue. It keeps its place in time.
    Move(QueueName),
}

impl WaitingAct {
    /// The word for it in logs.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Assign(_) => "waiting.assign",
            Self::Raise(_) => "waiting.raise",
            Self::Move(_) => "waiting.move",
        }
    }
}

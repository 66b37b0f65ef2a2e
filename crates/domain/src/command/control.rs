//! What supervisors do to the agents whom they lead.

use crate::{MediumName, Millis, QueueName, UserId};

/// The feature of the centre without which nobody changes the state of another (spec: admin-and-reporting#2.4).
pub const CONTROL_FEATURE: &str = "api-supervisor-agent-control";

/// How a supervisor changes the working state of an agent (spec: digital-channels#5.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Control {
    /// Puts them into the state that an operation names.
    SetState {
        /// One channel; all of the session when `None`.
        channel: Option<MediumName>,
        /// The operation.
        operation: String,
        /// For how long, in milliseconds, as in [`super::AgentAct::SetState`].
        wrap_up: Option<Millis>,
    },
    /// Closes channels to work, or opens them again.
    DoNotDisturb {
        /// One channel; all of the session when `None`.
        channel: Option<MediumName>,
        /// Closes or opens.
        on: bool,
    },
    /// Logs them out.
    Offline {
        /// Of one channel; of all, which ends the session, when `None`.
        channel: Option<MediumName>,
    },
}

/// Where a conversation goes that a supervisor takes from an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TakeTo {
    /// It is offered to another agent; it waits in its queue again if they do not take it.
    Agent(UserId),
    /// It waits in this queue.
    Queue(QueueName),
    /// It waits in the queue that it came from.
    Back,
}

//! What an agent asks a queue for, beside the place that the interaction itself may have in one.

use crate::{Millis, QueueName, UserId, interaction::QueuePosition};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What help is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Help {
    /// To advise the agent; the customer sees nothing of it.
    Consult,
    /// To talk with the customer as well.
    Invite,
}

impl Help {
    /// The word of the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Consult => "Consult",
            Self::Invite => "Invite",
        }
    }
}

/// A request for help that a queue has and nobody has taken yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Its number in the interaction, from 1.
    pub number: u32,
    /// For what.
    pub help: Help,
    /// The queue that is asked.
    pub queue: QueueName,
    /// Its place there.
    pub place: QueuePosition,
    /// The line of a call in which who asks waits; `None` in a conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u16>,
    /// Who asks.
    pub from: UserId,
    /// The number of their command, for the outcome they are owed.
    pub reference: u64,
    /// When it lapses.
    pub deadline: Millis,
    /// Whether it is offered to nobody at the moment.
    pub waiting: bool,
    /// Agents that should not be offered it before a moment.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub barred: BTreeMap<UserId, Millis>,
}

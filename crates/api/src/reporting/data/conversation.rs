//! The conversation that an event belongs to, and whom it is about.

use super::row::Names;
use domain::UserId;
use schemars::JsonSchema;
use serde::Serialize;

/// The conversation that an event belongs to.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Conversation<'a> {
    /// The interaction.
    pub interaction_id: &'a str,
    /// The name of its medium.
    pub media: &'a str,
    /// The queue it was last put into.
    pub queue: &'a str,
}

/// The agent that an event is about.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Actor<'a> {
    /// Their user name; null when it was no agent, or when they are no longer provisioned.
    agent: Option<String>,
    /// Their id; null when it was no agent.
    agent_id: Option<&'a str>,
}

impl<'a> Actor<'a> {
    pub fn named(id: &'a UserId, name: &str) -> Self {
        Self { agent: Some(name.to_owned()), agent_id: Some(id.as_str()) }
    }

    pub fn of(id: &'a UserId, names: Names<'_>) -> Self {
        Self { agent: names(id), agent_id: Some(id.as_str()) }
    }

    pub fn maybe(id: Option<&'a UserId>, names: Names<'_>) -> Self {
        Self { agent: id.and_then(names), agent_id: id.map(UserId::as_str) }
    }
}

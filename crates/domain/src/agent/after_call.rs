//! Work after a call that the server began, and interactions whose disposition an agent still owes.

use super::state::AgentState;
use crate::{InteractionId, Millis, UserId, medium::MediumName};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Work after a call that the server began (spec: decisions#6).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AfterCall {
    /// The state that follows: the one the agent was in before, or has chosen meanwhile. `None` is *Ready*.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<Arc<AgentState>>,
    /// When its time is over. `None` when it has none, and only a disposition is waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<Millis>,
    /// Whether the agent has extended it, which they may once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub extended: bool,
}

/// An interaction whose disposition an agent owes (spec: decisions#6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwedDisposition {
    /// Its medium: of that they are offered nothing else.
    pub medium: MediumName,
    /// The id under which the agent knows it, and under which they set the disposition.
    pub interaction: InteractionId,
    /// Since when they owe it.
    pub since: Millis,
    /// When they are let off.
    pub until: Millis,
}

impl OwedDisposition {
    /// Whether it is that of an interaction.
    pub fn is(&self, medium: &MediumName, interaction: &InteractionId) -> bool {
        self.medium == *medium && self.interaction == *interaction
    }
}

/// What ended that an agent owed a disposition. Logging out ends it as well, without a word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SettledBy {
    /// They set it.
    Code,
    /// This supervisor let them off.
    Supervisor(UserId),
    /// Its time was over.
    Timeout,
}

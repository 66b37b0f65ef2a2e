//! Rendering: what a commit means to those who listen.

use super::TxView;
use domain::{DecideError, Decision, Key, Millis, UserId};
use std::sync::Arc;

/// The command behind a commit, for the agent who gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandOrigin {
    /// The agent.
    pub agent: UserId,
    /// The number of the agent's command (`referenceId`).
    pub reference: u64,
}

/// A note on its way into a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewNote {
    /// Whose mailbox.
    pub agent: UserId,
    /// The topic in its canonical spelling.
    pub channel: Arc<str>,
    /// The exact JSON to deliver as `data`.
    pub body: Arc<str>,
    /// What it tells of, so that an erasure finds it.
    pub about: Key,
}

/// Renders the notifications of a commit, inside the commit.
pub trait Render: Send + Sync + 'static {
    /// The notes of a decision for each agent concerned, in the order in which they should be heard.
    fn notes(
        &self,
        view: &mut dyn TxView,
        decision: &Decision,
        cause: Option<&CommandOrigin>,
        at: Millis,
    ) -> Result<Vec<NewNote>, DecideError>;
}

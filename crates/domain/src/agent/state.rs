//! The states into which agents put their channels.

use serde::{Deserialize, Serialize};

/// A state that an agent can put a channel into (spec: core-and-voice#4.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentState {
    /// Fixed id of a system state; compared without regard to case.
    pub id: String,
    /// The operation that enters it.
    pub operation: String,
    /// What people read.
    pub display: String,
    /// The system state it counts as.
    pub state: Readiness,
    /// A finer word for it, `AfterCallWork` for instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work_mode: Option<String>,
    /// The reason it stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Whether a channel takes work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Readiness {
    /// Logged in, no state chosen yet.
    LoggedIn,
    /// Takes work.
    Ready,
    /// Takes none.
    NotReady,
    /// Not logged in.
    LoggedOut,
}

impl Readiness {
    /// The state in the words of the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LoggedIn => "LoggedIn",
            Self::Ready => "Ready",
            Self::NotReady => "NotReady",
            Self::LoggedOut => "LoggedOut",
        }
    }
}

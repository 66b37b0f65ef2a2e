//! A supervisor follows what somebody else works on (spec: core-and-voice#5.8, admin-and-reporting#3).

use crate::{UserId, ids::Dn, medium::MediumName};
use serde::{Deserialize, Serialize};

/// The feature of a centre that opens all of this.
pub const FEATURE: &str = "api-supervisor-monitoring";

/// How a supervisor follows an interaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Monitoring {
    /// Hears everybody, and is heard by nobody.
    ListenIn,
    /// Hears everybody, and is heard by whom they follow alone.
    Coach,
    /// Takes part: hears everybody, and is heard by everybody.
    BargeIn,
}

/// Which interactions of somebody a supervisor follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WatchMode {
    /// The next one, or the one that is there.
    Next,
    /// Every one, until the supervisor says otherwise.
    All,
}

/// How long a supervisor stays in an interaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WatchScope {
    /// While the user is in it whom they follow.
    Agent,
    /// While anybody is in it whom they lead.
    Interaction,
}

/// What the user of a phone follows: the calls of another phone. It is in force until they end it, log out, or may not
/// follow that phone's user any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// The user who follows.
    pub supervisor: UserId,
    /// The number of the phone that is followed.
    pub target: Dn,
    /// The id by which that phone is provisioned.
    pub target_device: String,
    /// How.
    pub monitoring: Monitoring,
    /// Which calls.
    pub mode: WatchMode,
    /// How long in each.
    pub scope: WatchScope,
}

/// What a supervisor follows: the conversations of an agent on one medium. It is in force until they end it, log out, or
/// may not follow that agent any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentWatch {
    /// The agent.
    pub target: UserId,
    /// The medium.
    pub medium: MediumName,
    /// How.
    pub monitoring: Monitoring,
    /// Which conversations.
    pub mode: WatchMode,
}

impl AgentWatch {
    /// Whether it is of an agent and a medium.
    pub fn is_of(&self, target: &UserId, medium: &MediumName) -> bool {
        self.target == *target && self.medium == *medium
    }
}

/// That a supervisor follows the conversations of the agent in whose state this stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchedBy {
    /// The supervisor.
    pub supervisor: UserId,
    /// The medium.
    pub medium: MediumName,
}

/// What a party is in a call for whose user follows somebody else in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartyWatch {
    /// The party that they follow.
    pub target: u16,
    /// How.
    pub monitoring: Monitoring,
    /// For how long.
    pub scope: WatchScope,
    /// Whether they have stepped in: they take part like anybody else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stepped_in: bool,
    /// Whether that party is not shown that somebody listens.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
}

impl Monitoring {
    /// The word of the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ListenIn => "ListenIn",
            Self::Coach => "Coach",
            Self::BargeIn => "BargeIn",
        }
    }
}

//! Whether a disposition is required of agents, by medium (spec: decisions#6).

use crate::medium::MediumName;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is asked of an agent whose part ends without a disposition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Required {
    /// Nothing.
    #[default]
    Off,
    /// Desktops are told to ask for one.
    Ask,
    /// It has to be set before the agent is offered the next interaction of the medium.
    BeforeNext,
}

/// What is asked, by medium.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Requirement {
    /// Of every medium that is not named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<Required>,
    /// Of these.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub media: BTreeMap<MediumName, Required>,
}

impl Requirement {
    /// Whether it says nothing.
    pub fn is_silent(&self) -> bool {
        *self == Self::default()
    }

    /// What it says of a medium, if anything.
    pub fn of(&self, medium: &MediumName) -> Option<Required> {
        self.media.get(medium).copied().or(self.every)
    }

    /// Whether it asks for a disposition of any medium.
    pub fn asks(&self) -> bool {
        self.media.values().chain(&self.every).any(|required| *required != Required::Off)
    }
}

//! Capacity across media: beside what an agent may be offered more.

use crate::medium::{MediumName, voice};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How many slots are taken, by medium.
pub type Taken = BTreeMap<MediumName, usize>;

/// What of other media leaves room for an offer, and how many interactions an agent has at once, whatever their media. A
/// user's own words stand before those of the centre.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcrossMedia {
    /// For a medium, the other media beside which it may be offered. A medium that is not named here may be offered beside
    /// everything but a call.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub while_busy: BTreeMap<MediumName, BTreeSet<MediumName>>,
    /// How many interactions of all media together; as many as the media allow when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_total: Option<u8>,
}

impl AcrossMedia {
    /// Whether nothing was said.
    pub fn is_silent(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a medium may be offered beside another; `None` when nothing is said of it.
    pub fn allows(&self, medium: &MediumName, beside: &MediumName) -> Option<bool> {
        self.while_busy.get(medium).map(|others| others.contains(beside))
    }
}

/// Whether a medium may be offered beside another where nobody said anything: whoever talks on the telephone has no hand
/// free, and whoever writes has an ear free.
pub fn allowed_unless_said(beside: &MediumName) -> bool {
    *beside != voice()
}

//! How much an agent may have at once, as the settings file has it.

use domain::MediumName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How many interactions of a medium: a number, or a table that also says beside which other media.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "it is a number of slots, or a table like { max = 3, while_busy = [\"chat\"] }"
)]
pub enum CapacityEntry {
    /// So many.
    Max(u8),
    /// So many, beside what is named.
    Beside(BesideEntry),
}

/// How many interactions of a medium, and beside which other media they may be offered.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BesideEntry {
    /// How many.
    pub max: u8,
    /// The media that an agent may be busy on when they are offered one more; everything but a call when not given. Those
    /// of the medium itself count only against `max`.
    #[schemars(with = "Option<BTreeSet<String>>")]
    pub while_busy: Option<BTreeSet<MediumName>>,
}

impl CapacityEntry {
    const fn max(&self) -> u8 {
        match self {
            Self::Max(max) | Self::Beside(BesideEntry { max, .. }) => *max,
        }
    }

    /// The media beside which it may be offered, if that is said.
    pub const fn while_busy(&self) -> Option<&BTreeSet<MediumName>> {
        match self {
            Self::Max(_) => None,
            Self::Beside(beside) => beside.while_busy.as_ref(),
        }
    }
}

/// How much an agent may have, by medium.
pub type CapacityEntries = BTreeMap<MediumName, CapacityEntry>;

/// How many interactions of each medium.
pub fn slots(entries: &CapacityEntries) -> BTreeMap<MediumName, u8> {
    entries.iter().map(|(medium, entry)| (medium.clone(), entry.max())).collect()
}

/// Beside which media each that says so may be offered.
pub fn while_busy(entries: &CapacityEntries) -> BTreeMap<MediumName, BTreeSet<MediumName>> {
    let said = |(medium, entry): (&MediumName, &CapacityEntry)| {
        entry.while_busy().map(|others| (medium.clone(), others.clone()))
    };
    entries.iter().filter_map(said).collect()
}

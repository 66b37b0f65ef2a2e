//! The disposition rule: which key, which values, and until when (decisions §6).

use crate::{Millis, UserData, medium::MediumName};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Which values a disposition may have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// Any.
    #[default]
    Open,
    /// Any; those not in the book are marked in the feed.
    Warn,
    /// Only those of the book.
    Strict,
}

/// The centre's settings about dispositions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// The user-data key when the request names none.
    pub key: String,
    /// How long after its completion a conversation takes a disposition, in milliseconds.
    pub late: Millis,
    /// Policy by medium; media not named are open.
    #[serde(default)]
    pub policy: BTreeMap<MediumName, Policy>,
}

impl Default for Rule {
    fn default() -> Self {
        Self { key: "DispositionCode".into(), late: 3_600_000, policy: BTreeMap::new() }
    }
}

impl Rule {
    /// The policy of a medium.
    pub fn policy(&self, medium: &MediumName) -> Policy {
        self.policy.get(medium).copied().unwrap_or_default()
    }

    /// Whether the data bears a disposition: a value under the key that is not empty.
    pub fn is_set(&self, data: &UserData) -> bool {
        data.get(&self.key).is_some_and(|value| !is_empty(value))
    }
}

/// Whether a value clears the disposition.
pub fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(str::is_empty)
}

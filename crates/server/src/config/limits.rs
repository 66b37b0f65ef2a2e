//! What others may cost (docs/limits.md).

use super::{Customers, Strangers, strangers::within};
use crate::limits;
use anyhow::Result;
use serde::{Deserialize, Serialize};

/// What others may cost.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// How many connections there may be; when not given, as many as the system's limit of open files allows beside
    /// what the journal, calls and backups need.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connections: Option<usize>,
    /// What those may take whom nobody knows yet.
    pub strangers: Strangers,
    /// How much customers may ask and write.
    pub customers: Customers,
}

impl Limits {
    /// Refuses values with which nobody could be served, or anybody could take everything.
    pub fn check(&self) -> Result<()> {
        let connections = self.connections.unwrap_or(limits::FEWEST);
        within("limits.connections", connections, limits::FEWEST..=1_000_000)?;
        self.strangers.check()
    }

    /// How many connections there may be, with so many open files.
    pub fn connections(&self, open_files: usize) -> usize {
        let possible = limits::connections(open_files);
        let wanted = self.connections.unwrap_or(possible);
        if wanted > possible {
            tracing::warn!(
                wanted,
                possible,
                open_files,
                "limits.connections: the system allows fewer open files"
            );
        }
        wanted.min(possible)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_connections_that_serves_nobody_names_its_setting() {
        Limits::default().check().unwrap();
        for wrong in [0, usize::MAX] {
            let why = Limits { connections: Some(wrong), ..Limits::default() }.check().unwrap_err();
            assert!(why.to_string().starts_with("limits.connections:"), "{why}");
        }
    }

    #[test]
    fn the_system_has_the_last_word_about_connections() {
        let wanted = |connections| Limits { connections, ..Limits::default() };
        let possible = limits::connections(1_024);
        assert_eq!(wanted(None).connections(1_024), possible);
        assert_eq!(wanted(Some(100)).connections(1_024), 100);
        assert_eq!(wanted(Some(100_000)).connections(1_024), possible);
    }
}

//! Limits on what others may cost (docs/limits.md).

use super::{Customers, Strangers, strangers::within};
use crate::{findings::Findings, limits};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Limits on what others may cost.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// How many connections there may be; when not given, as many as the system's limit of open files allows beside
    /// what the journal, calls and backups need.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = 4_096)]
    pub connections: Option<usize>,
    /// Limits for clients that are not known yet.
    pub strangers: Strangers,
    /// How much customers may ask and write.
    pub customers: Customers,
}

impl Limits {
    /// Refuses values with which nobody could be served, or anybody could take everything.
    pub fn check(&self, findings: &mut Findings) {
        let connections = self.connections.unwrap_or(limits::FEWEST);
        within("limits.connections", connections, limits::FEWEST..=1_000_000, findings);
        self.strangers.check(findings);
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
        let problems = |connections| {
            let mut findings = Findings::default();
            Limits { connections, ..Limits::default() }.check(&mut findings);
            findings.problems().to_vec()
        };
        assert!(problems(None).is_empty());
        for wrong in [0, usize::MAX] {
            let why = problems(Some(wrong));
            assert!(why.len() == 1 && why[0].starts_with("limits.connections:"), "{why:?}");
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

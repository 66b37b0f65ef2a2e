//! What strangers may cost: connections, and the bodies of their requests (docs/limits.md).

use super::Customers;
use crate::limits;
use anyhow::{Result, bail};
use edge::{Bodies, Bounds, Crowd};
use serde::{Deserialize, Serialize};
use std::{ops::RangeInclusive, time::Duration};

/// What connections and bodies may take.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// How many connections there may be; when not given, as many as the system's limit of open files allows beside
    /// what the journal, calls and backups need.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connections: Option<usize>,
    /// How many of them may be such on which nobody has logged in.
    pub unknown_connections: usize,
    /// How many of those one address may have. A trusted proxy is not bounded by it.
    pub unknown_connections_per_address: usize,
    /// How long the body of a request may take from whom nobody knows yet, in seconds.
    pub unknown_body_seconds: u32,
    /// How much the slow bodies of all of them may hold together, in MiB; one address may hold an eighth of it.
    pub unknown_bodies_mib: usize,
    /// How much customers may ask and write.
    pub customers: Customers,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: None,
            unknown_connections: 8_192,
            unknown_connections_per_address: 1_024,
            unknown_body_seconds: 10,
            unknown_bodies_mib: 16,
            customers: Customers::default(),
        }
    }
}

impl Limits {
    /// Refuses values with which nobody could be served, or anybody could take everything.
    pub fn check(&self) -> Result<()> {
        within("connections", self.connections.unwrap_or(limits::FEWEST), limits::FEWEST..=1_000_000)?;
        within("unknown_connections", self.unknown_connections, 16..=1_000_000)?;
        within("unknown_connections_per_address", self.unknown_connections_per_address, 4..=1_000_000)?;
        within("unknown_body_seconds", self.unknown_body_seconds as usize, 1..=300)?;
        // An eighth must hold the largest body there is, a platform's.
        within("unknown_bodies_mib", self.unknown_bodies_mib, 8..=4_096)
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

    /// Those on which nobody is known.
    pub fn strangers(&self) -> Crowd {
        let (total, per_network) = (self.unknown_connections, self.unknown_connections_per_address);
        Crowd::new(Bounds { total, per_network })
    }

    /// The bodies that are on their way.
    pub fn bodies(&self) -> Bodies {
        let time = Duration::from_secs(self.unknown_body_seconds.into());
        Bodies::new(time, self.unknown_bodies_mib * 1024 * 1024)
    }
}

fn within(name: &str, value: usize, range: RangeInclusive<usize>) -> Result<()> {
    if !range.contains(&value) {
        bail!("limits.{name}: {value} is not from {} to {}", range.start(), range.end());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_by_default_is_in_order() {
        Limits::default().check().unwrap();
    }

    #[test]
    fn a_limit_with_which_nobody_could_be_served_names_its_setting() {
        let usual = Limits::default;
        for (name, wrong) in [
            ("limits.connections", Limits { connections: Some(0), ..usual() }),
            ("limits.connections", Limits { connections: Some(usize::MAX), ..usual() }),
            ("limits.unknown_connections", Limits { unknown_connections: 0, ..usual() }),
            (
                "limits.unknown_connections_per_address",
                Limits { unknown_connections_per_address: 0, ..usual() },
            ),
            ("limits.unknown_body_seconds", Limits { unknown_body_seconds: 0, ..usual() }),
            ("limits.unknown_body_seconds", Limits { unknown_body_seconds: 3_600, ..usual() }),
            ("limits.unknown_bodies_mib", Limits { unknown_bodies_mib: 0, ..usual() }),
        ] {
            let why = wrong.check().unwrap_err().to_string();
            assert!(why.starts_with(&format!("{name}:")), "{why}");
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

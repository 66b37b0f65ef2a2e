//! Limits for clients that are not known yet: connections, and the bodies of their requests (docs/limits.md).

use crate::findings::Findings;
use edge::{Bodies, Bounds, Crowd};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{ops::RangeInclusive, time::Duration};

/// Limits for clients that are not known yet.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Strangers {
    /// How many connections there may be on which nobody is known.
    pub connections: usize,
    /// How many of them one address may have. A trusted proxy is not bounded by it.
    pub connections_per_address: usize,
    /// How long the body of a request may take, in seconds.
    pub body_seconds: u32,
    /// How much all bodies that are slow to come may hold together, in MiB; one address may hold an eighth of it.
    pub bodies_mib: usize,
}

impl Default for Strangers {
    fn default() -> Self {
        Self { connections: 8_192, connections_per_address: 1_024, body_seconds: 10, bodies_mib: 16 }
    }
}

impl Strangers {
    /// Refuses values with which nobody could be served, or anybody could take everything.
    pub fn check(&self, findings: &mut Findings) {
        let name = |key| format!("limits.strangers.{key}");
        within(&name("connections"), self.connections, 16..=1_000_000, findings);
        within(&name("connections_per_address"), self.connections_per_address, 4..=1_000_000, findings);
        within(&name("body_seconds"), self.body_seconds, 1..=300, findings);
        // An eighth must hold the largest body there is, a platform's of 1 MiB.
        within(&name("bodies_mib"), self.bodies_mib, 16..=4_096, findings);
    }

    /// The connections.
    pub fn crowd(&self) -> Crowd {
        Crowd::new(Bounds { total: self.connections, per_network: self.connections_per_address })
    }

    /// The bodies that are on their way.
    pub fn bodies(&self) -> Bodies {
        let time = Duration::from_secs(self.body_seconds.into());
        Bodies::new(time, self.bodies_mib * 1024 * 1024)
    }
}

/// Refuses a value that is out of its range, naming the setting.
pub fn within<T: Copy + PartialOrd + std::fmt::Display>(
    name: &str,
    value: T,
    range: RangeInclusive<T>,
    findings: &mut Findings,
) {
    if !range.contains(&value) {
        findings.problem(format!("{name}: {value} is not from {} to {}", range.start(), range.end()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(strangers: &Strangers) -> Vec<String> {
        let mut findings = Findings::default();
        strangers.check(&mut findings);
        findings.problems().to_vec()
    }

    #[test]
    fn a_limit_with_which_nobody_could_be_served_names_its_setting() {
        let usual = Strangers::default;
        assert!(problems(&usual()).is_empty());
        for (name, wrong) in [
            ("connections", Strangers { connections: 0, ..usual() }),
            ("connections_per_address", Strangers { connections_per_address: 0, ..usual() }),
            ("body_seconds", Strangers { body_seconds: 0, ..usual() }),
            ("body_seconds", Strangers { body_seconds: 3_600, ..usual() }),
            ("bodies_mib", Strangers { bodies_mib: 0, ..usual() }),
        ] {
            let why = problems(&wrong);
            assert!(why.len() == 1 && why[0].starts_with(&format!("limits.strangers.{name}: ")), "{why:?}");
        }
    }
}

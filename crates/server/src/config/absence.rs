//! What becomes of agents whose clients fall silent (docs/operations.md).

use super::strangers::within;
use crate::findings::Findings;
use domain::Millis;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The longest that either time may be, in seconds.
const MOST: u32 = 86_400;
/// The shortest after which anybody can be held to be silent, in seconds: a client waits for so long for an answer, and has
/// to come back.
const SHORTEST: u32 = 15;

/// What becomes of agents whose clients listened to notifications and then fell silent: no request, no notification poll
/// and no message on a socket. Clients that never listened are not watched.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Absence {
    /// After how many seconds of silence the agent is not ready, with the reason `Connection lost`; 0 is never.
    pub not_ready_after: u32,
    /// How many seconds later their text conversations go back to their queue, and a phone that is not their own is free for
    /// others; 0 is never.
    pub give_back_after: u32,
}

impl Default for Absence {
    fn default() -> Self {
        Self { not_ready_after: 60, give_back_after: 180 }
    }
}

impl Absence {
    /// Refuses times by which everybody or nobody would be held to be silent.
    pub fn check(self, findings: &mut Findings) {
        let Self { not_ready_after, give_back_after } = self;
        if not_ready_after != 0 {
            within("absence.not_ready_after", not_ready_after, SHORTEST..=MOST, findings);
        }
        within("absence.give_back_after", give_back_after, 0..=MOST, findings);
    }

    /// The same as the API counts it.
    pub fn times(self) -> api::Absence {
        let millis = |seconds: u32| Millis::from(seconds) * 1_000;
        api::Absence {
            not_ready_after: millis(self.not_ready_after),
            give_back_after: millis(self.give_back_after),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_hold_nobody_or_everybody_to_be_silent_are_refused_by_name() {
        let problems = |not_ready_after, give_back_after| {
            let mut findings = Findings::default();
            Absence { not_ready_after, give_back_after }.check(&mut findings);
            findings.problems().to_vec()
        };
        assert!(problems(60, 180).is_empty() && problems(0, 0).is_empty());
        for (times, named) in [
            ((1, 0), "absence.not_ready_after: 1 "),
            ((86_401, 0), "absence.not_ready_after: "),
            ((60, 86_401), "absence.give_back_after: "),
        ] {
            let why = problems(times.0, times.1);
            assert!(why.len() == 1 && why[0].starts_with(named), "{why:?}");
        }
    }
}

//! How far a message has come: the provider's words, and the rule that it only moves forward
//! (channel-connectors §0.2.6, §1B.1).

/// How far a message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// The provider has it.
    Queued,
    /// It is on its way, in parts or whole.
    Sent,
    /// It could not be handed on.
    Failed,
    /// It was handed on and did not arrive.
    Undelivered,
    /// It arrived.
    Delivered,
    /// It was read.
    Read,
}

impl Delivery {
    /// The state that a provider's word means; none for a word we do not know, and for those of inbound messages.
    pub fn of(word: &str) -> Option<Self> {
        Some(match word {
            "accepted" | "scheduled" | "queued" | "sending" => Self::Queued,
            // Some of its parts arrived: the message has the state of the worst.
            "sent" | "partially_delivered" => Self::Sent,
            "delivered" => Self::Delivered,
            "read" => Self::Read,
            "undelivered" => Self::Undelivered,
            "failed" | "canceled" => Self::Failed,
            _ => return None,
        })
    }

    /// The state after a report, or none if the report changes nothing because it is late or repeated. A failure is
    /// the end unless a success is reported after it.
    pub fn after(self, report: Self) -> Option<Self> {
        (report.rank() > self.rank()).then_some(report)
    }

    /// Whether it did not arrive, as far as is known.
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Failed | Self::Undelivered)
    }

    const fn rank(self) -> u8 {
        match self {
            Self::Queued => 0,
            Self::Sent => 1,
            Self::Failed | Self::Undelivered => 2,
            Self::Delivered => 3,
            Self::Read => 4,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Delivery::*, *};
    use proptest::{prelude::*, sample::select};

    #[test]
    fn every_word_of_the_provider_has_its_state() {
        let words = [
            ("accepted", Queued),
            ("scheduled", Queued),
            ("queued", Queued),
            ("sending", Queued),
            ("sent", Sent),
            ("partially_delivered", Sent),
            ("delivered", Delivered),
            ("read", Read),
            ("undelivered", Undelivered),
            ("failed", Failed),
            ("canceled", Failed),
        ];
        for (word, state) in words {
            assert_eq!(Delivery::of(word), Some(state), "{word}");
        }
        for word in ["receiving", "received", "", "Sent", "teleported"] {
            assert_eq!(Delivery::of(word), None, "{word}");
        }
    }

    #[test]
    fn a_message_only_moves_forward() {
        assert_eq!(Queued.after(Sent), Some(Sent));
        assert_eq!(Queued.after(Read), Some(Read));
        assert_eq!(Sent.after(Undelivered), Some(Undelivered));
        assert_eq!(Delivered.after(Read), Some(Read));
        for (state, report) in [(Sent, Queued), (Sent, Sent), (Delivered, Sent), (Read, Delivered)] {
            assert_eq!(state.after(report), None, "{state:?} {report:?}");
        }
    }

    #[test]
    fn a_failure_is_the_end_unless_a_success_follows() {
        for failure in [Failed, Undelivered] {
            assert_eq!(failure.after(Delivered), Some(Delivered));
            assert_eq!(failure.after(Read), Some(Read));
            for report in [Queued, Sent, Failed, Undelivered] {
                assert_eq!(failure.after(report), None, "{report:?}");
            }
            assert_eq!(Delivered.after(failure), None);
            assert_eq!(Read.after(failure), None);
        }
    }

    fn states() -> impl Strategy<Value = Vec<Delivery>> {
        prop::collection::vec(select(vec![Queued, Sent, Failed, Undelivered, Delivered, Read]), 0..12)
    }

    fn told(reports: &[Delivery]) -> Delivery {
        reports.iter().fold(Queued, |state, report| state.after(*report).unwrap_or(state))
    }

    proptest! {
        #[test]
        fn the_order_of_reports_does_not_matter(reports in states(), seed in any::<prop::sample::Index>()) {
            let mut turned = reports.clone();
            if !turned.is_empty() {
                let by = seed.index(turned.len());
                turned.rotate_left(by);
            }
            let (one, two) = (told(&reports), told(&turned));
            prop_assert!(one == two || one.is_failure() && two.is_failure());
        }

        #[test]
        fn a_repeated_report_changes_nothing(reports in states(), again in any::<prop::sample::Index>()) {
            let state = told(&reports);
            if !reports.is_empty() {
                prop_assert_eq!(state.after(reports[again.index(reports.len())]), None);
            }
        }
    }
}

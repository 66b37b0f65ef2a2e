//! What becomes of a message, by the end of the number it goes to.

use super::trouble::SmsError;
use std::time::Duration;

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SimulatedOutcome {
    /// It is sent and delivered.
    Delivered,
    /// It is refused.
    Refused(SmsError),
    /// The first try is refused, the next accepted.
    RefusedOnce(SmsError),
    /// It is sent, and does not arrive.
    Unreachable,
    /// The carrier keeps it back.
    Filtered,
    /// It is sent and delivered, but the sender gets no answer.
    HungUp,
    /// It is sent and delivered, and reported the other way round.
    Reversed,
}

/// A status callback to come: when after the send, `MessageStatus`, `ErrorCode`.
pub(super) type Callback = (Duration, &'static str, Option<u32>);

impl SimulatedOutcome {
    /// The fate of messages to a number.
    pub(super) fn of(to: &str) -> Self {
        match to.get(to.len().saturating_sub(4)..).unwrap_or_default() {
            "0001" => Self::Refused(SmsError::OptedOut),
            "0002" => Self::Unreachable,
            "0003" => Self::Filtered,
            "0004" => Self::Refused(SmsError::Broken),
            "0005" => Self::HungUp,
            "0006" => Self::RefusedOnce(SmsError::TooMany),
            "0007" => Self::Reversed,
            "0008" => Self::Refused(SmsError::BadTo),
            _ => Self::Delivered,
        }
    }

    /// Whether the recipient gets to read it.
    pub(super) fn arrives(self) -> bool {
        !matches!(self, Self::Refused(_) | Self::Unreachable | Self::Filtered)
    }

    /// The status callbacks of an accepted message, for two moments after the send.
    pub(super) fn callbacks(self, early: Duration, late: Duration) -> Vec<Callback> {
        match self {
            Self::Refused(_) => Vec::new(),
            Self::Unreachable => vec![(early, "sent", None), (late, "undelivered", Some(30003))],
            Self::Filtered => vec![(early, "failed", Some(30007))],
            Self::Reversed => vec![(early, "delivered", None), (late, "sent", None)],
            Self::Delivered | Self::RefusedOnce(_) | Self::HungUp => {
                vec![(early, "sent", None), (late, "delivered", None)]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_number_decides() {
        for (to, fate) in [
            ("+15550200001", SimulatedOutcome::Refused(SmsError::OptedOut)),
            ("+15550200002", SimulatedOutcome::Unreachable),
            ("+15550200003", SimulatedOutcome::Filtered),
            ("+15550200004", SimulatedOutcome::Refused(SmsError::Broken)),
            ("+15550200005", SimulatedOutcome::HungUp),
            ("+15550200006", SimulatedOutcome::RefusedOnce(SmsError::TooMany)),
            ("+15550200007", SimulatedOutcome::Reversed),
            ("+15550200008", SimulatedOutcome::Refused(SmsError::BadTo)),
            ("+15550200009", SimulatedOutcome::Delivered),
            ("+1", SimulatedOutcome::Delivered),
        ] {
            assert_eq!(SimulatedOutcome::of(to), fate, "{to}");
        }
    }
}

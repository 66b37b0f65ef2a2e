//! How far a message has come, in the provider's words (spec: channel-connectors#0.2.6, #1B.1).

use domain::session::Delivery;

/// The state that a provider's word means; `None` for a word we do not know, and for those of inbound messages. A
/// message that the provider has counts as sent, whether or not it waits there.
pub fn delivery(word: &str) -> Option<Delivery> {
    Some(match word {
        // Some of its parts arrived: the message has the state of the worst.
        "accepted" | "scheduled" | "queued" | "sending" | "sent" | "partially_delivered" => Delivery::Sent,
        "delivered" => Delivery::Delivered,
        "read" => Delivery::Read,
        "undelivered" => Delivery::Undelivered,
        "failed" | "canceled" => Delivery::Failed,
        _ => return None,
    })
}

/// Whether a message did not arrive, as far as is known.
pub(super) const fn is_failure(delivery: Delivery) -> bool {
    matches!(delivery, Delivery::Failed | Delivery::Undelivered)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Delivery::{Delivered, Failed, Read, Sent, Undelivered};

    #[test]
    fn every_word_of_the_provider_has_its_state() {
        let words = [
            ("accepted", Sent),
            ("scheduled", Sent),
            ("queued", Sent),
            ("sending", Sent),
            ("sent", Sent),
            ("partially_delivered", Sent),
            ("delivered", Delivered),
            ("read", Read),
            ("undelivered", Undelivered),
            ("failed", Failed),
            ("canceled", Failed),
        ];
        for (word, state) in words {
            assert_eq!(delivery(word), Some(state), "{word}");
            assert_eq!(is_failure(state), matches!(word, "undelivered" | "failed" | "canceled"), "{word}");
        }
        for word in ["receiving", "received", "", "Sent", "teleported"] {
            assert_eq!(delivery(word), None, "{word}");
        }
    }
}

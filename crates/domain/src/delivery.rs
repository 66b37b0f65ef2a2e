//! What became of a message on its way to the customer.

use crate::UserId;
use serde::{Deserialize, Serialize};

/// How far a message has come. It only moves forward (spec: channel-connectors#0.2.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Delivery {
    /// It waits for the provider.
    Queued,
    /// Nobody knows whether the provider has it: the answer was lost, or this server died on the way.
    Unknown,
    /// The provider has it.
    Sent,
    /// The customer's device has it.
    Delivered,
    /// The customer has seen it.
    Read,
    /// It was refused, and nothing was sent.
    Failed,
    /// It was sent and did not arrive.
    Undelivered,
}

impl Delivery {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Queued,
        Self::Unknown,
        Self::Sent,
        Self::Delivered,
        Self::Read,
        Self::Failed,
        Self::Undelivered,
    ];

    /// Whether a message may move on to this state. A failed one stays so, unless the customer turns out to have it.
    pub fn may_become(self, next: Self) -> bool {
        let has_it = matches!(next, Self::Delivered | Self::Read);
        match self {
            Self::Queued => next != Self::Queued,
            Self::Unknown => !matches!(next, Self::Queued | Self::Unknown),
            Self::Sent => has_it || matches!(next, Self::Failed | Self::Undelivered),
            Self::Delivered => next == Self::Read,
            Self::Read => false,
            Self::Failed | Self::Undelivered => has_it,
        }
    }

    /// Whether it has not arrived and nobody is sending it any more, so that an agent may have it sent again.
    pub const fn may_be_repeated(self) -> bool {
        matches!(self, Self::Unknown | Self::Failed | Self::Undelivered)
    }

    /// The state in a word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Unknown => "unknown",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
            Self::Undelivered => "undelivered",
        }
    }
}

/// Where a message stands, as its log entry keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// How far it has come.
    pub state: Delivery,
    /// The provider's code for what went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What went wrong, in a sentence for an agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// A message of ours that is not settled yet, as the conversation keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnsettledMessage {
    /// How far it has come.
    pub state: Delivery,
    /// Who wrote it; `None` is the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<UserId>,
    /// The number of the command that wrote it, for the outcome its agent is owed; 0 is none.
    pub reference: u64,
    /// When it was written.
    pub at: crate::Millis,
}

/// How many unsettled messages a conversation remembers: the oldest that the provider has are let go.
pub const MAX_OUTGOING: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delivery_only_moves_forward() {
        for from in Delivery::ALL {
            assert!(!from.may_become(from), "a repetition is no news: {from:?}");
            assert!(from == Delivery::Queued || !from.may_become(Delivery::Queued));
            for to in Delivery::ALL.into_iter().filter(|to| from.may_become(*to)) {
                let back = to.may_become(from);
                assert!(!back, "{from:?} and {to:?} would chase each other");
            }
        }
    }

    #[test]
    fn what_failed_is_mended_only_by_its_arrival() {
        for failed in [Delivery::Failed, Delivery::Undelivered] {
            let mended = Delivery::ALL.into_iter().filter(|next| failed.may_become(*next));
            assert_eq!(mended.collect::<Vec<_>>(), [Delivery::Delivered, Delivery::Read]);
        }
    }
}

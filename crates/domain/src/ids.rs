//! Identities, each a type of its own: a text that is one thing cannot be given where another is meant.

use serde::{Deserialize, Serialize};

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(std::sync::Arc<str>);

        impl $name {
            /// Wraps the text; any text is a name, whether something bears it is the journal's matter.
            pub fn new(text: impl Into<std::sync::Arc<str>>) -> Self {
                Self(text.into())
            }

            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{:?}", &self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }
    };
}
pub(crate) use name;

name!(
    /// An interaction: a text conversation, 16 characters (digital-channels §1.6), or a call, 32 characters, which
    /// are its UUID (core-and-voice §5.1).
    InteractionId
);
name!(
    /// A user: 32 hex digits (core-and-voice §4.1).
    UserId
);
name!(
    /// A queue, by its provisioned name.
    QueueName
);
name!(
    /// A node: one of the processes that work on a journal, the same after it was started anew.
    NodeId
);

impl Default for NodeId {
    /// The node of an installation that has one.
    fn default() -> Self {
        Self::from("1")
    }
}
name!(
    /// One joining of one party: 16 upper-case hex digits, unique in its conversation (digital-channels §1.6).
    ParticipantId
);
name!(
    /// A thread: a digest of its service and both its addresses, in hex.
    ThreadId
);
name!(
    /// A number of the switch: of a phone, a routing point, or one outside.
    Dn
);

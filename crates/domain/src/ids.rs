//! Ids and names, each of a type of its own, so that one cannot be given where another is meant.

use serde::{Deserialize, Serialize};
use std::{fmt, sync::Arc};

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(std::sync::Arc<str>);

        impl $name {
            /// Wraps the text. Any text is taken; whether something of that name exists is for the journal to say.
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

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::new(text)
            }
        }

        // A map by such names is asked by a text; both are ordered and hashed as the text is.
        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}
pub(crate) use name;

name!(
    /// An interaction: a text conversation, 16 characters (spec: digital-channels#1.6), or a call, 32 characters, which
    /// are its UUID (spec: core-and-voice#5.1).
    InteractionId
);
name!(
    /// A user: 32 hex digits (spec: core-and-voice#4.1).
    UserId
);
name!(
    /// A queue, by its provisioned name.
    QueueName
);
name!(
    /// A node: one of the processes that work on a journal, the same after it was started again.
    NodeId
);

impl Default for NodeId {
    /// The node of an installation that has one.
    fn default() -> Self {
        Self::from("1")
    }
}
name!(
    /// A party as it joined once: 16 upper-case hex digits, unique in its conversation (spec: digital-channels#1.6).
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
name!(
    /// A service that customers come in through, by its provisioned name.
    ServiceName
);
name!(
    /// A connection id of a call: 16 hex digits (spec: core-and-voice#5.1).
    ConnId
);

/// A provider's name for something of ours, or for a unit that it gave us: the service, the provider's id and, where a
/// unit became several entries of a log, the part (spec: channel-connectors#0.2.2). Two are the same if the journal
/// keeps them under the same text.
#[derive(Clone, Debug)]
pub struct ProviderKey {
    /// The service whose provider it is.
    pub service: ServiceName,
    /// The provider's id of the unit.
    pub id: Arc<str>,
    /// Which part of the unit, from 0.
    pub part: usize,
}

impl ProviderKey {
    /// The name of a unit, and of its first part.
    pub fn new(service: impl Into<ServiceName>, id: impl Into<Arc<str>>) -> Self {
        Self { service: service.into(), id: id.into(), part: 0 }
    }

    /// The name of a part of the same unit.
    #[must_use]
    pub fn part(&self, part: usize) -> Self {
        Self { part, ..self.clone() }
    }
}

/// As the journal keeps it: `service|id`, and `#part` behind it for all but the first.
impl fmt::Display for ProviderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}|{}", self.service, self.id)?;
        if self.part == 0 { Ok(()) } else { write!(f, "#{}", self.part) }
    }
}

impl PartialEq for ProviderKey {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl Eq for ProviderKey {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_providers_name_is_kept_as_it_always_was() {
        let key = ProviderKey::new("acme", "m_1");
        assert_eq!(key.to_string(), "acme|m_1");
        assert_eq!(key.part(0), key);
        assert_eq!(key.part(2).to_string(), "acme|m_1#2");
        assert_eq!(key.part(2), ProviderKey::new("acme", "m_1#2"));
    }
}

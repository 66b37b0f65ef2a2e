//! A thread: everything between one address of ours and one of a customer's, across conversations.
//!
//! On an asynchronous medium a conversation ends and the next message begins another; what outlives them is the
//! thread: which conversation is the latest, and whether the customer wants to hear from us
//! (spec: channel-connectors#0.3, #1D). Its id is a digest of service and addresses, so that no address stands in a
//! key.

pub use crate::ids::ThreadId;

use crate::{InteractionId, Millis, ServiceName};
use serde::{Deserialize, Serialize};

/// Where a customer of an asynchronous medium is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// The thread of this pair.
    pub thread: ThreadId,
    /// Our side: a number, a page.
    pub ours: String,
    /// The customer's side; empty once erased.
    pub theirs: String,
}

/// Under which terms a platform carries what is written to a customer. They are data of the service
/// (spec: channel-connectors#0.2.10, #2.6), and a conversation keeps those it began with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Terms {
    /// The longest message, in characters; `None` is as long as any.
    pub max_chars: Option<u32>,
    /// How long after the customer's last act anyone may write to them, in milliseconds; `None` is always.
    pub reply: Option<Millis>,
    /// How long after it a person may, in milliseconds; `None` is no longer than anyone.
    pub person: Option<Millis>,
    /// Whether customers who opted out are still answered in a conversation that they began themselves.
    pub reply_when_out: bool,
    /// Whether a keyword of consent opens a conversation when none is open.
    pub keywords_open: bool,
    /// Whether the platform tells what was read.
    pub tells_reading: bool,
}

/// Who writes to a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Writer {
    /// An agent.
    Person,
    /// The server itself.
    Automation,
}

/// Whether something may be written to a customer now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Window {
    /// As an answer to the customer.
    Reply,
    /// Only by a person, and marked so.
    Person,
    /// No more.
    Closed,
}

impl Terms {
    /// Whether a writer may write so long after the customer's last act (spec: channel-connectors#2.6). The last moment
    /// is still in time.
    pub fn window(&self, writer: Writer, since_heard: Millis) -> Window {
        match self.reply {
            None => Window::Reply,
            Some(reply) if since_heard <= reply => Window::Reply,
            Some(_)
                if writer == Writer::Person && self.person.is_some_and(|person| since_heard <= person) =>
            {
                Window::Person
            }
            Some(_) => Window::Closed,
        }
    }
}

/// Whether a customer wants to hear from us (spec: channel-connectors#1D).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Consent {
    /// The customer said that they do.
    In,
    /// The customer said that they do not.
    Out,
}

/// How we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConsentSource {
    /// A word the customer sent.
    Keyword,
    /// The provider refused to carry a message, or told of it.
    Provider,
}

/// A thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// Its id.
    pub id: ThreadId,
    /// The service it belongs to.
    pub service: ServiceName,
    /// Its latest conversation, open or over.
    pub latest: Option<InteractionId>,
    /// What the customer wants; `None` while nobody knows. Its history is the thread's events.
    pub consent: Option<Consent>,
}

/// One event of a thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadEvent {
    /// The service it belongs to.
    pub service: ServiceName,
    /// What happened.
    pub fact: Fact,
}

/// What happened to a thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fact {
    /// A conversation began in it.
    Began {
        /// The conversation.
        session: InteractionId,
    },
    /// What the customer wants became known, or changed.
    Consent {
        /// What the customer wants.
        consent: Consent,
        /// How we know.
        source: ConsentSource,
    },
}

impl Thread {
    /// A thread about which nothing is known yet.
    pub const fn new(id: ThreadId, service: ServiceName) -> Self {
        Self { id, service, latest: None, consent: None }
    }

    /// Folds one event into it.
    pub fn apply(&mut self, event: &ThreadEvent) {
        match &event.fact {
            Fact::Began { session } => self.latest = Some(session.clone()),
            Fact::Consent { consent, .. } => self.consent = Some(*consent),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Millis = 60_000;
    const HOUR: Millis = 60 * MINUTE;
    const DAY: Millis = 24 * HOUR;

    #[test]
    fn the_window_depends_on_the_writer_and_on_time() {
        let terms = Terms { reply: Some(DAY), person: Some(7 * DAY), ..Terms::default() };
        for (since, person, automation) in [
            (0, Window::Reply, Window::Reply),
            (DAY - MINUTE, Window::Reply, Window::Reply),
            (DAY + MINUTE, Window::Person, Window::Closed),
            (6 * DAY + 23 * HOUR, Window::Person, Window::Closed),
            (7 * DAY + HOUR, Window::Closed, Window::Closed),
        ] {
            assert_eq!(terms.window(Writer::Person, since), person, "{since}");
            assert_eq!(terms.window(Writer::Automation, since), automation, "{since}");
        }
    }

    #[test]
    fn without_the_feature_a_person_has_no_longer_than_anyone() {
        let terms = Terms { reply: Some(DAY), ..Terms::default() };
        assert_eq!(terms.window(Writer::Person, DAY + 1), Window::Closed);
    }

    #[test]
    fn a_medium_without_a_window_is_always_open() {
        assert_eq!(Terms::default().window(Writer::Automation, Millis::MAX), Window::Reply);
    }
}

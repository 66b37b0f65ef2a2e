//! Connectors: what carries messages between this server and a platform.

use super::StoreFault;
use domain::{
    Millis, Refusal,
    message::Content,
    session::Delivery,
    task::Signal,
    thread::{Address, Window},
};
use futures::future::BoxFuture;
use std::time::Duration;

/// A message on its way out. Its parts may be personal, so it cannot be printed.
pub struct OutboundMessage {
    /// Our word for it, the same on every attempt; what comes back has it.
    pub id: String,
    /// From where and to whom.
    pub address: Address,
    /// What is written: a text or a link.
    pub content: Content,
    /// How the platform may carry it now; never [`Window::Closed`].
    pub window: Window,
}

/// How an attempt to send went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    /// The provider has it.
    Sent {
        /// The provider's name for it.
        id: Option<String>,
        /// How far it has come already.
        state: Delivery,
    },
    /// The provider refused it, and will again.
    Refused {
        /// The provider's code.
        code: Option<String>,
        /// Why, in a sentence for an agent.
        why: String,
        /// Whether the reason is that the customer opted out.
        opted_out: bool,
    },
    /// It was certainly not sent; try again after a while, a longer one each time when none is named.
    Later {
        /// The time the provider asks for.
        after: Option<Duration>,
        /// Why, in a sentence for an agent, should it never succeed.
        why: String,
    },
    /// It may have been sent: nobody knows.
    Unknown {
        /// Why, in a sentence for an agent.
        why: String,
    },
}

/// What a text costs on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// The alphabet it needs, in the provider's word.
    pub alphabet: &'static str,
    /// Its length in units of that alphabet.
    pub length: usize,
    /// In how many parts it is carried.
    pub parts: usize,
    /// How many units are left in the last part.
    pub left: usize,
    /// The most parts that are carried; more are refused.
    pub most_parts: usize,
    /// How long a text of this alphabet may be in all, in units of it.
    pub most_length: usize,
}

/// A unit that was authentic and could not be understood, as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// Its number; 0 before it is stored.
    pub id: i64,
    /// When it came.
    pub at: Millis,
    /// The service it came through.
    pub service: String,
    /// Why it could not be understood.
    pub why: String,
    /// What came.
    pub raw: Vec<u8>,
}

/// Why a unit could not be taken from quarantine.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NotReplayed {
    /// It still cannot be understood.
    #[error("it cannot be understood: {0}")]
    Poison(String),
    /// The desk did not take it.
    #[error(transparent)]
    Refused(#[from] crate::Refused),
    /// The journal failed.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// The connector of one service: one account at a provider or on a platform.
pub trait Channel: Send + Sync + 'static {
    /// Our address, in the form in which threads know it.
    fn ours(&self) -> &str;

    /// A customer's address as an agent gives it, in the form in which threads know it; or why a conversation
    /// cannot be begun with it, in a sentence.
    fn theirs(&self, given: &str) -> Result<String, String>;

    /// What a text would cost on its way; `None` when that is not counted here.
    fn measure(&self, text: &str) -> Option<Measure>;

    /// Whether a text can be carried: the rule by which [`Channel::send`] refuses, so that the writer hears of it
    /// before anything is written.
    fn fits(&self, text: &str) -> Result<(), Refusal>;

    /// Carries a message. Called for one message of a thread at a time. Must come to an end by itself.
    fn send(&self, outbound: OutboundMessage) -> BoxFuture<'_, SendOutcome>;

    /// Carries a passing sign, or lets it be. Must come to an end by itself.
    fn signal(&self, signal: Signal) -> BoxFuture<'_, ()>;

    /// Takes a unit from quarantine as if it had just come.
    fn replay(&self, unit: Quarantined) -> BoxFuture<'_, Result<(), NotReplayed>>;
}

//! What a transaction may look at.

use domain::{
    DecideError, InteractionId, Key, Message, Millis, QueueName, Snapshots, UniqueName, share::WaitingCounts,
};

/// What a transaction may look at: snapshots, mailbox heads, the message log of a conversation, unique names and the
/// counts that limits need. Anything that was not named as a [`Want`] may be answered with [`DecideError::Need`].
pub trait TxView: Snapshots {
    /// The end of a conversation's log, in order, as far as this commit's predecessors wrote it: as many of its newest
    /// entries as together take at most `bytes` as they are stored, and at least one if there is any.
    fn newest(&mut self, session: &InteractionId, bytes: usize) -> Result<Vec<Message>, DecideError>;
    /// The result of a request by its name, as far as this commit's predecessors wrote it.
    fn result(&mut self, key: &str) -> Result<Option<SavedResult>, DecideError>;
    /// The entity with a name that only one may have, as far as this commit's predecessors wrote it. A plan that would
    /// give the name to two fails forever ([`StoreFault::Permanent`]).
    fn bearer(&mut self, name: &UniqueName) -> Result<Option<Key>, DecideError>;
    /// How many conversations and calls wait in a queue, those that this commit's predecessors put there included.
    fn waiting(&mut self, queue: &QueueName) -> Result<WaitingCounts, DecideError>;
}

/// The result of a request, kept for the one that comes again under the same idempotency key. Names are digests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedResult {
    /// Its name.
    pub key: String,
    /// Whose request it was. The store keeps at least the last 1,000 results of a scope, unless they are large, and may
    /// forget those before.
    pub scope: String,
    /// What was asked for.
    pub fingerprint: String,
    /// When it was performed.
    pub at: Millis,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The body of the answer, or what it is made of.
    pub body: String,
}

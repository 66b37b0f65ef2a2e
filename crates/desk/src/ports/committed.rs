//! What is told of commits.

use domain::{Event, Key, Millis, State, Task, UserId, call::SwitchCommand, task::Signal};
use std::sync::Arc;

/// A snapshot, with its version.
#[derive(Clone, Debug, PartialEq)]
pub struct Versioned {
    /// The entity.
    pub key: Key,
    /// How many events it had by then.
    pub version: u64,
    /// The snapshot.
    pub state: Arc<State>,
}

/// What a group of commits changed, told once it is durable.
#[derive(Clone, Debug, Default)]
pub struct Committed {
    /// For every node.
    pub durable: Durable,
    /// For the node that committed only; other nodes are told nothing here.
    pub local: Local,
}

/// What a group of commits added to the journal.
#[derive(Clone, Debug, Default)]
pub struct Durable {
    /// Snapshots as they are now, each entity once.
    pub states: Vec<Versioned>,
    /// Notes placed in mailboxes, in order of position for each agent.
    pub notes: Vec<Arc<Note>>,
    /// The events in journal order.
    pub events: Vec<EventRow>,
    /// What connectors should send, in order.
    pub tasks: Vec<Task>,
    /// Ids of tasks that are done with, also of earlier ones that `tasks` asks for again.
    pub settled: Vec<String>,
    /// The sequence number of the newest event.
    pub head: u64,
}

/// What a group of commits asks of connectors and switch of its own node, once; it is kept nowhere.
#[derive(Clone, Debug, Default)]
pub struct Local {
    /// Passing signs for customers.
    pub signals: Vec<Signal>,
    /// What the switch should do, in order.
    pub effects: Vec<SwitchCommand>,
}

/// Someone who is told of commits after they are durable; of those of its own node before their callers are answered,
/// and in order. What other nodes committed may come late or twice: whatever is not newer than what is known is
/// ignored. The notes of one mailbox come in order of position. Must be quick.
pub trait CommitObserver: Send + Sync {
    /// A group of commits is durable.
    fn committed(&self, group: &Committed);
}

/// A note as it lies in a mailbox: one notification, rendered, ready to deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Whose mailbox.
    pub agent: UserId,
    /// Place in it; grows, with gaps.
    pub pos: u64,
    /// The topic in its canonical spelling.
    pub channel: Arc<str>,
    /// The exact JSON to deliver as `data`.
    pub body: Arc<str>,
}

/// An event as the journal keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct EventRow {
    /// Place in the journal; grows, with gaps.
    pub seq: u64,
    /// The entity.
    pub key: Key,
    /// How many events of the entity came before, plus one.
    pub version: u64,
    /// When it happened.
    pub at: Millis,
    /// What happened.
    pub event: Event,
}

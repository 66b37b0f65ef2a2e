//! What an operator does with a journal, beside a server or without one.

use domain::InteractionId;
use std::{fmt, path::Path};

/// What an operator does with a journal. All of it blocks.
pub trait Operator {
    /// Why it could not be done.
    type Fault: std::error::Error + Send + Sync + 'static;

    /// Copies the journal, also while a server runs, to a place where nothing is yet. The copy is of one moment,
    /// complete when this answers, and without sessions and phones.
    fn backup(&self, to: &Path) -> Result<(), Self::Fault>;

    /// Makes the journal from a copy, where there is none yet. It has a new stream id.
    fn restore(&self, from: &Path) -> Result<(), Self::Fault>;

    /// What holds a value of a customer's, also while a server runs; nothing is changed. In a conversation it is their name,
    /// now or ever, their address, or a value of the user data, now or ever, at any depth: text equal to `person`, or a
    /// number that reads like it. A unit in quarantine needs only to have it in it somewhere, as a form or JSON may spell it;
    /// a text of the server's own is found by its address.
    fn find_person(&self, person: &str) -> Result<Traces, Self::Fault>;

    /// Overwrites, wherever the journal has them, the words and personal values of conversations that were erased with
    /// [`domain::Command::Erase`] before, and deletes what else is named, so that no file of the journal holds them any
    /// more. Conversations that were not erased are left alone. Only the process that has the journal open may, or one that
    /// finds it free; nothing else is committed meanwhile.
    fn erase(&self, traces: Traces) -> Result<ErasureReport, Self::Fault>;

    /// Folds the events of every entity and compares the result with its snapshot, also while a server runs; with `fix`
    /// it replaces the snapshots that differ, which no server may see.
    fn rebuild(&self, fix: bool) -> Result<RebuildReport, Self::Fault>;

    /// Accepts a journal that has less in it than was acknowledged. No server may run.
    fn accept_loss(&self) -> Result<(), Self::Fault>;

    /// Brings the journal to the schema of this program, and with `raise` to its format. No server may run.
    fn migrate(&self, raise: bool) -> Result<Finished, Self::Fault>;
}

/// Where a value of a customer's stands in a journal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traces {
    /// Conversations that hold it, calls among them, by id.
    pub conversations: Vec<InteractionId>,
    /// Units in quarantine in which it stands, by number.
    pub quarantined: Vec<i64>,
    /// Tasks that send a text of the server's own to it, by id.
    pub notices: Vec<String>,
    /// Events with it that belong to no conversation, by their positions: what agents sent from their phones beside a call.
    pub events: Vec<u64>,
}

/// What an erasure went over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErasureReport {
    /// Conversations, calls among them, whose rows were overwritten.
    pub conversations: u32,
    /// Log entries blanked.
    pub messages: u32,
    /// Events redacted.
    pub events: u32,
    /// Notes deleted.
    pub notes: u32,
    /// Units in quarantine deleted.
    pub quarantined: u32,
    /// Tasks deleted that were to send a text of the server's own.
    pub notices: u32,
    /// Conversations left alone: there is none of that id, or it was not erased by command before.
    pub left: Vec<InteractionId>,
}

/// In which format a journal was written, and in which it is written now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finished {
    /// The format before.
    pub from: u32,
    /// The format from now on.
    pub to: u32,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RebuildReport {
    /// Entities looked at.
    pub entities: u64,
    /// Events folded.
    pub events: u64,
    /// Where the journal disagrees with itself, by entity in the order of their first appearance.
    pub differences: Vec<Difference>,
}

/// An entity whose events and snapshot disagree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The entity, `kind:id`.
    pub entity: String,
    /// How they disagree.
    pub finding: Finding,
    /// Whether the folded snapshot was written in place of the other.
    pub is_fixed: bool,
}

/// How events and snapshot disagree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The snapshot is not what the events fold to, or counts them wrongly.
    Differs,
    /// There are events, but no snapshot.
    NoSnapshot,
    /// There is a snapshot, but no event.
    NoEvents,
    /// The events do not begin at version 1 or leave one out; the first version that is missing.
    Gap(u64),
    /// The events do not name each other as they should, so that all events are looked through for those of one entity.
    Unlinked,
    /// There are events of an entity that is not there; how many.
    NoEntity(u64),
    /// A mark does not name all kinds of the events before it, so that a reader who asks for one may miss some.
    Unnamed,
    /// An event or the snapshot cannot be read, or an event does not belong to such an entity.
    Unreadable(String),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Differs => f.write_str("the snapshot is not what the events come to"),
            Self::NoSnapshot => f.write_str("there is no snapshot"),
            Self::NoEvents => f.write_str("there are no events"),
            Self::Gap(version) => write!(f, "version {version} of the events is missing"),
            Self::Unlinked => f.write_str("the events do not name each other in order"),
            Self::NoEntity(events) => write!(f, "{events} events belong to nothing"),
            Self::Unnamed => f.write_str("the mark does not name every kind of event before it"),
            Self::Unreadable(why) => write!(f, "unreadable: {why}"),
        }
    }
}

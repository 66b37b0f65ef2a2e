//! What an operator does with a journal, beside a server or without one.

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

    /// Folds the events of every entity and compares the result with its snapshot, also while a server runs; with `fix`
    /// it replaces the snapshots that differ, which no server may see.
    fn rebuild(&self, fix: bool) -> Result<Report, Self::Fault>;

    /// Accepts a journal that has less in it than was acknowledged. No server may run.
    fn accept_loss(&self) -> Result<(), Self::Fault>;

    /// Brings the journal to the schema of this program, and with `raise` to its format. No server may run.
    fn migrate(&self, raise: bool) -> Result<Finished, Self::Fault>;
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
pub struct Report {
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
            Self::Unreadable(why) => write!(f, "unreadable: {why}"),
        }
    }
}

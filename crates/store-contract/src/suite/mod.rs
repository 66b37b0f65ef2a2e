//! The suite, on whatever store. Its functions are tests: their names say what must be, and they panic where it is not.
#![expect(missing_docs, reason = "a test is named after what it shows")]
#![expect(clippy::missing_panics_doc, reason = "a test panics when what it is named after is not so")]

pub mod bindings;
pub mod bounds;
pub mod calls;
pub mod commits;
pub mod counting;
pub mod desks;
pub mod fixture;
pub mod history;
pub mod limits;
pub mod mailboxes;
pub mod names;
pub mod post;
pub mod quarantine;
pub mod reports;
pub mod results;
pub mod tasks;

use desk::ports::Store;
use domain::NodeId;
use std::sync::Arc;

/// Where a store stands: something that outlives it, and that a test can break.
pub trait StoreBackend {
    /// Opens the store; it must not be open already.
    fn open(&self) -> Arc<dyn Store>;
    /// Makes the store fail whenever it writes a note of a channel.
    fn fail_notes_of(&self, channel: &str);
}

/// A journal that several nodes have open at once.
pub trait Shared {
    /// The hold of a node on it.
    fn on(&self, node: NodeId) -> Arc<dyn Store>;
}

//! The suite, on whatever store.

pub mod bindings;
pub mod bounds;
pub mod calls;
pub mod commits;
pub mod history;
pub mod mailboxes;
pub mod names;
pub mod post;
pub mod quarantine;
pub mod results;
pub mod scene;
pub mod tasks;

use desk::ports::Store;
use std::sync::Arc;

/// Where a store stands: something that outlives it, and that a test can break.
pub trait Ground {
    /// Opens the store; it must not be open already.
    fn open(&self) -> Arc<dyn Store>;
    /// Makes the store fail whenever it writes a note of a channel.
    fn fail_notes_of(&self, channel: &str);
}

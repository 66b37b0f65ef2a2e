//! The test world: a whole server in one process, and clients that speak the wire.
//!
//! * [`World`] is one node after another on one directory: a real journal, the desk, the renderer, web chat, and
//!   the API if wanted; or several such nodes side by side on one journal in memory. Time moves only when the test lets it, ids are counted, chance has a seed, and the journal
//!   fails when the seed says so. Its people are the demo centre's, through the desk's ports alone.
//! * [`Phones`] are the telephones of its agents, and people who call.
//! * [`client`] holds small clients of everything the server answers, for programs that prove or measure it.

mod faults;
mod journal;
mod node;
mod phones;
mod record;
mod transcript;

pub use faults::Faults;
pub use journal::FaultyJournal;
pub use node::{Node, World, WorldFault};
pub use phones::Phones;
pub use record::Record;
pub use testkit::{RuntimeClock as WorldClock, TestIds as CountedIds, client, limits};
pub use transcript::{events, feed, mailboxes};

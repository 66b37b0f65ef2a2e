//! The objects of the settings compared with those of the journal: what is wanted, what differs, in words and commands.
//!
//! If the file names objects of a kind, all objects of the kind that the file has made are the file's: those that it no
//! longer names are taken away. Objects that a command or the API made stay unless somebody says otherwise
//! ([`UnlistedObjects`]). A kind that the file does not mention is left alone.

mod book;
mod centre;
mod comparison;
mod current;
mod difference;
mod doubts;
mod rehearsal;
mod unlisted_objects;
mod wanted;

pub use comparison::differences;
pub use current::Current;
pub use difference::Differences;
pub use rehearsal::refusals;
pub use unlisted_objects::UnlistedObjects;
pub use wanted::{Passwords, ReadContext, WantedObjects, hashed, stable_id};

//! The objects of the settings against those of the journal: what is wanted, what differs, in words and commands.
//!
//! Of a kind of object that the file names, everything is the file's that the file has made: what it no longer names is
//! taken away. What a command or the API made stays unless it is told to go ([`Besides`]). A kind of which the file does
//! not speak is left alone.

mod besides;
mod book;
mod centre;
mod comparison;
mod current;
mod difference;
mod doubts;
mod rehearsal;
mod wanted;

pub use besides::Besides;
pub use comparison::differences;
pub use current::Current;
pub use difference::Differences;
pub use rehearsal::refusals;
pub use wanted::{Passwords, Reading, Wanted, hashed, stable_id};

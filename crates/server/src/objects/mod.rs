//! The objects of the settings against those of the journal: what is wanted, what differs, in words and commands.
//!
//! A kind of object that the file names is wholly the file's: what the journal has besides is taken away. A kind
//! it does not name is left alone.

mod apply;
mod book;
mod current;
mod difference;
mod wanted;

pub use apply::{apply, print};
pub use current::Current;
pub use difference::{Difference, differences};
pub use wanted::{Wanted, stable_id};

//! The objects that the settings want.

mod centre;
mod file;
mod groups;
mod names;
mod places;
mod queues;
mod reading;
mod users;
mod whole;

pub use names::{hashed, stable_id};
pub use reading::{Passwords, ReadContext};
pub use whole::WantedObjects;

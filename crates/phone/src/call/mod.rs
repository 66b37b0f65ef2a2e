//! Calls: those that are made, those that come in, and what the library tells of both.

mod dial;
mod events;
mod handle;
mod leg;
mod ring;
mod state;
mod transfer;

pub(crate) use dial::dial;
pub use handle::Call;
pub(crate) use leg::{Leg, Legs};
pub(crate) use ring::ring;
pub use state::{CallEnd, CallState};

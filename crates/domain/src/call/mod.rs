//! The call machine.

mod leg;

pub use leg::{Act, Alone, Caller, Cause, Dn, Effect, Heard, LegId, Originate, RoomId};

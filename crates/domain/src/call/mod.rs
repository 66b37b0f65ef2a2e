//! The call machine: one conversation over the telephone, with all its parties.
//!
//! A call outlives its parties: *Released* is a state of a party. What an agent sees as "the call" is a projection
//! for that agent; see [`Call::party`] and [`capabilities`]. Every party has one leg at the switch; those of one line
//! that are established hear each other in that line's room. A call has one line; a consultation adds another.

mod event;
mod fold;
mod leg;
mod operation;
mod party;
mod snapshot;

pub use crate::ids::Dn;
pub use event::{CallEvent, Fact, Overflowing, RefusedOperation};
pub use leg::{CallerId, Cause, LegCommand, LegEvent, LegId, Originate, Playback, RoomId, SwitchCommand};
pub use operation::{CallAct, CallOperation, capabilities, is_open};
pub use party::{Party, PartyOrigin, PartyState, Who};
pub use snapshot::{Call, CallKind, CallQueueing, Deadline, Line, PendingDestination};

//! The call machine: one conversation over the telephone, with all its parties.
//!
//! A call outlives its parties: *Released* is a state of a party. What an agent sees as "the call" is a projection
//! for that agent; see [`Call::part`] and [`capabilities`]. A party is carried by one leg at the switch; an agent who asks
//! somebody beside a call has two parties on the one leg of their phone, unless their phone made another leg for it by its
//! own key. Those of one line that are established hear each
//! other in that line's room. A call has one line; a consultation adds another, and so does an interaction that it absorbs.

mod absorb;
mod destination;
mod event;
mod fold;
mod leg;
mod operation;
mod party;
mod snapshot;
mod uuid;

pub use crate::ids::Dn;
pub use destination::{Destination, Overflowing};
pub use event::{CallEvent, Fact, RefusedOperation};
pub use leg::{
    CallerId, Cause, HeardBy, LegCommand, LegEvent, LegId, Originate, Playback, Referral, RoomId,
    SwitchCommand,
};
pub(crate) use operation::customer_for_queue;
pub use operation::{
    CallAct, CallIn, CallOperation, Consultation, capabilities, consultation, is_open, may_ask_by_phone,
    may_join, may_refer,
};
pub use party::{Handover, Party, PartyOrigin, PartyState, Purpose, Who};
pub use snapshot::{Call, CallKind, CallQueueing, Deadline, Line, PartyDisposition, PendingDestination};
pub use uuid::{interactions_of, line_uuid};

//! The session machine: one conversation of any text medium, with all its parties.
//!
//! A conversation outlives its parties: *Completed* and *Revoked* are states of a party. What an agent
//! sees as "the chat" is a projection of the conversation for that agent; see [`Session::party`] and
//! [`capabilities`].

mod event;
mod fold;
mod operation;
mod party;
mod post;
mod snapshot;
mod written;

pub use crate::{
    delivery::{Delivery, MAX_OUTGOING, Outgoing, Progress},
    interaction::{End, EndedBy, Place, Via},
};
pub use event::{Amendment, Event, Fact, Route};
pub use operation::{LastWords, Operation, SessionAct, Target, Words, capabilities, is_open};
pub use party::{AgentParty, Customer, Invitation, PartyState};
pub use post::Post;
pub use snapshot::{Deadline, Session, Typing};
pub use written::{MAX_CUSTOMER_BYTES, MAX_CUSTOMER_MESSAGES, Written};

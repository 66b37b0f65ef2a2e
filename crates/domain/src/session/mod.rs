//! The session machine: one conversation of any text medium, with all its parties.
//!
//! A conversation outlives its parties: *Completed* and *Revoked* are states of a party. What an agent
//! sees as "the chat" is a projection of the conversation for that agent; see [`Session::party`] and
//! [`capabilities`].

mod act;
mod event;
mod fold;
mod operation;
mod party;
mod post;
mod snapshot;
mod written;

pub use crate::{
    delivery::{Delivery, MAX_OUTGOING, Progress, UnsettledMessage},
    interaction::{End, EndedBy, QueuePosition, Via},
};
pub use act::{ClosingMessage, HandoverTarget, SessionAct, Words};
pub use event::{Amendment, Fact, Route, SessionEvent};
pub use operation::{SessionOperation, capabilities, is_open, may_remove};
pub use party::{AgentParty, AgentPartyState, AskedBy, Customer, Following, Invitation};
pub use post::Post;
pub use snapshot::{AgentDisposition, Deadline, Session, Typing};
pub use written::{MAX_CUSTOMER_BYTES, MAX_CUSTOMER_MESSAGES, Written};

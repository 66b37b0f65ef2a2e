//! An agent at work: the contact-centre session, the state of each channel, and the slots taken.

mod event;
mod fold;
mod snapshot;

pub use event::{AgentEvent, Fact};
pub use snapshot::{Agent, AgentState, ChannelState, HotDesk, Login, RECENT, Readiness};

//! An agent at work: the contact-centre session, the state of each channel, and the slots taken.

mod after_call;
mod event;
mod fold;
mod snapshot;
mod state;

pub use after_call::{AfterCall, OwedDisposition, SettledBy};
pub use event::{AgentEvent, Fact};
pub use snapshot::{Absence, Agent, ChannelState, HotDesk, Login, RECENT};
pub use state::{AgentState, Readiness};

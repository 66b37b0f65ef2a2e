//! Administration: the changes that commands make, whether or not a server has the journal open.
//!
//! A command opens the journal and makes the change itself. Where a server holds the journal, the command hands the
//! same request to it over a socket in the data directory, and the server makes the change by the same function: users
//! hear of it, logins end when their passwords change, queues appear, as if the change came in over the API.
//!
//! What only the memory of a server holds, the trace of SIP, is asked for in the same way.

mod change;
mod client;
mod perform;
mod request;
mod server;
mod sip_trace;
mod socket;

pub use perform::perform;
pub use request::{NewUser, Request, SipTraceBy};
pub use server::Admin;
pub use sip_trace::{Sdp, SipLeg, SipMessage, SipTraceAnswer, ask};
pub use socket::{Socket, path};

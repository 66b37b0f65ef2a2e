//! The notifications endpoint: the Bayeux hub between mailboxes, long polls and sockets.
//!
//! The hub knows the protocol and the sessions, the mailboxes have the notes; this module waits. A note reaches
//! a client only after it was committed, and a client with acknowledgements gets it again until it says that it
//! has it (spec: decisions#2).

mod held;
mod housekeeping;
mod hub;
mod mailbox;
mod polling;
mod pulse;
mod receive;
mod socket;
mod sockets;
mod volatile;

pub use housekeeping::sweep;
pub use hub::Notifications;
pub use polling::{farewell, post};
pub use receive::login_ended;
pub use socket::get;
pub use volatile::{announce, tell_device_error};

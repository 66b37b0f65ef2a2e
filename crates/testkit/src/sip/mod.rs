//! SIP written by hand, with nothing but string functions and sockets.

#![expect(missing_docs, reason = "what is named after its word in SIP needs no other")]

mod line;
mod message;
mod peer;

pub use line::{Line, Wire};
pub use message::{Message, sdp};
pub use peer::{Call, Peer, authorization, authorization_without_qop};

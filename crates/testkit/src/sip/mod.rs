//! SIP written by hand, with nothing but string functions and sockets.

#![expect(missing_docs, reason = "what is named after its word in SIP needs no other")]

mod message;
mod peer;
mod sip_stream;

pub use message::{SipMessage, sdp};
pub use peer::{Peer, SipDialog, authorization, authorization_without_qop};
pub use sip_stream::{ByteStream, SipStream};

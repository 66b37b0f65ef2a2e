//! Session descriptions: offer and answer as pure functions (RFC 8866, RFC 3264, spec: voice-sip#4).
//!
//! Nothing here knows of sockets or of SIP. A [`SdpSession`] is what one leg has said and agreed; a description that is
//! refused leaves it as it was (RFC 3261 §14.1).

mod answer;
mod direction;
mod error;
mod read;
mod session;
mod write;

pub use direction::Direction;
pub use error::SdpError;
pub use session::{Agreed, SdpSession};

#[cfg(test)]
mod tests;

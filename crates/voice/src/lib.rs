//! Calls: a SIP registrar, a back-to-back user agent with anchored media, behind the port `Switch`.

mod listener;
pub mod media;
mod sip;

pub use listener::Listener;

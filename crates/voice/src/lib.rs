//! Calls: a SIP registrar, a back-to-back user agent with anchored media, behind the port `Switch`.

pub mod media;
mod sip;

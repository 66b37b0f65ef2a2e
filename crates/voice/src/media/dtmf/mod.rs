//! Keys: telephone events (RFC 4733) both ways, and tones (spec: voice-sip#5.9).

mod code;
mod receive;
mod send;
mod tones;

pub(super) use code::{digit, key};
pub(super) use receive::Digits;
pub(super) use send::{DtmfStep, Keys};
pub(super) use tones::tone;

/// Which way keys were sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DtmfWay {
    /// As telephone events; they are on their way.
    Sent,
    /// The other end takes no telephone events: nothing is sent.
    NotNegotiated,
}

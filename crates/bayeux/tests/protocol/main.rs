//! The protocol, rule by rule: each test is named after the behaviour and cites its conformance item.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails, in its helpers too")]

mod ack;
mod browser;
mod connect;
mod delivery;
mod disconnect;
mod envelope;
mod handshake;
mod host;
mod login;
mod persistence;
mod presence;
mod size;
mod socket;
mod subscribe;
mod sweep;
mod volatile;

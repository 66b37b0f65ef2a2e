//! The SMS provider: a Twilio-compatible HTTP API (spec: channel-connectors#1B).

mod inbound;
mod number;
mod provider;
mod segments;
mod send;
mod simulated_outcome;
mod trouble;

pub(super) use inbound::Sms;
pub(super) use number::is_number;
pub(super) use provider::Provider;
pub(super) use send::send;

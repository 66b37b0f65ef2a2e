//! Text messages, over the HTTP interface that Twilio and its likes have (spec: channel-connectors#1B–1D).
//!
//! ```text
//! provider ─ webhook ─▶ form ─▶ signature ─▶ inbound, report ─▶ receive ─▶ intake ─▶ desk
//!                                               │ cannot be read ─▶ quarantine
//!          ◀─ request ─ send ◀─ pace ◀─ text ◀─ channel ◀─ the desk's outbox
//! ```
//!
//! An account at a provider is a service of the centre, and carries no other name. Nothing here decides about
//! conversations: it reads what providers say, writes what they are told, and knows their limits. Other services with
//! this interface need only configuration, such as `WhatsApp`, whose addresses have a prefix.

mod account;
mod channel;
pub mod config;
pub mod form;
pub mod inbound;
pub mod keyword;
pub mod location;
mod number;
mod pace;
mod raw_webhook;
pub mod reason;
mod receive;
pub mod report;
pub mod send;
pub mod signature;
pub mod status;
pub mod text;
mod webhook;

pub use account::Sms;
pub use config::SmsConfig;
pub use webhook::router;

//! Text messages, over the HTTP interface that Twilio and its likes have (channel-connectors §1B to §1D).
//!
//! ```text
//! provider ─ webhook ─▶ form ─▶ signature ─▶ inbound ─▶ keyword
//!          ◀─ request ─ send ◀─ text
//!          ─ webhook ─▶ form ─▶ signature ─▶ report ─▶ status, reason
//! ```
//!
//! What is here decides nothing of conversations: it reads what providers say, writes what they are told, and knows
//! their limits.

pub mod config;
pub mod form;
pub mod inbound;
pub mod keyword;
pub mod reason;
pub mod report;
pub mod send;
pub mod signature;
pub mod status;
pub mod text;

pub use config::SmsConfig;

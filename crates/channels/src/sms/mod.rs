//! Text messages, over the HTTP interface that Twilio and its likes have (channel-connectors §1B to §1D).
//!
//! ```text
//! provider ─ webhook ─▶ signature ─▶ inbound ─▶ keyword
//!          ◀─ form ─── send ◀── text
//!          ─ webhook ─▶ signature ─▶ inbound ─▶ status
//! ```
//!
//! What is here decides nothing of conversations: it reads what providers say, writes what they are told, and knows
//! their limits.

pub mod keyword;
pub mod signature;
pub mod text;

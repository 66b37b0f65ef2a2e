//! Facebook Messenger: what is said between this server and the platform of a page (channel-connectors §2).
//!
//! ```text
//! webhook ─▶ signature ─▶ (stored, answered 200) ─▶ webhook::decode ─▶ units, each with its key
//! answer of an agent ─▶ window::permit ─▶ send ─▶ (HTTP) ─▶ send::answer ─▶ receipt, or trouble and its remedy
//!                                                                 └▶ usage: go, slow down, stop
//! ```
//!
//! Everything here is pure: no clock, no network, no store. Time comes in as milliseconds, a request is described
//! and an answer is read, and somebody else carries both.
//!
//! A secret ([`Secret`]) cannot be printed, and none is ever part of a URL.

pub mod config;
pub mod deletion;
mod scalar;
pub mod secret;
pub mod send;
pub mod signature;
pub mod trouble;
pub mod usage;
pub mod verification;
pub mod version;
pub mod webhook;
pub mod window;

pub use config::MessengerConfig;
pub use secret::Secret;

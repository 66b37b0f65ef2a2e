//! Facebook Messenger: what is said between this server and the platform of a page (spec: channel-connectors#2).
//!
//! ```text
//! webhook ─▶ door (signature) ─▶ webhook::decode ─▶ units ─▶ meaning ─▶ Desk::receive ─▶ 200
//!                                     │ poison ─▶ quarantine     └▶ echo: the send that waits for it
//! Desk::post ─▶ channel ─▶ carry: part by part ─▶ send ─▶ (HTTP) ─▶ send::answer ─▶ receipt, or trouble and its remedy
//!                                                                        └▶ standing: go, slow down, stop, out of order
//! ```
//!
//! * `webhook`, `send`, `trouble`, `usage`, `signature`, `verification`, `deletion`, `version` and
//!   `meaning` are pure: no clock, no network, no store.
//! * `connector` holds the accounts, `account` is one of them; `door` and `privacy` are its addresses, `delivery` its
//!   way in, `carry` its way out, `standing` its state.
//!
//! The desk decides when something may be written: a [`desk::ports::OutboundMessage`] says how it may go out.
//!
//! Metrics: `jackfield_messenger_units_total{service,kind}`, the units that came, and
//! `jackfield_messenger_troubles_total{service,trouble}`, the refusals of the platform.

mod account;
mod account_state;
mod channel;
mod config;
mod connector;
mod content;
mod correlation;
mod deletion;
mod delivery;
mod echo;
mod mapping;
mod name_cache;
mod naming;
mod outbound;
mod privacy;
mod rate;
mod referrals;
mod routes;
mod scalar;
mod send;
mod signature;
mod trouble;
mod typing;
mod usage;
mod verification;
mod version;
mod webhook;

pub use config::{GRAPH, MessengerConfig, Misconfigured};
pub use connector::Messenger;
pub use version::{NoVersion, Version};

//! Facebook Messenger: what is said between this server and the platform of a page (spec: channel-connectors#2).
//!
//! ```text
//! webhook ─▶ routes (signature) ─▶ webhook::decode ─▶ units ─▶ mapping ─▶ Desk::receive ─▶ 200
//!                                       │ poison ─▶ quarantine     └▶ echo: the send that waits for it
//! Desk::post ─▶ channel ─▶ outbound: part by part ─▶ send ─▶ (HTTP) ─▶ send::answer ─▶ receipt, or failure and its remedy
//!                                                                           └▶ account_state: go, slow down, stop, out of order
//! ```
//!
//! * `webhook`, `send`, `trouble`, `usage`, `signature`, `verification`, `deletion`, `version` and
//!   `mapping` are pure: no clock, no network, no store.
//! * `connector` holds the accounts, `account` is one of them; `routes` and `privacy` are its addresses, `delivery`
//!   its way in, `outbound` its way out, `account_state` its state.
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

//! The API: `/api/v2`, the notifications endpoint, logins, and the pages that explain them.
//!
//! One endpoint, one file, in the order types, rule, wire, tests. Words of the wire (operation names, JSON names,
//! message types) are in `gws`; what they mean is in `domain`.

mod address;
mod app;
mod asked;
mod auth;
mod body;
mod internal;
mod notes;
mod notifications;
mod pages;
mod repeat;
mod reporting;
mod state;
mod unknown;
mod v2;

pub use auth::{hash_password, is_password_hash, verify_password};
pub use gws::{Links, Participants, Shown};
pub use notes::Notes;
pub use reporting::{cloud_event, data_schemas, envelope_schema};
pub use state::{Api, Config, Cors, Setup};
pub use v2::openapi;

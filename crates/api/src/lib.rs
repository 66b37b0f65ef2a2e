//! The API: `/api/v2`, the notifications endpoint, logins, and the pages that explain them.
//!
//! One resource of `/api/v2` is one file: its addresses, what is done at each, what these share, tests. Words of the wire
//! (operation names, JSON names, message types) are in `gws`; what they mean is in `domain`.

mod address;
mod auth;
mod body;
#[cfg(test)]
mod doors;
mod internal;
mod notes;
mod notifications;
mod pages;
mod presence;
mod repeat;
mod reporting;
mod state;
mod statistics;
mod unknown;
mod v2;
mod view;

pub use auth::{hash_password, is_password_hash, verify_password};
pub use gws::{Links, Participants, Shown};
pub use notes::Notes;
pub use reporting::{cloud_event, data_schemas, envelope_schema};
pub use state::{Absence, Api, Config, Cors, Setup};
pub use v2::openapi;

use axum::Router;
use std::sync::Arc;

impl Api {
    /// Every address of the API.
    pub fn router(self: &Arc<Self>) -> Router {
        v2::router(self).merge(pages::router(self))
    }

    /// Sweeps expired sessions, writes acknowledgements, trims mailboxes, tells of services, and sees whose clients fell
    /// silent. Never returns.
    pub async fn run(self: Arc<Self>) {
        futures::join!(
            auth::sweep(&self),
            notifications::sweep(&self),
            notifications::announce(&self),
            presence::watch(&self)
        );
    }
}

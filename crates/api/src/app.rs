//! The API as one value: the router that holds every endpoint, and what goes on by itself.

use crate::{auth, notifications, pages, state::Api, v2};
use axum::Router;
use std::sync::Arc;

impl Api {
    /// Every address of the API.
    pub fn router(self: &Arc<Self>) -> Router {
        v2::router(self).merge(pages::router(self))
    }

    /// Sweeps expired sessions, writes acknowledgements, trims mailboxes, tells of services. Never returns.
    pub async fn run(self: Arc<Self>) {
        futures::join!(auth::sweep(&self), notifications::sweep(&self), notifications::announce(&self));
    }
}

//! The caller themselves: `/me` and what hangs below it.

mod channels;
mod devices;
mod features;
mod operate;
mod read;
mod session;
mod skills;
mod state;

pub use channels::read as read_channel;
pub use devices::not_registered;

use crate::state::Api;
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The addresses below `/me`, conversations excepted.
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(read::get, operate::post))
        .routes(routes!(channels::list))
        .routes(routes!(channels::read, channels::operate))
        .routes(routes!(devices::list))
        .routes(routes!(devices::read, devices::operate))
        .routes(routes!(devices::switch_settings))
        .routes(routes!(skills::list))
        .routes(routes!(skills::read))
        .routes(routes!(features::list))
}

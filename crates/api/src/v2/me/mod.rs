//! The caller himself: `/me` and what hangs below it.

mod channels;
mod operate;
mod read;
mod session;

use crate::app::Api;
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The addresses below `/me`, conversations excepted.
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(read::get, operate::post))
        .routes(routes!(channels::list))
        .routes(routes!(channels::read, channels::operate))
}

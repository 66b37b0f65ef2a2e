//! `/diagnostics`: which version this is, what clients miss, and why somebody waits.

mod clients;
mod quarantine;
mod routing;
mod version;

use crate::state::Api;
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The addresses below `/diagnostics`.
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(version::get))
        .routes(routes!(clients::get))
        .routes(routes!(routing::get))
        .routes(routes!(quarantine::list))
        .routes(routes!(quarantine::operate))
}

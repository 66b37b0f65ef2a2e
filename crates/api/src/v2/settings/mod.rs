//! `/settings`: how the centre is set up, for clients (spec: core-and-voice#4.7, admin-and-reporting#2.6).

mod dispositions;
mod group;
mod list;
mod sections;

pub use list::option_groups;
pub use sections::sections;

use crate::state::Api;
use axum::routing::post;
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The addresses below `/settings`, and `/me/settings`.
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(list::list_own))
        .routes(routes!(group::read_own))
        .routes(routes!(group::read))
        .route("/settings/{group}", post(group::write).put(group::change).delete(group::remove))
        .routes(routes!(dispositions::list, dispositions::add, dispositions::rename, dispositions::remove))
}

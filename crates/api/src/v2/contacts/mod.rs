//! `/contacts`: the internal directory, whom an interaction can be handed to (spec: admin-and-reporting#2.9).

mod entry;
mod list;
mod read;
mod search;

pub use read::get as read;

use crate::state::Api;
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The addresses below `/contacts`.
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(list::get)).routes(routes!(read::get))
}

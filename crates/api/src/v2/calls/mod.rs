//! Calls of an agent: which there are, and what the agent does with them (spec: core-and-voice#5, #6).

mod dial;
mod list;
mod operate;
mod part;
mod read;

pub use list::{activity, shown};
pub use operate::perform;

use crate::state::Api;
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The addresses of calls: each `uri` and `path` that is given out must answer (spec: decisions#3).
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(list::get))
        .routes(routes!(read::get, operate::post))
        .routes(routes!(read::get_without_me))
        .routes(routes!(dial::post))
}

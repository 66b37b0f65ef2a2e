//! `/internal-api`: the bundled reads of the vendor's own desktop (spec: core-and-voice#7.3). No public contract, but
//! the order in which that desktop starts must not break (spec: client-requirements#27).

mod attributes;
mod operations;
mod settings;

use crate::state::Api;
use axum::{
    Router,
    routing::{get, post},
};
use std::sync::Arc;

/// The addresses below `/internal-api`.
pub fn router() -> Router<Arc<Api>> {
    Router::new()
        .route("/me/settings", get(settings::get))
        .route("/contact-center", get(attributes::of_centre))
        .route("/business-attributes", get(attributes::list))
        .route("/operations", post(operations::post))
}

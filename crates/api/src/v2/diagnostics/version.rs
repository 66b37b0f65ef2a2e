//! `GET /diagnostics/version` (spec: core-and-voice#1.1).

use crate::{auth::Caller, state::Api};
use axum::extract::State;
use gws::{Outcome, VersionAnswer};
use std::sync::Arc;

/// The version of the server.
#[utoipa::path(
    get, path = "/diagnostics/version", tag = "diagnostics",
    responses((status = 200, description = "The `version`", body = gws::VersionAnswer<'static>))
)]
pub async fn get(State(api): State<Arc<Api>>, _: Caller) -> Outcome {
    Ok(VersionAnswer::of(&api.config.version))
}

//! Reading the log.

use super::{
    log::{Entry, Wanted},
    state::Platforms,
};
use axum::{
    Json,
    extract::{Query, State},
};
use std::sync::Arc;

/// `GET /simulators/log`
pub(super) async fn log(
    State(platforms): State<Arc<Platforms>>,
    Query(wanted): Query<Wanted>,
) -> Json<Vec<Entry>> {
    Json(platforms.log.read(&wanted))
}

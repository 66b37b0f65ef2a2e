//! Reading the log.

use super::{
    log::{LogEntry, LogQuery},
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
    Query(wanted): Query<LogQuery>,
) -> Json<Vec<LogEntry>> {
    Json(platforms.log.read(&wanted))
}

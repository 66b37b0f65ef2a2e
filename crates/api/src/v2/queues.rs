//! `/queues`: where customers wait. The address of a queue is a target of `Transfer` (digital-channels §2.6).

use super::users::ANYONE;
use crate::{
    answer::{Answer, Outcome, Problem},
    app::Api,
    auth::Caller,
    query::Query,
    v2::{
        feature,
        params::{Denied, Listing},
    },
    wire::queue_resource,
};
use axum::extract::{Path, State};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The addresses below `/queues`.
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(read))
}

/// Every queue, by name.
#[utoipa::path(
    get, path = "/queues", tag = "queues", params(Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `queues`"), Denied)
)]
pub async fn list(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    feature::shows(&api, feature::READ, "/queues")?;
    caller.needs(ANYONE)?;
    let queues = api.desk.queues();
    query.collection("queues", &[], queues.iter().map(|queue| queue_resource(&api.links, queue)).collect())
}

/// One queue.
#[utoipa::path(
    get, path = "/queues/{name}", tag = "queues",
    params(("name" = String, Path, description = "The queue's name")),
    responses((status = 200, description = "the `queue`"), Denied)
)]
pub async fn read(State(api): State<Arc<Api>>, caller: Caller, Path(name): Path<String>) -> Outcome {
    feature::shows(&api, feature::READ, "/queues")?;
    caller.needs(ANYONE)?;
    let queue = api.desk.queue(&name.as_str().into());
    let queue = queue.ok_or_else(|| Problem::not_found(&format!("Queue '{name}'")))?;
    Ok(Answer::with("queue", queue_resource(&api.links, &queue)))
}

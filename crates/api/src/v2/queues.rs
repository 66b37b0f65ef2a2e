//! `/queues`: where customers wait. The address of a queue is a target of `Transfer` (spec: digital-channels#2.6). And
//! `/workbins`: there are none, and desktops ask for them as they start (spec: client-requirements#25).

use crate::{
    auth::{ANYONE, Caller},
    state::Api,
    v2::{
        features,
        openapi::{Denied, Listing},
    },
};
use axum::extract::{Path, State};
use domain::{
    medium::{Medium, VOICE},
    queue::Queue,
};
use gws::{
    Outcome, Problem, Query, QueueAnswer, QueuesAnswer, WorkbinsAnswer, queue_channels, queue_resource,
};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The addresses below `/queues`, and `/workbins`.
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(read))
        .routes(routes!(list_workbins))
        .routes(routes!(list_own_workbins))
}

/// Every queue, by name. `channel` keeps those whose `channels` contain it; a channel that no queue has keeps none.
#[utoipa::path(
    get, path = "/queues", tag = "queues",
    params(("channel" = Option<String>, Query, description = "The name of a channel, `voice` for instance"), Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `queues`", body = gws::QueuesAnswer), Denied)
)]
async fn list(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    features::shows(&api, features::READ, "/queues")?;
    caller.needs(ANYONE)?;
    let asked = query.get("channel").map(|name| canonical(&api, name).to_owned());
    let mut found = Vec::new();
    for queue in api.desk.queues() {
        let channels = channels(&api, &queue);
        if asked.as_deref().is_none_or(|asked| channels.contains(&asked)) {
            found.push(queue_resource(&api.links, &queue, &channels, asked.as_deref()));
        }
    }
    QueuesAnswer::of(&query.without(&["channel"]), &[], found)
}

/// The channels of a queue, as far as the centre has their features.
pub fn channels<'a>(api: &'a Api, queue: &Queue) -> Vec<&'a str> {
    let centre = api.desk.centre();
    let has = |medium: &&Medium| centre.as_ref().is_some_and(|centre| centre.has(medium.features));
    let media = api.desk.media().rows().iter().filter(has).map(|medium| &medium.name);
    let mut channels = queue_channels(queue, media);
    channels.retain(|channel| *channel != VOICE || features::has(api, features::VOICE));
    channels
}

/// A channel by any of its names.
fn canonical<'n>(api: &'n Api, name: &'n str) -> &'n str {
    api.desk.media().channel(name).map_or(name, |medium| medium.name.as_str())
}

/// One queue.
#[utoipa::path(
    get, path = "/queues/{name}", tag = "queues",
    params(("name" = String, Path, description = "The queue's name")),
    responses((status = 200, description = "The `queue`", body = gws::QueueAnswer), Denied)
)]
pub async fn read(State(api): State<Arc<Api>>, caller: Caller, Path(name): Path<String>) -> Outcome {
    features::shows(&api, features::READ, "/queues")?;
    caller.needs(ANYONE)?;
    let queue = api.desk.queue(&name.as_str().into());
    let queue = queue.ok_or_else(|| Problem::not_found(&format!("Queue '{name}'")))?;
    Ok(QueueAnswer::of(queue_resource(&api.links, &queue, &channels(&api, &queue), None)))
}

/// No workbins: a list, or, when the request names ids, an object keyed by id.
#[utoipa::path(
    get, path = "/workbins", tag = "workbins",
    params(("workbinIds" = Option<String>, Query, description = "Comma list of ids"), Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `workbins`", body = gws::WorkbinsAnswer), Denied)
)]
async fn list_workbins(State(_): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    caller.needs(ANYONE)?;
    match query.get("workbinIds") {
        Some(_) => Ok(WorkbinsAnswer::by_id()),
        None => WorkbinsAnswer::of(&query),
    }
}

/// The caller's own workbins: none.
#[utoipa::path(
    get, path = "/me/workbins", tag = "workbins",
    params(("workbinIds" = Option<String>, Query, description = "Comma list of ids"), Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `workbins`", body = gws::WorkbinsAnswer), Denied)
)]
async fn list_own_workbins(state: State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    list_workbins(state, caller, query).await
}

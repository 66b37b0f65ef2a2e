//! `/queues`: where customers wait. The address of a queue is a target of `Transfer` (spec: digital-channels#2.6).

use super::sight::ANYONE;
use crate::{
    auth::Caller,
    state::Api,
    v2::{
        feature,
        params::{Denied, Listing},
    },
};
use axum::extract::{Path, State};
use domain::{
    medium::{Medium, VOICE},
    queue::Queue,
};
use gws::{Outcome, Problem, Query, QueueAnswer, QueuesAnswer, queue_channels, queue_resource};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The addresses below `/queues`.
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(read))
}

/// Every queue, by name. `channel` keeps those whose `channels` contain it; a channel that no queue has keeps none.
#[utoipa::path(
    get, path = "/queues", tag = "queues",
    params(("channel" = Option<String>, Query, description = "The name of a channel, `voice` for instance"), Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `queues`", body = gws::QueuesAnswer), Denied)
)]
pub async fn list(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    feature::shows(&api, feature::READ, "/queues")?;
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
    channels.retain(|channel| *channel != VOICE || feature::has(api, feature::VOICE));
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
    feature::shows(&api, feature::READ, "/queues")?;
    caller.needs(ANYONE)?;
    let queue = api.desk.queue(&name.as_str().into());
    let queue = queue.ok_or_else(|| Problem::not_found(&format!("Queue '{name}'")))?;
    Ok(QueueAnswer::of(queue_resource(&api.links, &queue, &channels(&api, &queue), None)))
}

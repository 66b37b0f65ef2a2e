//! `GET /me`: the caller with the sub-resources he asks for (core-and-voice §4.1).

use super::channels;
use crate::{
    answer::{Answer, Outcome, Problem},
    app::Api,
    auth::Caller,
    query::Query,
    v2::sessions,
    wire::{device_resource, user_resource},
};
use axum::extract::State;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The user, with `subresources` embedded.
#[utoipa::path(get, path = "/me", tag = "me", responses((status = 200, description = "the user")))]
pub async fn get(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    let wanted = query.subresources();
    let centre = api.desk.centre().ok_or_else(|| Problem::not_found("The contact center"))?;
    let mut user = user_resource(&api.links, &centre.id, &caller.user);
    let mut add = |name: &str, value: Value| user[name] = value;
    if wanted.has("devices") {
        let devices = caller.user.device.iter().map(|device| device_resource(&api.links, device));
        add("devices", devices.collect());
    }
    if wanted.has("channels") || wanted.has("channelStates") {
        let channels = Value::from(channels::resources(&api, &caller).await?);
        add("channels", channels.clone());
        add("channelStates", channels);
    }
    if wanted.has("calls") {
        add("calls", json!([]));
    }
    let mut interactions = Vec::new();
    for medium in api.desk.media().rows() {
        if wanted.has(medium.plural) || wanted.has("interactions") {
            let resources = sessions::resources(&api, &caller, medium).await?;
            if wanted.has(medium.plural) {
                add(medium.plural, resources.clone().into());
            }
            interactions.extend(resources);
        }
    }
    if wanted.has("interactions") {
        add("interactions", interactions.into());
    }
    if wanted.has("settings") {
        add("settings", settings(&api, &caller).into());
    }
    Ok(Answer::with("user", user))
}

/// Sections of settings, each a map; the user's own values win over the centre's (client-requirements 12).
pub fn settings(api: &Api, caller: &Caller) -> Map<String, Value> {
    let mut sections: Map<String, Value> = Map::new();
    let centre = api.desk.centre();
    let shared = centre.iter().flat_map(|centre| &centre.settings);
    for (section, options) in shared.chain(&caller.user.settings) {
        let into = sections.entry(section.clone()).or_insert_with(|| json!({}));
        for (option, value) in options {
            into[option] = value.clone();
        }
    }
    sections
}

//! `GET /settings` and `GET /me/settings`: the groups there are.

use super::sections::{Group, groups};
use crate::{
    auth::Caller,
    state::Api,
    v2::params::{Denied, Listing},
};
use axum::extract::State;
use domain::user::User;
use gws::{Links, Outcome, Problem, Query, escape};
use serde_json::{Value, json};
use std::sync::Arc;

/// The groups of settings, with the sub-resource `settings`: their items.
#[utoipa::path(
    get, path = "/settings", tag = "settings", params(Listing),
    responses((status = 200, description = "`uris`, or with `fields` the groups as `settings`"), Denied)
)]
pub async fn list(State(api): State<Arc<Api>>, _: Caller, query: Query) -> Outcome {
    answer(&api, &query, &groups(&api, None).await?, "/settings")
}

/// The same as they stand for the caller.
#[utoipa::path(
    get, path = "/me/settings", tag = "me", params(Listing),
    responses((status = 200, description = "`uris`, or with `fields` the groups as `settings`"), Denied)
)]
pub async fn list_own(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    answer(&api, &query, &groups(&api, Some(&caller.user)).await?, "/me/settings")
}

fn answer(api: &Api, query: &Query, groups: &[Group], collection: &str) -> Outcome {
    let groups = groups.iter().map(|group| group_resource(&api.links, group, collection));
    query.collection("settings", &["settings"], groups.collect())
}

/// The sections of options as they stand for a user, with their items: what the user's desktop reads in one go.
pub async fn option_groups(api: &Api, user: &User) -> Result<Vec<Value>, Problem> {
    let all = groups(api, Some(user)).await?;
    let groups = all.iter().filter(|group| group.is_options());
    Ok(groups.map(|group| group_resource(&api.links, group, "/me/settings")).collect())
}

/// A group with its items, below a collection.
fn group_resource(links: &Links, group: &Group, collection: &str) -> Value {
    let path = format!("{collection}/{}", escape(&group.name));
    json!({
        "name": group.name,
        "displayName": group.name,
        "key": group.key,
        "settings": group.items,
        "uri": links.uri(&path),
        "path": path,
    })
}

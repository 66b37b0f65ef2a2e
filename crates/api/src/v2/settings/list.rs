//! `GET /settings` and `GET /me/settings`: the groups there are.

use super::sections::{Group, groups};
use crate::{
    auth::Caller,
    state::Api,
    v2::params::{Denied, Listing},
};
use axum::extract::State;
use domain::user::User;
use gws::{Links, Outcome, Problem, Query, SettingsAnswer, SettingsGroup, settings_group};
use std::sync::Arc;

/// The groups of settings, with the sub-resource `settings`: their items.
#[utoipa::path(
    get, path = "/settings", tag = "settings", params(Listing),
    responses((status = 200, description = "`uris`, or with `fields` the groups as `settings`", body = gws::SettingsAnswer), Denied)
)]
pub async fn list(State(api): State<Arc<Api>>, _: Caller, query: Query) -> Outcome {
    answer(&api, &query, groups(&api, None).await?, "/settings")
}

/// The same as they stand for the caller.
#[utoipa::path(
    get, path = "/me/settings", tag = "me", params(Listing),
    responses((status = 200, description = "`uris`, or with `fields` the groups as `settings`", body = gws::SettingsAnswer), Denied)
)]
pub async fn list_own(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    answer(&api, &query, groups(&api, Some(&caller.user)).await?, "/me/settings")
}

fn answer(api: &Api, query: &Query, groups: Vec<Group>, collection: &str) -> Outcome {
    let groups = groups.into_iter().map(|group| resource(&api.links, group, collection));
    SettingsAnswer::of(query, &["settings"], groups)
}

/// The sections of options as they stand for a user, with their items: what the user's desktop reads in one go.
pub async fn option_groups(api: &Api, user: &User) -> Result<Vec<SettingsGroup>, Problem> {
    let all = groups(api, Some(user)).await?;
    let groups = all.into_iter().filter(Group::is_options);
    Ok(groups.map(|group| resource(&api.links, group, "/me/settings")).collect())
}

fn resource(links: &Links, group: Group, collection: &str) -> SettingsGroup {
    settings_group(links, &group.name, group.key, group.items, collection)
}

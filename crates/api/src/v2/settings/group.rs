//! `/settings/{group}`: one group. Only the disposition codes can be changed; `dispositions` serves those.

use super::sections::{Group, groups};
use crate::{
    auth::{ADMINS, Caller},
    state::Api,
    v2::{feature, params::Denied},
};
use axum::extract::{Path, State};
use domain::{Refusal, user::User};
use gws::{Outcome, Problem, SettingsGroupAnswer};
use std::sync::Arc;

/// The items of a group, and the attribute that tells them apart as `key`.
#[utoipa::path(
    get, path = "/settings/{group}", tag = "settings",
    params(("group" = String, Path, description = "The group's name")),
    responses((status = 200, description = "`settings` and `key`", body = gws::SettingsGroupAnswer), Denied)
)]
pub async fn read(State(api): State<Arc<Api>>, _: Caller, Path(name): Path<String>) -> Outcome {
    answer(&api, None, &name).await
}

/// The same as they stand for the caller: their own options win over the centre's.
#[utoipa::path(
    get, path = "/me/settings/{group}", tag = "me",
    params(("group" = String, Path, description = "The group's name")),
    responses((status = 200, description = "`settings` and `key`", body = gws::SettingsGroupAnswer), Denied)
)]
pub async fn read_own(State(api): State<Arc<Api>>, caller: Caller, Path(name): Path<String>) -> Outcome {
    answer(&api, Some(&caller.user), &name).await
}

/// Refused: a group that comes from the configuration is read-only. What is never done is not in the API document.
pub async fn write(State(api): State<Arc<Api>>, caller: Caller, Path(name): Path<String>) -> Outcome {
    refuse(&api, &caller, &name).await
}

/// Refused: a group that comes from the configuration is read-only. What is never done is not in the API document.
pub async fn change(State(api): State<Arc<Api>>, caller: Caller, Path(name): Path<String>) -> Outcome {
    refuse(&api, &caller, &name).await
}

/// Refused: a group that comes from the configuration is read-only. What is never done is not in the API document.
pub async fn remove(State(api): State<Arc<Api>>, caller: Caller, Path(name): Path<String>) -> Outcome {
    refuse(&api, &caller, &name).await
}

async fn answer(api: &Api, user: Option<&User>, name: &str) -> Outcome {
    let group = find(api, user, name).await?;
    Ok(SettingsGroupAnswer::of(group.items, group.key))
}

async fn refuse(api: &Api, caller: &Caller, name: &str) -> Outcome {
    feature::allows(api, feature::WRITE)?;
    caller.needs(ADMINS)?;
    find(api, None, name).await?;
    Err(Refusal::ReadOnly("settings").into())
}

async fn find(api: &Api, user: Option<&User>, name: &str) -> Result<Group, Problem> {
    let found = groups(api, user).await?.into_iter().find(|group| group.name == name);
    found.ok_or_else(|| Problem::not_found(&format!("Settings group '{name}'")))
}

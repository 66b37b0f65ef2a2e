//! `/users/{id}/skills`: the skills of a user, with their levels (spec: admin-and-reporting#2.1, #2.2).

use super::resource::skills;
use crate::{
    auth::Caller,
    state::Api,
    v2::{
        feature,
        params::{Denied, Listing},
        sight::{find, needs_sight},
    },
};
use axum::extract::{Path, State};
use gws::{Outcome, Problem, Query, SkillAnswer, SkillsAnswer};
use std::sync::Arc;

/// The skills of a user. `level` is a text.
#[utoipa::path(
    get, path = "/users/{id}/skills", tag = "users",
    params(("id" = String, Path, description = "The user's id"), Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `skills`", body = gws::SkillsAnswer), Denied)
)]
pub async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Outcome {
    feature::shows(&api, feature::READ, "/users")?;
    let user = find(&api, &id)?;
    needs_sight(&caller, &user)?;
    SkillsAnswer::of(&query, &[], skills(&api, &user))
}

/// One skill of a user.
#[utoipa::path(
    get, path = "/users/{id}/skills/{skillId}", tag = "users",
    params(
        ("id" = String, Path, description = "The user's id"),
        ("skillId" = String, Path, description = "The skill's id"),
    ),
    responses((status = 200, description = "The `skill`", body = gws::SkillAnswer), Denied)
)]
pub async fn read(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((id, skill)): Path<(String, String)>,
) -> Outcome {
    feature::shows(&api, feature::READ, "/users")?;
    let user = find(&api, &id)?;
    needs_sight(&caller, &user)?;
    let found = skills(&api, &user).into_iter().find(|found| found.id == skill);
    Ok(SkillAnswer::of(found.ok_or_else(|| Problem::not_found(&format!("Skill '{skill}'")))?))
}

//! `/me/skills`: the skills of the caller, with their levels.

use crate::{
    auth::Caller,
    state::Api,
    v2::{
        params::{Denied, Listing},
        skills, users,
    },
};
use axum::extract::{Path, State};
use gws::{Outcome, Problem, Query, SkillAnswer, SkillsAnswer, skill_definition};
use std::sync::Arc;

/// The caller's skills. `level` is a text.
#[utoipa::path(
    get, path = "/me/skills", tag = "me", params(Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `skills`", body = gws::SkillsAnswer), Denied)
)]
pub async fn list(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    SkillsAnswer::of(&query, &[], users::skills(&api, &caller.user))
}

/// One skill; at level `"0"` if it exists and the caller does not have it.
#[utoipa::path(
    get, path = "/me/skills/{id}", tag = "me", params(("id" = String, Path, description = "The skill's id")),
    responses((status = 200, description = "The `skill`", body = gws::SkillAnswer), Denied)
)]
pub async fn read(State(api): State<Arc<Api>>, caller: Caller, Path(id): Path<String>) -> Outcome {
    let own = users::skills(&api, &caller.user).into_iter().find(|skill| skill.id == id);
    let found = own.or_else(|| Some(skill_definition(&api.links, &skills::named(&api, &id)?)));
    Ok(SkillAnswer::of(found.ok_or_else(|| Problem::not_found(&format!("Skill '{id}'")))?))
}

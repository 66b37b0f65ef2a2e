//! `/skills`: the skills that users have or queues ask for (spec: admin-and-reporting#2.2).

use crate::{
    auth::{ADMINS, Caller},
    state::Api,
    v2::{
        features,
        openapi::{Denied, Listing},
    },
};
use axum::extract::{Path, State};
use gws::{Outcome, Problem, Query, SkillAnswer, SkillsAnswer, skill_definition, skill_id};
use std::{collections::BTreeSet, sync::Arc};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The addresses below `/skills`.
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(read))
}

/// Every skill, by name. `level` is `"0"`: only a user's skill has a level.
#[utoipa::path(
    get, path = "/skills", tag = "skills", params(Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `skills`", body = gws::SkillsAnswer), Denied)
)]
async fn list(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    features::shows(&api, features::READ, "/skills")?;
    caller.needs(ADMINS)?;
    let skills = names(&api).into_iter().map(|name| skill_definition(&api.links, &name));
    SkillsAnswer::of(&query, &[], skills)
}

/// One skill.
#[utoipa::path(
    get, path = "/skills/{id}", tag = "skills",
    params(("id" = String, Path, description = "The skill's id")),
    responses((status = 200, description = "The `skill`", body = gws::SkillAnswer), Denied)
)]
async fn read(State(api): State<Arc<Api>>, caller: Caller, Path(id): Path<String>) -> Outcome {
    features::shows(&api, features::READ, "/skills")?;
    caller.needs(ADMINS)?;
    let name = named(&api, &id).ok_or_else(|| Problem::not_found(&format!("Skill '{id}'")))?;
    Ok(SkillAnswer::of(skill_definition(&api.links, &name)))
}

/// The name of a skill by its id.
pub fn named(api: &Api, id: &str) -> Option<String> {
    names(api).into_iter().find(|name| skill_id(name) == id)
}

fn names(api: &Api) -> BTreeSet<String> {
    let users = api.desk.directory().all();
    let had = users.iter().flat_map(|user| user.skills.keys().cloned());
    let asked = api.desk.queues().into_iter().flat_map(|queue| queue.skills.into_keys());
    had.chain(asked).collect()
}

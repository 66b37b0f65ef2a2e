//! `/groups/{id}`.

use super::tree::{commit, find, may_write};
use crate::{
    auth::Caller,
    body::Posted,
    state::Api,
    v2::{
        feature,
        params::{Denied, Embedding, Refused},
    },
};
use axum::extract::{Path, State};
use domain::{Refusal, disposition_tree::DispositionTreeEvent};
use gws::{Answer, DispositionNameRequest, GroupAnswer, Outcome, Query, disposition_group, unit_resource};
use std::sync::Arc;

/// One group: the business unit, or a group or folder of disposition codes.
#[utoipa::path(
    get, path = "/groups/{id}", tag = "groups",
    params(("id" = String, Path, description = "The group's id"), Embedding),
    responses((status = 200, description = "The `group`", body = gws::GroupAnswer), Denied)
)]
pub async fn read(State(api): State<Arc<Api>>, _: Caller, Path(id): Path<String>, query: Query) -> Outcome {
    feature::shows(&api, feature::READ, "/groups")?;
    if let Some(centre) = api.desk.centre().filter(|centre| centre.id == id) {
        return Ok(GroupAnswer::of(unit_resource(&api.links, &centre)));
    }
    let book = api.desk.book().await?;
    let group = find(&book, &id)?;
    Ok(GroupAnswer::of(disposition_group(&api.links, &book, group, &query.subresources())))
}

/// Writes a group, which has nothing that can be changed: its `name` is its identity. Writing the same again is
/// accepted.
#[utoipa::path(
    put, path = "/groups/{id}", tag = "groups", request_body = DispositionNameRequest,
    params(("id" = String, Path, description = "The group's id")),
    responses((status = 200, description = "It was done", body = gws::Done), Refused)
)]
pub async fn change(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(id): Path<String>,
    Posted(body): Posted,
) -> Outcome {
    may_write(&api, &caller)?;
    let book = api.desk.book().await?;
    let group = find(&book, &id)?;
    let DispositionNameRequest { name } = body.read()?;
    match name {
        Some(name) if name != group.name => Err(Refusal::ReadOnly("name").into()),
        _ => Ok(Answer::done()),
    }
}

/// Takes a group of codes away with all that is in it. Dispositions already set stay what they are.
#[utoipa::path(
    delete, path = "/groups/{id}", tag = "groups",
    params(("id" = String, Path, description = "The group's id")),
    responses((status = 200, description = "It was done", body = gws::Done), Refused)
)]
pub async fn remove(State(api): State<Arc<Api>>, caller: Caller, Path(id): Path<String>) -> Outcome {
    may_write(&api, &caller)?;
    commit(&api, DispositionTreeEvent::GroupRemoved { id }).await
}

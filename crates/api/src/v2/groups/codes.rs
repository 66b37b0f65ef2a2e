//! `/groups/{id}/dispositions`: the codes of a group.

use super::tree::{commit, find, may_write};
use crate::{
    auth::Caller,
    body::Posted,
    state::Api,
    v2::{
        feature,
        params::{Denied, Listing, Refused},
    },
};
use axum::extract::{Path, State};
use domain::disposition_tree::{Code, DispositionTreeEvent};
use gws::{
    Answer, CreatedAnswer, DispositionCodeRequest, DispositionsAnswer, Outcome, Problem, Query, code_resource,
};
use http::StatusCode;
use std::sync::Arc;

/// The codes that lie directly in a group.
#[utoipa::path(
    get, path = "/groups/{id}/dispositions", tag = "groups",
    params(("id" = String, Path, description = "The group's id"), Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `dispositions`", body = gws::DispositionsAnswer), Denied)
)]
pub async fn list(State(api): State<Arc<Api>>, _: Caller, Path(id): Path<String>, query: Query) -> Outcome {
    feature::shows(&api, feature::READ, "/groups")?;
    let book = api.desk.book().await?;
    let group = find(&book, &id)?;
    let codes = group.codes.iter().map(|code| code_resource(&api.links, group, code));
    DispositionsAnswer::of(&query, &[], codes)
}

/// Adds a code: `name`, which never changes and is what a disposition sends, and `displayName` where it differs.
#[utoipa::path(
    post, path = "/groups/{id}/dispositions", tag = "groups", request_body = DispositionCodeRequest,
    params(("id" = String, Path, description = "The group's id")),
    responses((status = 201, description = "The `id`, `uri` and `path` of the new code", body = gws::CreatedAnswer), Refused)
)]
pub async fn add(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(id): Path<String>,
    Posted(body): Posted,
) -> Result<(StatusCode, Answer), Problem> {
    may_write(&api, &caller)?;
    let (name, display) = body.read::<DispositionCodeRequest>()?.named();
    let code = Code { id: api.desk.ids().guid(), name, display };
    let resource = code_resource(&api.links, find(&api.desk.book().await?, &id)?, &code);
    commit(&api, DispositionTreeEvent::CodeAdded { group: id, code }).await?;
    Ok((StatusCode::CREATED, CreatedAnswer::of(resource.id, resource.uri, resource.path)))
}

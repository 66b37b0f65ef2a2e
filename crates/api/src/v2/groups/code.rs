//! `/groups/{id}/dispositions/{codeId}`: one code.

use super::tree::{commit, find, may_write};
use crate::{
    auth::Caller,
    body::Posted,
    state::Api,
    v2::{
        feature,
        params::{Denied, Refused},
    },
};
use axum::extract::{Path, State};
use domain::{
    Refusal,
    disposition_tree::{Code, DispositionGroup, DispositionTree, DispositionTreeEvent},
};
use gws::{
    DispositionAnswer, DispositionCodeChangeRequest, DispositionNameRequest, Outcome, Problem, code_resource,
};
use std::sync::Arc;

/// One code of a group.
#[utoipa::path(
    get, path = "/groups/{id}/dispositions/{codeId}", tag = "groups",
    params(
        ("id" = String, Path, description = "The group's id"),
        ("codeId" = String, Path, description = "The code's id"),
    ),
    responses((status = 200, description = "The `disposition`", body = gws::DispositionAnswer), Denied)
)]
pub async fn read(
    State(api): State<Arc<Api>>,
    _: Caller,
    Path((id, code)): Path<(String, String)>,
) -> Outcome {
    feature::shows(&api, feature::READ, "/groups")?;
    let book = api.desk.book().await?;
    let (group, code) = find_code(&book, &id, &code)?;
    Ok(DispositionAnswer::of(code_resource(&api.links, group, code)))
}

/// Changes what people read: `displayName`. The `name` stays.
#[utoipa::path(
    put, path = "/groups/{id}/dispositions/{codeId}", tag = "groups", request_body = DispositionCodeChangeRequest,
    params(
        ("id" = String, Path, description = "The group's id"),
        ("codeId" = String, Path, description = "The code's id"),
    ),
    responses((status = 200, description = "It was done", body = gws::Done), Refused)
)]
pub async fn rename(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((id, code)): Path<(String, String)>,
    Posted(body): Posted,
) -> Outcome {
    may_write(&api, &caller)?;
    let book = api.desk.book().await?;
    let (_, code) = find_code(&book, &id, &code)?;
    // What cannot be changed is told before what is missing.
    let DispositionNameRequest { name } = body.read()?;
    if name.is_some_and(|name| name != code.name) {
        return Err(Refusal::ReadOnly("name").into());
    }
    let DispositionCodeChangeRequest { display_name: display, .. } = body.read()?;
    commit(&api, DispositionTreeEvent::CodeRenamed { id: code.id.clone(), display }).await
}

/// Takes a code away. Dispositions already set stay what they are.
#[utoipa::path(
    delete, path = "/groups/{id}/dispositions/{codeId}", tag = "groups",
    params(
        ("id" = String, Path, description = "The group's id"),
        ("codeId" = String, Path, description = "The code's id"),
    ),
    responses((status = 200, description = "It was done", body = gws::Done), Refused)
)]
pub async fn remove(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((id, code)): Path<(String, String)>,
) -> Outcome {
    may_write(&api, &caller)?;
    let book = api.desk.book().await?;
    let (_, code) = find_code(&book, &id, &code)?;
    commit(&api, DispositionTreeEvent::CodeRemoved { id: code.id.clone() }).await
}

fn find_code<'b>(
    book: &'b DispositionTree,
    group: &str,
    id: &str,
) -> Result<(&'b DispositionGroup, &'b Code), Problem> {
    let group = find(book, group)?;
    let code = group.codes.iter().find(|code| code.id == id);
    Ok((group, code.ok_or_else(|| Problem::not_found(&format!("Disposition '{id}'")))?))
}

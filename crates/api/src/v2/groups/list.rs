//! `GET` and `POST /groups`, `GET /me/groups`.

use super::tree::{commit, may_write};
use crate::{
    auth::Caller,
    body::Posted,
    state::Api,
    v2::{
        feature,
        params::{Denied, Listing, Refused},
    },
};
use axum::extract::State;
use domain::disposition_tree::{DispositionGroup, DispositionTreeEvent};
use gws::{
    Answer, CreatedAnswer, DispositionGroupRequest, GroupResource, GroupsAnswer, Outcome, Problem, Query,
    disposition_group, unit_resource,
};
use http::StatusCode;
use std::sync::Arc;

/// The sub-resources of a group.
const EMBEDDED: [&str; 2] = ["dispositions", "groups"];

/// Business units and root groups of disposition codes, which `type` tells apart. `subresources=*` embeds the
/// codes and folders of each, `**` the whole tree. There are no agent groups.
#[utoipa::path(
    get, path = "/groups", tag = "groups",
    params(("type" = Option<String>, Query, description = "`BusinessUnit` or `dispositions`"), Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `groups`", body = gws::GroupsAnswer), Denied)
)]
pub async fn list(State(api): State<Arc<Api>>, _: Caller, query: Query) -> Outcome {
    feature::shows(&api, feature::READ, "/groups")?;
    let mut groups = units(&api);
    let book = api.desk.book().await?;
    let wanted = query.subresources();
    groups.extend(book.children(None).map(|group| disposition_group(&api.links, &book, group, &wanted)));
    GroupsAnswer::of(&query, &EMBEDDED, groups)
}

/// The groups the caller belongs to: the centre as the one business unit.
#[utoipa::path(
    get, path = "/me/groups", tag = "me",
    params(("type" = Option<String>, Query, description = "`BusinessUnit`"), Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `groups`", body = gws::GroupsAnswer), Denied)
)]
pub async fn list_own(State(api): State<Arc<Api>>, _: Caller, query: Query) -> Outcome {
    GroupsAnswer::of(&query, &EMBEDDED, units(&api))
}

/// Adds a group of codes with a `name`, or with `parentUri`, the address or path of a group, a folder in it.
#[utoipa::path(
    post, path = "/groups", tag = "groups", request_body = DispositionGroupRequest,
    responses((status = 201, description = "The `id`, `uri` and `path` of the new group", body = gws::CreatedAnswer), Refused)
)]
pub async fn add(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Posted(body): Posted,
) -> Result<(StatusCode, Answer), Problem> {
    may_write(&api, &caller)?;
    let (name, parent) = body.read::<DispositionGroupRequest>()?.named();
    let id = api.desk.ids().guid();
    let group = DispositionGroup { id: id.clone(), name, parent, codes: Vec::new() };
    commit(&api, DispositionTreeEvent::GroupAdded(group)).await?;
    let path = format!("/groups/{id}");
    Ok((StatusCode::CREATED, CreatedAnswer::of(id, api.links.uri(&path), path)))
}

fn units(api: &Api) -> Vec<GroupResource> {
    api.desk.centre().iter().map(|centre| unit_resource(&api.links, centre)).collect()
}

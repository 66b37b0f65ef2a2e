//! `/groups`: the business unit, groups of agents, and the tree of disposition codes (spec: admin-and-reporting#2.8, #6.3).

use crate::{
    auth::{ADMINS, Caller},
    body::Posted,
    state::Api,
    v2::{
        features,
        openapi::{Denied, Embedding, Listing, Refused},
    },
};
use axum::extract::{Path, State};
use domain::{
    Command, Refusal,
    centre::AgentGroup,
    command::Provision,
    disposition_tree::{Code, DispositionGroup, DispositionTree, DispositionTreeEvent},
    user::User,
};
use gws::{
    Answer, CreatedAnswer, DispositionAnswer, DispositionCodeChangeRequest, DispositionCodeRequest,
    DispositionGroupRequest, DispositionNameRequest, DispositionsAnswer, GroupAnswer, GroupResource,
    GroupsAnswer, Outcome, Problem, Query, Wanted, agent_group, agent_group_id, code_resource,
    disposition_group, unit_resource, user_resource,
};
use http::StatusCode;
use serde_json::json;
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The sub-resources of a group.
const EMBEDDED: [&str; 3] = ["dispositions", "groups", "users"];

/// The addresses below `/groups`, and `/me/groups`.
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(list_own))
        .routes(routes!(read, change, remove))
        .routes(routes!(list_codes, add_code))
        .routes(routes!(read_code, rename_code, remove_code))
}

/// Groups of every `type`.
///
/// Business units, root groups of disposition codes, and the groups of agents that the caller leads, or as an administrator
/// all. `subresources=*` embeds the codes and folders or the members of each, `**` the whole tree.
#[utoipa::path(
    get, path = "/groups", tag = "groups",
    params(("type" = Option<String>, Query, description = "`BusinessUnit`, `AgentGroup` or `dispositions`"), Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `groups`", body = gws::GroupsAnswer), Denied)
)]
async fn list(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    features::shows(&api, features::READ, "/groups")?;
    let wanted = query.subresources();
    let mut groups = units(&api);
    let led = agent_groups(&api, &caller.user);
    groups.extend(led.iter().map(|group| with_members(&api, group, &wanted)));
    let book = api.desk.book().await?;
    groups.extend(book.children(None).map(|group| disposition_group(&api.links, &book, group, &wanted)));
    GroupsAnswer::of(&query, &EMBEDDED, groups)
}

/// The groups of the caller.
///
/// The centre as the one business unit, and for supervisors the groups of agents that they lead, with their members where
/// `subresources` names `users`.
#[utoipa::path(
    get, path = "/me/groups", tag = "me",
    params(("type" = Option<String>, Query, description = "`BusinessUnit` or `AgentGroup`"), Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `groups`", body = gws::GroupsAnswer), Denied)
)]
async fn list_own(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    GroupsAnswer::of(&query, &EMBEDDED, of_user(&api, &caller.user, &query.subresources()))
}

/// The groups of a user: the business unit, and those that they lead.
pub fn of_user(api: &Api, user: &User, wanted: &Wanted) -> Vec<GroupResource> {
    let centre = api.desk.centre();
    let led = centre.iter().flat_map(|centre| centre.groups_led_by(user));
    units(api).into_iter().chain(led.map(|group| with_members(api, group, wanted))).collect()
}

/// The groups of agents that a user sees: those that they lead, and as an administrator all.
fn agent_groups(api: &Api, user: &User) -> Vec<AgentGroup> {
    let Some(centre) = api.desk.centre() else { return Vec::new() };
    if user.has(ADMINS) { centre.agent_groups.clone() } else { centre.groups_led_by(user).cloned().collect() }
}

/// A group of agents. A member who is named and not there is left out.
fn with_members(api: &Api, group: &AgentGroup, wanted: &Wanted) -> GroupResource {
    let centre = api.desk.centre();
    let id = centre.as_ref().map_or("", |centre| &centre.id);
    let members = || {
        let users = group.members.iter().filter_map(|name| api.desk.directory().named(name));
        users.map(|user| json!(user_resource(&api.links, id, &user))).collect()
    };
    agent_group(&api.links, group, wanted.has("users").then(members))
}

/// Adds a group of codes with a `name`, or with `parentUri`, the address or path of a group, a folder in it.
#[utoipa::path(
    post, path = "/groups", tag = "groups", request_body = DispositionGroupRequest,
    responses((status = 201, description = "The `id`, `uri` and `path` of the new group", body = gws::CreatedAnswer), Refused)
)]
async fn add(
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

/// One group: the business unit, a group of agents that the caller leads, or a group or folder of disposition codes.
#[utoipa::path(
    get, path = "/groups/{id}", tag = "groups",
    params(("id" = String, Path, description = "The group's id"), Embedding),
    responses((status = 200, description = "The `group`", body = gws::GroupAnswer), Denied)
)]
pub async fn read(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Outcome {
    features::shows(&api, features::READ, "/groups")?;
    if let Some(centre) = api.desk.centre().filter(|centre| centre.id == id) {
        return Ok(GroupAnswer::of(unit_resource(&api.links, &centre)));
    }
    let led = agent_groups(&api, &caller.user).into_iter().find(|group| agent_group_id(group) == id);
    if let Some(group) = led {
        return Ok(GroupAnswer::of(with_members(&api, &group, &query.subresources())));
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
async fn change(
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
async fn remove(State(api): State<Arc<Api>>, caller: Caller, Path(id): Path<String>) -> Outcome {
    may_write(&api, &caller)?;
    commit(&api, DispositionTreeEvent::GroupRemoved { id }).await
}

/// The codes that lie directly in a group.
#[utoipa::path(
    get, path = "/groups/{id}/dispositions", tag = "groups",
    params(("id" = String, Path, description = "The group's id"), Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `dispositions`", body = gws::DispositionsAnswer), Denied)
)]
pub async fn list_codes(
    State(api): State<Arc<Api>>,
    _: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Outcome {
    features::shows(&api, features::READ, "/groups")?;
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
async fn add_code(
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

/// One code of a group.
#[utoipa::path(
    get, path = "/groups/{id}/dispositions/{codeId}", tag = "groups",
    params(
        ("id" = String, Path, description = "The group's id"),
        ("codeId" = String, Path, description = "The code's id"),
    ),
    responses((status = 200, description = "The `disposition`", body = gws::DispositionAnswer), Denied)
)]
pub async fn read_code(
    State(api): State<Arc<Api>>,
    _: Caller,
    Path((id, code)): Path<(String, String)>,
) -> Outcome {
    features::shows(&api, features::READ, "/groups")?;
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
async fn rename_code(
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
async fn remove_code(
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

/// A group of codes by its id.
fn find<'b>(book: &'b DispositionTree, id: &str) -> Result<&'b DispositionGroup, Problem> {
    book.group(id).ok_or_else(|| Problem::not_found(&format!("Group '{id}'")))
}

/// Refuses a centre that cannot be changed by the API, and a caller who may not.
pub fn may_write(api: &Api, caller: &Caller) -> Result<(), Problem> {
    features::allows(api, features::WRITE)?;
    Ok(caller.needs(ADMINS)?)
}

/// Commits a change of the tree of codes.
pub async fn commit(api: &Api, change: DispositionTreeEvent) -> Outcome {
    api.desk.perform(Command::Provision(Provision::Book(change))).await?;
    Ok(Answer::done())
}

//! `/settings`: how the centre is set up, for clients (spec: core-and-voice#4.7, admin-and-reporting#2.6); and the codes of
//! the default group as a flat list, the only group of settings that can be changed (spec: admin-and-reporting#6.2).

use crate::{
    auth::{ADMINS, Caller},
    body::Posted,
    state::Api,
    v2::{
        features,
        groups::{commit, may_write},
        openapi::{Denied, Listing, Refused},
    },
};
use axum::{
    extract::{Path, State},
    routing::post,
};
use domain::{
    Refusal,
    disposition_tree::{Code, DispositionGroup, DispositionTree, DispositionTreeEvent},
    user::User,
};
use gws::{
    CodesAnswer, DispositionCodeNameRequest, DispositionCodeRenameRequest, DispositionCodeRequest, Links,
    Outcome, Problem, Query, SettingItems, SettingKey, SettingsAnswer, SettingsGroup, SettingsGroupAnswer,
    code_setting, option_settings, settings_group, states_to_choose, workspace_defaults,
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The section that drives agents' desktops.
const WORKSPACE: &str = "interaction-workspace";
/// The name of the default group of codes in a centre that has none yet.
const DEFAULT_GROUP: &str = "DispositionCode";
/// Groups that are not a section of options.
const SYSTEM: [&str; 5] = ["general-settings", "reporting", "agent-states", "voice", "dispositions"];

/// The addresses below `/settings`, and `/me/settings`.
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(list_own))
        .routes(routes!(read_own))
        .routes(routes!(read))
        .route("/settings/{group}", post(write).put(change).delete(remove))
        .routes(routes!(list_codes, add_code, rename_code, remove_code))
}

/// The groups of settings, with the sub-resource `settings`: their items.
#[utoipa::path(
    get, path = "/settings", tag = "settings", params(Listing),
    responses((status = 200, description = "`uris`, or with `fields` the groups as `settings`", body = gws::SettingsAnswer), Denied)
)]
async fn list(State(api): State<Arc<Api>>, _: Caller, query: Query) -> Outcome {
    list_answer(&api, &query, groups(&api, None).await?, "/settings")
}

/// The same as they stand for the caller.
#[utoipa::path(
    get, path = "/me/settings", tag = "me", params(Listing),
    responses((status = 200, description = "`uris`, or with `fields` the groups as `settings`", body = gws::SettingsAnswer), Denied)
)]
async fn list_own(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    list_answer(&api, &query, groups(&api, Some(&caller.user)).await?, "/me/settings")
}

fn list_answer(api: &Api, query: &Query, groups: Vec<Group>, collection: &str) -> Outcome {
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

/// The items of a group, and the attribute that tells them apart as `key`.
#[utoipa::path(
    get, path = "/settings/{group}", tag = "settings",
    params(("group" = String, Path, description = "The group's name")),
    responses((status = 200, description = "`settings` and `key`", body = gws::SettingsGroupAnswer), Denied)
)]
async fn read(State(api): State<Arc<Api>>, _: Caller, Path(name): Path<String>) -> Outcome {
    group_answer(&api, None, &name).await
}

/// The same as they stand for the caller: their own options win over the centre's.
#[utoipa::path(
    get, path = "/me/settings/{group}", tag = "me",
    params(("group" = String, Path, description = "The group's name")),
    responses((status = 200, description = "`settings` and `key`", body = gws::SettingsGroupAnswer), Denied)
)]
async fn read_own(State(api): State<Arc<Api>>, caller: Caller, Path(name): Path<String>) -> Outcome {
    group_answer(&api, Some(&caller.user), &name).await
}

/// Refused: a group that comes from the configuration is read-only. What is never done is not in the API document.
async fn write(State(api): State<Arc<Api>>, caller: Caller, Path(name): Path<String>) -> Outcome {
    refuse(&api, &caller, &name).await
}

/// Refused: a group that comes from the configuration is read-only. What is never done is not in the API document.
async fn change(State(api): State<Arc<Api>>, caller: Caller, Path(name): Path<String>) -> Outcome {
    refuse(&api, &caller, &name).await
}

/// Refused: a group that comes from the configuration is read-only. What is never done is not in the API document.
async fn remove(State(api): State<Arc<Api>>, caller: Caller, Path(name): Path<String>) -> Outcome {
    refuse(&api, &caller, &name).await
}

async fn group_answer(api: &Api, user: Option<&User>, name: &str) -> Outcome {
    let group = find(api, user, name).await?;
    Ok(SettingsGroupAnswer::of(group.items, group.key))
}

async fn refuse(api: &Api, caller: &Caller, name: &str) -> Outcome {
    features::allows(api, features::WRITE)?;
    caller.needs(ADMINS)?;
    find(api, None, name).await?;
    Err(Refusal::ReadOnly("settings").into())
}

async fn find(api: &Api, user: Option<&User>, name: &str) -> Result<Group, Problem> {
    let found = groups(api, user).await?.into_iter().find(|group| group.name == name);
    found.ok_or_else(|| Problem::not_found(&format!("Settings group '{name}'")))
}

/// The codes of the default group. `name` is what a disposition sends.
#[utoipa::path(
    get, path = "/settings/dispositions", tag = "settings",
    responses((status = 200, description = "`settings` of `name` and `displayName`, and the `key` name", body = gws::CodesAnswer), Denied)
)]
async fn list_codes(State(api): State<Arc<Api>>, _: Caller) -> Outcome {
    let book = api.desk.book().await?;
    let codes = book.default_group().into_iter().flat_map(|group| &group.codes).map(code_setting);
    Ok(CodesAnswer::of(codes.collect(), SettingKey::Name))
}

/// Adds a code: `name`, and `displayName` where it differs. Makes the default group if there is none.
#[utoipa::path(
    post, path = "/settings/dispositions", tag = "settings", request_body = DispositionCodeRequest,
    responses((status = 200, description = "It was done", body = gws::Done), Refused)
)]
async fn add_code(State(api): State<Arc<Api>>, caller: Caller, Posted(body): Posted) -> Outcome {
    may_write(&api, &caller)?;
    let (name, display) = body.read::<DispositionCodeRequest>()?.named();
    let code = Code { id: api.desk.ids().guid(), name, display };
    let change = match api.desk.book().await?.default_group() {
        Some(group) => DispositionTreeEvent::CodeAdded { group: group.id.clone(), code },
        None => DispositionTreeEvent::GroupAdded(DispositionGroup {
            id: api.desk.ids().guid(),
            name: DEFAULT_GROUP.to_owned(),
            parent: None,
            codes: vec![code],
        }),
    };
    commit(&api, change).await
}

/// Changes what people read for a code: `name` names the code, `displayName` is the new text.
#[utoipa::path(
    put, path = "/settings/dispositions", tag = "settings", request_body = DispositionCodeRenameRequest,
    responses((status = 200, description = "It was done", body = gws::Done), Refused)
)]
async fn rename_code(State(api): State<Arc<Api>>, caller: Caller, Posted(body): Posted) -> Outcome {
    may_write(&api, &caller)?;
    // A code that is not there is told before what is missing.
    let DispositionCodeNameRequest { name } = body.read()?;
    let id = find_code(&api.desk.book().await?, &name)?;
    let DispositionCodeRenameRequest { display_name: display, .. } = body.read()?;
    commit(&api, DispositionTreeEvent::CodeRenamed { id, display }).await
}

/// Takes away the code that the body's `name` names.
#[utoipa::path(
    delete, path = "/settings/dispositions", tag = "settings", request_body = DispositionCodeNameRequest,
    responses((status = 200, description = "It was done", body = gws::Done), Refused)
)]
async fn remove_code(State(api): State<Arc<Api>>, caller: Caller, Posted(body): Posted) -> Outcome {
    may_write(&api, &caller)?;
    let DispositionCodeNameRequest { name } = body.read()?;
    let id = find_code(&api.desk.book().await?, &name)?;
    commit(&api, DispositionTreeEvent::CodeRemoved { id }).await
}

/// The id of a code of the default group by its name.
fn find_code(book: &DispositionTree, name: &str) -> Result<String, Refusal> {
    let mut codes = book.default_group().into_iter().flat_map(|group| &group.codes);
    let code = codes.find(|code| code.name == name);
    code.map(|code| code.id.clone()).ok_or_else(|| Refusal::NotFound(format!("Disposition '{name}'")))
}

/// A group of settings.
struct Group {
    /// Its name.
    name: String,
    /// The attribute that tells its items apart.
    key: SettingKey,
    /// The items: a list, but an object for the general ones.
    items: SettingItems,
}

impl Group {
    /// Whether it is a section of options.
    fn is_options(&self) -> bool {
        !SYSTEM.contains(&self.name.as_str())
    }
}

/// The groups, system groups first. With a user, that user's own options win over the centre's.
async fn groups(api: &Api, user: Option<&User>) -> Result<Vec<Group>, Problem> {
    let centre = api.desk.centre().ok_or_else(|| Problem::not_found("The contact center"))?;
    let book = api.desk.book().await?;
    let mut sections = overlaid(api, user, &book);
    let options = |options: &BTreeMap<String, Value>| SettingItems::Options(option_settings(options));
    let group = |name: &str, key, items| Group { name: name.to_owned(), key, items };
    let general = sections.remove("general-settings").unwrap_or_default();
    let mut reporting = sections.remove("reporting").unwrap_or_default();
    reporting.entry("defaultServiceLevelInterval".to_owned()).or_insert_with(|| json!(20));
    let states = states_to_choose(centre.agent_states.iter().map(|state| &**state));
    let codes = book.default_group().into_iter().flat_map(|group| &group.codes).map(code_setting).collect();
    let mut groups = vec![
        group("general-settings", SettingKey::Name, SettingItems::General(general_settings(general))),
        group("reporting", SettingKey::Name, options(&reporting)),
        group("agent-states", SettingKey::Id, SettingItems::States(states)),
        group("dispositions", SettingKey::Name, SettingItems::Codes(codes)),
    ];
    if features::has(api, features::VOICE) {
        groups.push(group("voice", SettingKey::OperationName, SettingItems::Options(Vec::new())));
    }
    let own = sections.into_iter().filter(|(name, _)| !SYSTEM.contains(&name.as_str()));
    groups.extend(own.map(|(name, set)| group(&name, SettingKey::Name, options(&set))));
    Ok(groups)
}

/// Options by section (spec: client-requirements#12).
pub async fn sections(
    api: &Api,
    user: Option<&User>,
) -> Result<BTreeMap<String, BTreeMap<String, Value>>, Problem> {
    let book = api.desk.book().await?;
    Ok(overlaid(api, user, &book))
}

fn overlaid(
    api: &Api,
    user: Option<&User>,
    book: &DispositionTree,
) -> BTreeMap<String, BTreeMap<String, Value>> {
    let centre = api.desk.centre();
    let shared = centre.iter().flat_map(|centre| &centre.settings);
    let own = user.into_iter().flat_map(|user| &user.settings);
    let mut sections: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    for (section, options) in shared.chain(own) {
        let into = sections.entry(section.clone()).or_default();
        into.extend(options.iter().map(|(option, value)| (option.clone(), value.clone())));
    }
    let rule = centre.map(|centre| centre.disposition.clone()).unwrap_or_default();
    let default = book.default_group().map_or(DEFAULT_GROUP, |group| &group.name);
    let set = sections.remove(WORKSPACE).unwrap_or_default();
    let is_mandatory = rule.is_mandatory(&api.desk.queues());
    sections.insert(WORKSPACE.to_owned(), workspace_defaults(&rule, is_mandatory, default, set));
    sections
}

/// The general settings, with a country: empty where the centre has none.
fn general_settings(mut set: BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    for name in ["countryCode", "countryDigits", "countryName"] {
        set.entry(name.to_owned()).or_insert_with(|| "".into());
    }
    set
}

//! `/users`: the people of the centre (spec: admin-and-reporting#2.1), with the sub-resources that were asked for
//! (spec: core-and-voice#4.1), their skills and levels (spec: admin-and-reporting#2.2), and their devices
//! (spec: core-and-voice#4.2).

use crate::{
    auth::{ANYONE, Caller},
    state::Api,
    v2::{
        calls, devices, features, groups,
        openapi::{Denied, Embedding, Listing},
        sessions, settings,
    },
};
use axum::extract::{Path, State};
use desk::session_of;
use domain::{
    UserId,
    medium::{Medium, UNSERVED},
    user::User,
};
use gws::{
    CallBrief, ChannelResource, DevicesAnswer, Outcome, Problem, Query, Skill, SkillAnswer, SkillsAnswer,
    UserAnswer, UserResource, UsersAnswer, Wanted, assigned_features, call_in_brief, channel_resources,
    device_resource, provisioned_device, session_in_brief, user_resource, user_skill,
};
use serde_json::{Value, json};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Names that `subresources` may hold, the media's own excepted.
const EMBEDDED: [&str; 8] =
    ["devices", "skills", "groups", "features", "channels", "channelStates", "calls", "interactions"];

/// The addresses below `/users`.
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(read))
        .routes(routes!(list_skills))
        .routes(routes!(read_skill))
        .routes(routes!(list_devices))
}

/// Every user, by user name. Any attribute filters, `skills.name=Sales` for instance, as far as the caller sees
/// it: skills, devices and channels of others are for supervisors and administrators.
#[utoipa::path(
    get, path = "/users", tag = "users", params(Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `users`", body = gws::UsersAnswer), Denied)
)]
async fn list(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    features::shows(&api, features::READ, "/users")?;
    caller.needs(ANYONE)?;
    let wanted = with_filters(&query);
    let mut users = Vec::new();
    for user in api.desk.directory().all() {
        users.push(
            resource(&api, &caller, &user, if caller.sees(&api, &user) { &wanted } else { &Wanted::None })
                .await?,
        );
    }
    UsersAnswer::of(&query, &embedded(&api), users)
}

/// The sub-resources to embed: those asked for, and those that a filter looks into; `collection` cuts the latter again.
fn with_filters(query: &Query) -> Wanted {
    match query.subresources() {
        Wanted::None => Wanted::Named(filters()),
        Wanted::Named(names) => Wanted::Named(names.into_iter().chain(filters()).collect()),
        all => all,
    }
}

fn filters() -> Vec<String> {
    ["skills", "devices"].map(str::to_owned).into()
}

/// One user. Sub-resources are embedded for the user themselves, for supervisors and for administrators.
#[utoipa::path(
    get, path = "/users/{id}", tag = "users",
    params(("id" = String, Path, description = "The user's id"), Embedding),
    responses((status = 200, description = "The `user`", body = gws::UserAnswer), Denied)
)]
pub async fn read(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Outcome {
    features::shows(&api, features::READ, "/users")?;
    let user = find(&api, &id)?;
    if caller.user.id != user.id {
        caller.needs(ANYONE)?;
    }
    Ok(UserAnswer::of(resource(&api, &caller, &user, &query.subresources()).await?))
}

/// The skills of a user. `level` is a text.
#[utoipa::path(
    get, path = "/users/{id}/skills", tag = "users",
    params(("id" = String, Path, description = "The user's id"), Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `skills`", body = gws::SkillsAnswer), Denied)
)]
pub async fn list_skills(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Outcome {
    features::shows(&api, features::READ, "/users")?;
    let user = find(&api, &id)?;
    caller.needs_to_see(&api, &user)?;
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
pub async fn read_skill(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((id, skill)): Path<(String, String)>,
) -> Outcome {
    features::shows(&api, features::READ, "/users")?;
    let user = find(&api, &id)?;
    caller.needs_to_see(&api, &user)?;
    let found = skills(&api, &user).into_iter().find(|found| found.id == skill);
    Ok(SkillAnswer::of(found.ok_or_else(|| Problem::not_found(&format!("Skill '{skill}'")))?))
}

/// The devices of a user, for themselves and for those who look after others.
#[utoipa::path(
    get, path = "/users/{id}/devices", tag = "users",
    params(("id" = String, Path, description = "The user's id"), Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `devices`", body = gws::DevicesAnswer), Denied)
)]
pub async fn list_devices(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Outcome {
    features::shows(&api, features::READ, "/users")?;
    let user = find(&api, &id)?;
    caller.needs_to_see(&api, &user)?;
    DevicesAnswer::of(&query, &[], devices::of_user(&api, &user, provisioned_device).await?)
}

/// The names under which [`resource`] embeds something.
fn embedded(api: &Api) -> Vec<&str> {
    let media = api.desk.media().rows().iter().flat_map(plurals);
    let unserved = UNSERVED.iter().map(|medium| medium.plural);
    EMBEDDED.into_iter().chain(["settings"]).chain(media).chain(unserved).collect()
}

/// The names under which the conversations of a medium are embedded, canonical first.
fn plurals(medium: &Medium) -> impl Iterator<Item = &'static str> {
    std::iter::once(medium.plural).chain(medium.plural_aliases.iter().copied())
}

/// The user. Sub-resources are for the user and for those who look after others, who see of conversations and
/// calls only that they are there (spec: digital-channels#2.8, #3); settings are only for the user.
pub async fn resource(
    api: &Api,
    caller: &Caller,
    user: &User,
    wanted: &Wanted,
) -> Result<UserResource, Problem> {
    let centre = api.desk.centre().ok_or_else(|| Problem::not_found("The contact center"))?;
    let mut out = user_resource(&api.links, &centre.id, user);
    if !caller.sees(api, user) {
        return Ok(out);
    }
    let own = caller.user.id == user.id;
    if wanted.has("devices") {
        out.devices = Some(devices::of_user(api, user, device_resource).await?);
    }
    if wanted.has("skills") {
        out.skills = Some(skills(api, user));
    }
    if wanted.has("groups") {
        out.groups = Some(groups::of_user(api, user, &Wanted::None));
    }
    if wanted.has("features") {
        out.features = Some(assigned_features(&api.links, &centre));
    }
    if wanted.has("channels") || wanted.has("channelStates") {
        let channels = if own { channels(api, caller).await? } else { channels_of(api, user).await? };
        if wanted.has("channels") {
            out.channels = Some(channels.clone());
        }
        out.channel_states = Some(channels);
    }
    if own {
        embed_own(api, caller, wanted, &mut out).await?;
    } else {
        embed_of_another(api, user, wanted, &mut out).await?;
    }
    Ok(out)
}

/// What an agent works on, reduced to what a supervisor needs.
async fn embed_of_another(
    api: &Api,
    user: &User,
    wanted: &Wanted,
    out: &mut UserResource,
) -> Result<(), Problem> {
    if wanted.has("calls") {
        out.calls = Some(json!(call_briefs(api, user).await?));
    }
    let mut interactions = Vec::new();
    for medium in api.desk.media().rows() {
        if plurals(medium).any(|name| wanted.has(name)) || wanted.has("interactions") {
            let briefs = session_briefs(api, user, medium).await?;
            for name in plurals(medium).filter(|name| wanted.has(name)) {
                out.of_media.insert(name.to_owned(), briefs.clone().into());
            }
            interactions.extend(briefs);
        }
    }
    if wanted.has("interactions") {
        out.interactions = Some(interactions.into());
    }
    Ok(())
}

/// The live calls of an agent in brief.
pub async fn call_briefs(api: &Api, user: &User) -> Result<Vec<CallBrief>, Problem> {
    if !features::has(api, features::VOICE) {
        return Ok(Vec::new());
    }
    let held = api.desk.calls(&api.desk.agent(user).await?).await?;
    let parts = held.iter().filter_map(|held| held.part(&user.id));
    Ok(parts.map(|(call, party)| call_in_brief(call, party)).collect())
}

/// The live conversations of an agent in a medium, in brief.
pub async fn session_briefs(api: &Api, user: &User, medium: &Medium) -> Result<Vec<Value>, Problem> {
    let held = api.desk.held(&api.desk.agent(user).await?, &medium.name).await?;
    let sessions = held.iter().filter_map(|state| session_of(state));
    Ok(sessions.filter_map(|session| Some(json!(session_in_brief(session, &user.id)?))).collect())
}

/// The channels of another user. They have no address to be read at.
pub async fn channels_of(api: &Api, user: &User) -> Result<Vec<ChannelResource>, Problem> {
    let agent = api.desk.agent(user).await?;
    Ok(channel_resources(user, &agent, calls::activity(api, &agent).await?))
}

async fn embed_own(
    api: &Api,
    caller: &Caller,
    wanted: &Wanted,
    out: &mut UserResource,
) -> Result<(), Problem> {
    if wanted.has("calls") {
        let has_voice = features::has(api, features::VOICE);
        out.calls = Some(if has_voice { calls::shown(api, caller).await?.into() } else { json!([]) });
    }
    let mut interactions = Vec::new();
    for medium in api.desk.media().rows() {
        if plurals(medium).any(|name| wanted.has(name)) || wanted.has("interactions") {
            let resources = sessions::resources(api, caller, medium).await?;
            for name in plurals(medium).filter(|name| wanted.has(name)) {
                out.of_media.insert(name.to_owned(), resources.clone().into());
            }
            interactions.extend(resources);
        }
    }
    let unserved = UNSERVED.iter().filter(|medium| wanted.has(medium.plural));
    out.of_media.extend(unserved.map(|medium| (medium.plural.to_owned(), json!([]))));
    if wanted.has("interactions") {
        out.interactions = Some(interactions.into());
    }
    if wanted.has("settings") {
        out.settings = Some(settings::sections(api, Some(&caller.user)).await?);
    }
    Ok(())
}

/// A user by their id.
pub fn find(api: &Api, id: &str) -> Result<Arc<User>, Problem> {
    let user = api.desk.directory().user(&UserId::from(id));
    user.ok_or_else(|| Problem::not_found(&format!("User '{id}'")))
}

/// The skills of a user, by name.
pub fn skills(api: &Api, user: &User) -> Vec<Skill> {
    user.skills.iter().map(|(name, level)| user_skill(&api.links, user, name, *level)).collect()
}

/// The channels of the caller, each with its address.
pub async fn channels(api: &Api, caller: &Caller) -> Result<Vec<ChannelResource>, Problem> {
    let agent = api.desk.agent(&caller.user).await?;
    let channels = channel_resources(&caller.user, &agent, calls::activity(api, &agent).await?);
    Ok(channels.into_iter().map(|channel| channel.addressed(&api.links)).collect())
}

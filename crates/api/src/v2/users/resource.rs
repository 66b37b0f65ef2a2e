//! A user with the sub-resources that were asked for (spec: core-and-voice#4.1).

use crate::{
    auth::Caller,
    state::Api,
    v2::{calls, channels, devices, feature, sessions, settings, sight::sees},
};
use desk::{call_of, session_of};
use domain::{medium::Medium, user::User};
use gws::{
    Problem, Skill, UserResource, Wanted, assigned_features, call_in_brief, channel_resources,
    device_resource, session_in_brief, unit_resource, user_resource, user_skill,
};
use serde_json::{Value, json};

/// Names that `subresources` may hold, the media's own excepted.
const EMBEDDED: [&str; 8] =
    ["devices", "skills", "groups", "features", "channels", "channelStates", "calls", "interactions"];

/// The names under which [`resource`] embeds something.
pub fn embedded(api: &Api) -> Vec<&str> {
    let media = api.desk.media().rows().iter().flat_map(plurals);
    EMBEDDED.into_iter().chain(["settings"]).chain(media).collect()
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
    if !sees(caller, user) {
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
        out.groups = Some(vec![unit_resource(&api.links, &centre)]);
    }
    if wanted.has("features") {
        out.features = Some(assigned_features(&api.links, &centre));
    }
    if wanted.has("channels") || wanted.has("channelStates") {
        // The channels of another user have no address: nothing can be done to them there.
        let channels = if own {
            channels::resources(api, caller).await?
        } else {
            let agent = api.desk.agent(user).await?;
            channel_resources(user, &agent, calls::activity(api, &agent).await?)
        };
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
    let agent = api.desk.agent(user).await?;
    if wanted.has("calls") {
        let held = if feature::has(api, feature::VOICE) { api.desk.calls(&agent).await? } else { Vec::new() };
        let parts = held.iter().filter_map(|state| {
            let call = call_of(state)?;
            Some(call_in_brief(call, call.live_party(&user.id)?))
        });
        out.calls = Some(json!(parts.collect::<Vec<_>>()));
    }
    let mut interactions = Vec::new();
    for medium in api.desk.media().rows() {
        if plurals(medium).any(|name| wanted.has(name)) || wanted.has("interactions") {
            let held = api.desk.held(&agent, &medium.name).await?;
            let sessions = held.iter().filter_map(|state| session_of(state));
            let briefs: Vec<Value> =
                sessions.filter_map(|session| Some(json!(session_in_brief(session, &user.id)?))).collect();
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

async fn embed_own(
    api: &Api,
    caller: &Caller,
    wanted: &Wanted,
    out: &mut UserResource,
) -> Result<(), Problem> {
    if wanted.has("calls") {
        let has_voice = feature::has(api, feature::VOICE);
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
    if wanted.has("interactions") {
        out.interactions = Some(interactions.into());
    }
    if wanted.has("settings") {
        out.settings = Some(settings::sections(api, Some(&caller.user)).await?);
    }
    Ok(())
}

/// The skills of a user, by name.
pub fn skills(api: &Api, user: &User) -> Vec<Skill> {
    user.skills.iter().map(|(name, level)| user_skill(&api.links, user, name, *level)).collect()
}

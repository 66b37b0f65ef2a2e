//! A user with the sub-resources that were asked for (core-and-voice §4.1).

use super::sees;
use crate::{
    answer::Problem,
    app::Api,
    auth::Caller,
    query::Wanted,
    v2::{calls, devices, feature, me, sessions, settings},
    wire::{assigned_features, channel_resources, device_resource, unit_resource, user_resource, user_skill},
};
use domain::user::User;
use serde_json::{Value, json};

/// Names that `subresources` may hold, the media's own excepted.
const EMBEDDED: [&str; 8] =
    ["devices", "skills", "groups", "features", "channels", "channelStates", "calls", "interactions"];

/// The names under which [`resource`] embeds something.
pub fn embedded(api: &Api) -> Vec<&str> {
    let media = api.desk.media().rows().iter().map(|medium| medium.plural);
    EMBEDDED.into_iter().chain(["settings"]).chain(media).collect()
}

/// The user. What hangs below him is for himself and for those who look after others; his conversations and
/// settings are his alone.
pub async fn resource(api: &Api, caller: &Caller, user: &User, wanted: &Wanted) -> Result<Value, Problem> {
    let centre = api.desk.centre().ok_or_else(|| Problem::not_found("The contact center"))?;
    let mut out = user_resource(&api.links, &centre.id, user);
    if !sees(caller, user) {
        return Ok(out);
    }
    let own = caller.user.id == user.id;
    let mut add = |name: &str, value: Value| out[name] = value;
    if wanted.has("devices") {
        add("devices", devices::of_user(api, user, device_resource).await?.into());
    }
    if wanted.has("skills") {
        add("skills", skills(api, user).into());
    }
    if wanted.has("groups") {
        add("groups", json!([unit_resource(&api.links, &centre)]));
    }
    if wanted.has("features") {
        add("features", assigned_features(&api.links, &centre).into());
    }
    if wanted.has("channels") || wanted.has("channelStates") {
        // Another one's channels have no address: nothing can be done to them there.
        let channels = if own {
            me::channel_resources(api, caller).await?
        } else {
            channel_resources(&api.desk.agent(user).await?)
        };
        if wanted.has("channels") {
            add("channels", channels.clone().into());
        }
        add("channelStates", channels.into());
    }
    if own {
        embed_own(api, caller, wanted, &mut add).await?;
    }
    Ok(out)
}

async fn embed_own(
    api: &Api,
    caller: &Caller,
    wanted: &Wanted,
    add: &mut impl FnMut(&str, Value),
) -> Result<(), Problem> {
    if wanted.has("calls") {
        let has_voice = feature::has(api, feature::VOICE);
        add("calls", if has_voice { calls::resources(api, caller).await?.into() } else { json!([]) });
    }
    let mut interactions = Vec::new();
    for medium in api.desk.media().rows() {
        if wanted.has(medium.plural) || wanted.has("interactions") {
            let resources = sessions::resources(api, caller, medium).await?;
            if wanted.has(medium.plural) {
                add(medium.plural, resources.clone().into());
            }
            interactions.extend(resources);
        }
    }
    if wanted.has("interactions") {
        add("interactions", interactions.into());
    }
    if wanted.has("settings") {
        let sections = settings::sections(api, Some(&caller.user)).await?;
        add("settings", json!(sections));
    }
    Ok(())
}

/// The skills of a user, by name.
pub fn skills(api: &Api, user: &User) -> Vec<Value> {
    user.skills.iter().map(|(name, level)| user_skill(&api.links, user, name, *level)).collect()
}

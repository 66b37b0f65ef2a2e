//! `/me/channels`: the channels of an agent and their states (spec: core-and-voice#4.3, #4.6).

use super::{devices, state::channel_act};
use crate::{
    asked::asked,
    auth::Caller,
    body::Posted,
    repeat::Repeat,
    state::Api,
    v2::{
        channels::resources,
        params::{Denied, Listing, Refused},
    },
};
use axum::extract::{Path, State};
use domain::{Command, MediumName, medium::VOICE, user::Role};
use gws::{Answer, ChannelAnswer, ChannelRequest, ChannelsAnswer, Outcome, Problem, Query};
use std::sync::Arc;

/// The channels of the contact-centre session.
#[utoipa::path(
    get, path = "/me/channels", tag = "me", params(Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `channels`", body = gws::ChannelsAnswer), Denied)
)]
pub async fn list(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    ChannelsAnswer::of(&query, &[], resources(&api, &caller).await?)
}

/// One channel.
#[utoipa::path(
    get, path = "/me/channels/{channel}", tag = "me",
    params(("channel" = String, Path, description = "The channel's name")),
    responses((status = 200, description = "The `channel`", body = gws::ChannelAnswer), Denied)
)]
pub async fn read(State(api): State<Arc<Api>>, caller: Caller, Path(name): Path<String>) -> Outcome {
    let canonical = channel_name(&api, &name)?;
    let found = resources(&api, &caller).await?;
    let found = found.into_iter().find(|channel| channel.channel == canonical.as_str());
    Ok(ChannelAnswer::of(found.ok_or_else(|| Problem::not_found(&format!("Channel '{name}'")))?))
}

/// Changes the state of one channel: the operation of a state of the centre's list (`Ready`, `NotReady`, …),
/// `DoNotDisturbOn` or `DoNotDisturbOff`. `AfterCallWork` may say in `wrapUpTime` after how many seconds the channel is
/// ready again. The new state is told on `/v2/me/channels`, that of `voice` on `/v2/me/devices`.
#[utoipa::path(
    post, path = "/me/channels/{channel}", tag = "me", request_body = ChannelRequest,
    params(("channel" = String, Path, description = "The channel's name")),
    responses((status = 200, description = "Accepted", body = gws::Done), Refused)
)]
pub async fn operate(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
    repeat: Repeat,
    Posted(body): Posted,
) -> Outcome {
    caller.needs(&[Role::Agent, Role::Supervisor])?;
    let channel = channel_name(&api, &name)?;
    let request: ChannelRequest = asked(&api, &body, "/me/channels/{channel}")?;
    let act = channel_act(Some(channel.clone()), request)?;
    if channel.as_str() == VOICE {
        return devices::set_state(&api, &caller, &repeat, caller.user.device.as_ref(), act).await;
    }
    let command = Command::Agent { agent: caller.user.id.clone(), act };
    Ok(api.perform(&repeat, command, |_| Answer::done()).await?)
}

fn channel_name(api: &Api, name: &str) -> Result<MediumName, Problem> {
    if name == VOICE {
        return Ok(VOICE.into());
    }
    let medium = api.desk.media().channel(name);
    medium.map(|medium| medium.name.clone()).ok_or_else(|| Problem::not_found(&format!("Channel '{name}'")))
}

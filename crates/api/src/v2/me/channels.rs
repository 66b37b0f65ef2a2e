//! `/me/channels`: the channels of an agent and their states (core-and-voice §4.3, §4.6).

use crate::{
    answer::{Answer, Outcome, Problem},
    app::Api,
    auth::Caller,
    body::Body,
    query::Query,
    wire::channel_resources,
};
use axum::extract::{Path, State};
use domain::{Command, MediumName, Refusal, command::AgentAct, medium::VOICE, user::Role};
use serde_json::Value;
use std::sync::Arc;

/// The channels of the contact-centre session.
#[utoipa::path(get, path = "/me/channels", tag = "me", responses((status = 200, description = "the channels")))]
pub async fn list(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    query.collection("channels", &[], resources(&api, &caller).await?)
}

/// One channel.
#[utoipa::path(get, path = "/me/channels/{channel}", tag = "me", responses((status = 200, description = "the channel")))]
pub async fn read(State(api): State<Arc<Api>>, caller: Caller, Path(name): Path<String>) -> Outcome {
    let canonical = channel_name(&api, &name)?;
    let found = resources(&api, &caller).await?;
    let found = found.into_iter().find(|channel| channel["channel"] == canonical.as_str());
    Ok(Answer::with("channel", found.ok_or_else(|| Problem::not_found(&format!("Channel '{name}'")))?))
}

/// Changes the state of one channel.
#[utoipa::path(post, path = "/me/channels/{channel}", tag = "me", responses((status = 200, description = "accepted")))]
pub async fn operate(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
    body: Body,
) -> Outcome {
    caller.needs(&[Role::Agent, Role::Supervisor])?;
    let channel = channel_name(&api, &name)?;
    let act = state_act(&api, Some(channel.clone()), body.operation()?, "/me/channels/{channel}")?;
    if channel.as_str() == VOICE {
        let why = match &caller.user.device {
            Some(device) => format!("Device '{}' is not registered.", device.phone_number),
            None => "The user has no device.".to_owned(),
        };
        return Err(Problem::new(http::StatusCode::INTERNAL_SERVER_ERROR, 4, why));
    }
    api.desk.perform(Command::Agent { agent: caller.user.id.clone(), act }).await?;
    Ok(Answer::done())
}

/// The channel resources, each with its address.
pub async fn resources(api: &Api, caller: &Caller) -> Result<Vec<Value>, Problem> {
    let agent = api.desk.agent(&caller.user).await?;
    let mut channels = channel_resources(&agent);
    for channel in &mut channels {
        let path = format!("/me/channels/{}", channel["channel"].as_str().unwrap_or_default());
        channel["uri"] = api.links.uri(&path).into();
        channel["path"] = path.into();
    }
    Ok(channels)
}

fn channel_name(api: &Api, name: &str) -> Result<MediumName, Problem> {
    if name == VOICE {
        return Ok(VOICE.into());
    }
    let medium = api.desk.media().channel(name);
    medium.map(|medium| medium.name.clone()).ok_or_else(|| Problem::not_found(&format!("Channel '{name}'")))
}

/// What a state operation means: a state of the centre's list, or not to be disturbed.
pub fn state_act(
    api: &Api,
    channel: Option<MediumName>,
    operation: &str,
    place: &str,
) -> Result<AgentAct, Problem> {
    match operation {
        "DoNotDisturbOn" => Ok(AgentAct::DoNotDisturb { channel, on: true }),
        "DoNotDisturbOff" => Ok(AgentAct::DoNotDisturb { channel, on: false }),
        state => {
            let centre = api.desk.centre();
            if centre.is_none_or(|centre| centre.agent_state(state).is_none()) {
                api.unknown.count("POST", place, Some(state));
                return Err(Refusal::UnknownOperation(state.to_owned()).into());
            }
            Ok(AgentAct::SetState { channel, operation: state.to_owned() })
        }
    }
}

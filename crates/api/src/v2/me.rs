//! `/me`: the caller themselves (spec: core-and-voice#4.1), their contact-centre session (spec: core-and-voice#4.4, #1.7),
//! the states of their channels, of all at once or of one (spec: core-and-voice#4.3, #4.6), their skills and features.

use crate::{
    auth::{self, Caller, Ending},
    body::{Posted, asked},
    repeat::Repeat,
    state::Api,
    v2::{
        devices::{self, channel_act, why_not_registered},
        features,
        openapi::{Denied, Embedding, Listing, Refused},
        places::{self, Named, given},
        skills, users,
    },
};
use axum::extract::{Path, State};
use desk::ports::StoreFault;
use domain::{
    Command, MediumName, Refusal,
    command::AgentAct,
    medium::{VOICE, voice},
    user::{Device, Role, User},
};
use gws::{
    Answer, ChannelAnswer, ChannelRequest, ChannelsAnswer, Me, MeAnswer, MeRequest,
    MeStartContactCenterSessionRequest, Outcome, Problem, Query, SessionStartedAnswer, SkillAnswer,
    SkillsAnswer, skill_definition,
};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The most channels one request names.
const MAX_CHANNELS: usize = 32;
const NO_FEATURE: &str = "The contact center does not have its feature.";

/// The addresses below `/me`, conversations, calls and devices excepted.
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(read, operate))
        .routes(routes!(list_channels))
        .routes(routes!(read_channel, operate_channel))
        .routes(routes!(list_skills))
        .routes(routes!(read_skill))
        .routes(routes!(list_features))
}

/// The caller. `subresources` embeds devices, skills, groups, features, settings, channels and conversations;
/// `channelStates` repeats the channels.
#[utoipa::path(
    get, path = "/me", tag = "me", params(Embedding),
    responses((status = 200, description = "The `user`", body = gws::MeAnswer), Denied)
)]
async fn read(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    let user = users::resource(&api, &caller, &caller.user, &query.subresources()).await?;
    Ok(MeAnswer::of(Me(user)))
}

/// Starts (`StartContactCenterSession` with `channels` and perhaps `place` or `devicePath`) or ends (`EndContactCenterSession`) the
/// contact-centre session, or changes the state of every channel of it by a state's operation.
#[utoipa::path(
    post, path = "/me", tag = "me", request_body = MeRequest,
    responses((status = 200, description = "accepted; `statusCode` 7 when only some channels started", body = gws::SessionStartedAnswer), Refused)
)]
async fn operate(
    State(api): State<Arc<Api>>,
    caller: Caller,
    repeat: Repeat,
    Posted(body): Posted,
) -> Outcome {
    body.operation()?;
    let request = asked(&api, &body, "/me");
    // Whoever works on no channel may end their login all the same.
    if !matches!(request, Ok(MeRequest::EndContactCenterSession(_))) {
        caller.needs(&[Role::Agent, Role::Supervisor])?;
    }
    match request? {
        MeRequest::StartContactCenterSession(request) => start(&api, &caller, &repeat, request).await,
        MeRequest::EndContactCenterSession(_) => end(&api, &caller, &repeat).await,
        MeRequest::Channels(request) => all_channels(&api, &caller, &repeat, request).await,
    }
}

async fn all_channels(api: &Api, caller: &Caller, repeat: &Repeat, request: ChannelRequest) -> Outcome {
    let act = channel_act(None, request)?;
    let quiet = if let AgentAct::DoNotDisturb { on, .. } = act { Some(on) } else { None };
    let mut last = Command::Agent { agent: caller.user.id.clone(), act };
    // An operation on all channels holds for the phone, too.
    if let Some(on) = quiet
        && let Some(follows) = devices::follows(api, caller, on).await?
    {
        api.desk.perform(std::mem::replace(&mut last, follows)).await?;
    }
    Ok(api.perform(repeat, last, |_| Answer::done()).await?)
}

/// Starts every channel that can be started. If all fail, the answer is that of the first; if some do, `statusCode` 7
/// with what became of each (spec: client-requirements#11).
async fn start(
    api: &Api,
    caller: &Caller,
    repeat: &Repeat,
    asked: MeStartContactCenterSessionRequest,
) -> Outcome {
    refuse_other_logins(&caller.user, &asked)?;
    let named = Named::of(asked.place.as_ref(), asked.device_path.as_ref(), None);
    let place = places::find(api, &caller.user, named)?;
    let device = match &place {
        Some(place) => place.device.clone(),
        None => places::worked_at(api, &caller.user).await?,
    };
    let names = asked.channels.0;
    if names.is_empty() || names.len() > MAX_CHANNELS {
        return Err(Problem::invalid(format!("'channels' must name 1 to {MAX_CHANNELS} channels")));
    }
    let (mut started, mut channels, mut failed) = (Vec::new(), Vec::new(), Failed::new());
    for name in names {
        match startable(api, device.as_ref(), &name).await? {
            Ok(channel) => {
                channels.push(channel);
                started.push(name);
            }
            Err(refusal) => failed.push((name, refusal.into())),
        }
    }
    match failed.first() {
        Some((_, problem)) if channels.is_empty() => return Err(problem.clone()),
        _ => {}
    }
    let act = AgentAct::LogIn { channels, place };
    let command = Command::Agent { agent: caller.user.id.clone(), act };
    let count = started.len() as u64;
    let answer = move |_| {
        if failed.is_empty() { Answer::done() } else { SessionStartedAnswer::partial(&started, &failed) }
    };
    let answer = api.perform(repeat, command, answer).await?;
    metrics::counter!("jackfield_channels_started_total").increment(count);
    Ok(answer)
}

type Failed = Vec<(String, Problem)>;

/// `loginCode` can only name the user's own, and there is no ACD queue to log in to (`queue`). Anything else is refused,
/// since the session would begin otherwise than the client believes. An empty text counts as left out.
fn refuse_other_logins(user: &User, asked: &MeStartContactCenterSessionRequest) -> Result<(), Problem> {
    if given(asked.login_code.as_ref()).is_some_and(|code| code != user.user_name) {
        return Err(Problem::invalid("'loginCode' is not the employee id of this user"));
    }
    if given(asked.queue.as_ref()).is_some() {
        return Err(Problem::invalid(
            "'queue' is not supported: calls are offered to whoever is ready for them",
        ));
    }
    Ok(())
}

/// The medium a channel name means, if it can be started with this phone.
async fn startable(
    api: &Api,
    device: Option<&Device>,
    name: &str,
) -> Result<Result<MediumName, Refusal>, StoreFault> {
    let why = match api.desk.media().channel(name) {
        _ if name == VOICE => {
            let reached = match device {
                Some(device) => api.desk.device(&device.phone_number).await?.in_service,
                None => false,
            };
            match (reached, features::has(api, features::VOICE)) {
                (true, true) => return Ok(Ok(voice())),
                (true, false) => NO_FEATURE.to_owned(),
                (false, _) => why_not_registered(device),
            }
        }
        None => "There is no such channel here.".to_owned(),
        Some(medium) if api.desk.centre().is_some_and(|centre| centre.has(medium.features)) => {
            return Ok(Ok(medium.name.clone()));
        }
        Some(_) => NO_FEATURE.to_owned(),
    };
    Ok(Err(Refusal::ChannelUnavailable { channel: name.to_owned(), why }))
}

/// Logs the agent out of all channels and ends the web session; a client's last request. Repeating it, or
/// ending what never began, is a quiet success.
async fn end(api: &Api, caller: &Caller, repeat: &Repeat) -> Outcome {
    let command = Command::Agent { agent: caller.user.id.clone(), act: AgentAct::LogOut };
    let answer = api.perform(repeat, command, |_| Answer::done()).await?;
    auth::end(api, &caller.login, Ending::Requested).await;
    Ok(answer)
}

/// The channels of the contact-centre session.
#[utoipa::path(
    get, path = "/me/channels", tag = "me", params(Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `channels`", body = gws::ChannelsAnswer), Denied)
)]
async fn list_channels(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    ChannelsAnswer::of(&query, &[], users::channels(&api, &caller).await?)
}

/// One channel.
#[utoipa::path(
    get, path = "/me/channels/{channel}", tag = "me",
    params(("channel" = String, Path, description = "The channel's name")),
    responses((status = 200, description = "The `channel`", body = gws::ChannelAnswer), Denied)
)]
pub async fn read_channel(State(api): State<Arc<Api>>, caller: Caller, Path(name): Path<String>) -> Outcome {
    let canonical = channel_name(&api, &name)?;
    let found = users::channels(&api, &caller).await?;
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
async fn operate_channel(
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
        let device = places::worked_at(&api, &caller.user).await?;
        return devices::set_state(&api, &caller, &repeat, device.as_ref(), act).await;
    }
    let command = Command::Agent { agent: caller.user.id.clone(), act };
    Ok(api.perform(&repeat, command, |_| Answer::done()).await?)
}

/// The medium of a channel, under whichever of its names.
pub fn channel_name(api: &Api, name: &str) -> Result<MediumName, Problem> {
    if name == VOICE {
        return Ok(VOICE.into());
    }
    let medium = api.desk.media().channel(name);
    medium.map(|medium| medium.name.clone()).ok_or_else(|| Problem::not_found(&format!("Channel '{name}'")))
}

/// The caller's skills. `level` is a text.
#[utoipa::path(
    get, path = "/me/skills", tag = "me", params(Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `skills`", body = gws::SkillsAnswer), Denied)
)]
async fn list_skills(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    SkillsAnswer::of(&query, &[], users::skills(&api, &caller.user))
}

/// One skill; at level `"0"` if it exists and the caller does not have it.
#[utoipa::path(
    get, path = "/me/skills/{id}", tag = "me", params(("id" = String, Path, description = "The skill's id")),
    responses((status = 200, description = "The `skill`", body = gws::SkillAnswer), Denied)
)]
async fn read_skill(State(api): State<Arc<Api>>, caller: Caller, Path(id): Path<String>) -> Outcome {
    let own = users::skills(&api, &caller.user).into_iter().find(|skill| skill.id == id);
    let found = own.or_else(|| Some(skill_definition(&api.links, &skills::named(&api, &id)?)));
    Ok(SkillAnswer::of(found.ok_or_else(|| Problem::not_found(&format!("Skill '{id}'")))?))
}

/// The features of the caller's centre.
#[utoipa::path(
    get, path = "/me/features", tag = "me", params(Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `features`", body = gws::FeaturesAnswer), Denied)
)]
async fn list_features(state: State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    features::list(state, caller, query).await
}

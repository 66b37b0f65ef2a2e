//! What supervisors see of the agents whom they lead, and do to them (spec: digital-channels#2.8, #5.5): the states of their
//! channels, and what they hold. Whether somebody leads another is judged in the decision; here it is only asked so that what
//! is not theirs does not exist for others.

use super::{
    devices::channel_act,
    features,
    me::channel_name,
    openapi::{Denied, Refused},
    sessions::{contact, gated, gone, in_collection},
    users::{call_briefs, channels_of, find, session_briefs},
};
use crate::{
    auth::Caller,
    body::{Posted, asked},
    repeat::Repeat,
    state::Api,
};
use axum::{
    Extension,
    extract::{Path, State},
    routing::{get, post},
};
use domain::{
    Command, InteractionId, MediumName, Refusal,
    command::{Supervise, SuperviseAct},
    medium::Medium,
    user::{Role, User},
};
use gws::{
    Answer, Body, CallsOfUserAnswer, ChannelsOfUserAnswer, Outcome, Problem, UserChannelAct,
    UserChannelRequest, UserSessionAct, UserSessionRequest, session_briefs_answer,
};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The addresses below `/users/{id}` at which a supervisor looks and acts.
pub fn router(api: &Arc<Api>) -> OpenApiRouter<Arc<Api>> {
    let mut all = documented();
    for medium in api.desk.media().rows() {
        for name in std::iter::once(&medium.collection).chain(medium.collection_aliases) {
            let row = OpenApiRouter::new()
                .route(&format!("/users/{{id}}/{name}"), get(list_sessions))
                .route(&format!("/users/{{id}}/{name}/{{interactionId}}"), post(take_over));
            all = all.merge(row.layer(Extension(Arc::new(medium.clone()))));
        }
    }
    all
}

/// Those that are the same for every medium.
pub fn documented() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(operate))
        .routes(routes!(list_channels))
        .routes(routes!(operate_channel))
        .routes(routes!(list_calls))
}

/// A user whose sub-resources the caller sees; for others they are not there.
fn seen(api: &Api, caller: &Caller, id: &str) -> Result<Arc<User>, Problem> {
    let user = find(api, id)?;
    if caller.sees(api, &user) { Ok(user) } else { Err(Problem::not_found(&format!("User '{id}'"))) }
}

/// The channels of an agent, for those who lead them.
#[utoipa::path(
    get, path = "/users/{id}/channels", tag = "users",
    params(("id" = String, Path, description = "The user's id")),
    responses((status = 200, description = "The `channels`", body = gws::ChannelsOfUserAnswer), Denied)
)]
async fn list_channels(State(api): State<Arc<Api>>, caller: Caller, Path(id): Path<String>) -> Outcome {
    features::shows(&api, features::READ, "/users")?;
    let user = seen(&api, &caller, &id)?;
    Ok(ChannelsOfUserAnswer::of(channels_of(&api, &user).await?))
}

/// The live calls of an agent in brief, for those who lead them.
#[utoipa::path(
    get, path = "/users/{id}/calls", tag = "users",
    params(("id" = String, Path, description = "The user's id")),
    responses((status = 200, description = "The `calls`", body = gws::CallsOfUserAnswer), Denied)
)]
async fn list_calls(State(api): State<Arc<Api>>, caller: Caller, Path(id): Path<String>) -> Outcome {
    features::shows(&api, features::READ, "/users")?;
    let user = seen(&api, &caller, &id)?;
    Ok(CallsOfUserAnswer::of(call_briefs(&api, &user).await?))
}

/// `GET /users/{id}/{collection}`: the live conversations of an agent in brief, for those who lead them
/// (spec: digital-channels#2.8).
async fn list_sessions(
    State(api): State<Arc<Api>>,
    Extension(medium): Extension<Arc<Medium>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Outcome {
    features::shows(&api, features::READ, "/users")?;
    gated(&api, &medium).map_err(|_| Problem::not_found(medium.plural))?;
    let user = seen(&api, &caller, &id)?;
    Ok(session_briefs_answer(&medium, &session_briefs(&api, &user, &medium).await?))
}

/// Changes the state of every channel of an agent whom the caller leads, or ends their session with `Offline`. The agent is
/// told who did it.
#[utoipa::path(
    post, path = "/users/{id}", tag = "users", request_body = UserChannelRequest,
    params(("id" = String, Path, description = "The user's id")),
    responses((status = 200, description = "Accepted", body = gws::Done), Refused)
)]
async fn operate(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(id): Path<String>,
    repeat: Repeat,
    Posted(body): Posted,
) -> Outcome {
    control(&api, &caller, &repeat, &id, None, &body).await
}

/// Changes the state of one channel of an agent whom the caller leads: as the agent does at `/me/channels/{channel}`, or
/// `Offline`, or `ReleaseFromDispositions` for what they owe. The agent is told who did it.
#[utoipa::path(
    post, path = "/users/{id}/channels/{channel}", tag = "users", request_body = UserChannelRequest,
    params(
        ("id" = String, Path, description = "The user's id"),
        ("channel" = String, Path, description = "The channel's name"),
    ),
    responses((status = 200, description = "Accepted", body = gws::Done), Refused)
)]
async fn operate_channel(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((id, channel)): Path<(String, String)>,
    repeat: Repeat,
    Posted(body): Posted,
) -> Outcome {
    let channel = channel_name(&api, &channel)?;
    control(&api, &caller, &repeat, &id, Some(channel), &body).await
}

async fn control(
    api: &Api,
    caller: &Caller,
    repeat: &Repeat,
    id: &str,
    channel: Option<MediumName>,
    body: &Body,
) -> Outcome {
    let place = if channel.is_some() { "/users/{id}/channels/{channel}" } else { "/users/{id}" };
    let request: UserChannelRequest = asked(api, body, place)?;
    let (agent, by) = (find(api, id)?.id.clone(), caller.user.id.clone());
    let act = request.act::<Problem>(channel, channel_act)?;
    let feature = match act {
        Some(UserChannelAct::Supervise(..)) => features::MONITORING,
        _ => features::AGENT_CONTROL,
    };
    features::allows(api, feature)?;
    let command = match act {
        Some(UserChannelAct::Control(control)) => Command::Control { agent, by, control },
        Some(UserChannelAct::Release(medium)) => Command::ReleaseFromDispositions { agent, by, medium },
        Some(UserChannelAct::Supervise(medium, act)) if api.desk.media().named(&medium).is_some() => {
            caller.needs(&[Role::Supervisor])?;
            Command::Supervise(Box::new(Supervise { supervisor: by, target: agent, medium, act }))
        }
        Some(UserChannelAct::Supervise(..)) => {
            return Err(Refusal::UnknownOperation(body.operation()?.to_owned()).into());
        }
        None => return Err(Refusal::UnknownOperation(body.operation()?.to_owned()).into()),
    };
    Ok(api.perform(repeat, command, |_| Answer::done()).await?)
}

/// `POST /users/{id}/{collection}/{interactionId}`: takes a conversation from an agent whom the caller leads, or joins it
/// (spec: digital-channels#2.8).
///
/// With `Intrude` the caller is offered the conversation. Otherwise the agent's part is `Revoked` and they are told by whom. The customer is never without a place: a colleague is offered
/// the conversation, and if they do not take it, it waits in its queue again.
async fn take_over(
    State(api): State<Arc<Api>>,
    Extension(medium): Extension<Arc<Medium>>,
    caller: Caller,
    Path((id, interaction)): Path<(String, String)>,
    repeat: Repeat,
    Posted(body): Posted,
) -> Outcome {
    gated(&api, &medium)?;
    caller.needs(&[Role::Supervisor])?;
    let place = format!("/users/{{id}}/{}/{{interactionId}}", medium.collection);
    let request: UserSessionRequest = asked(&api, &body, &place)?;
    let act = request.act(&|id| contact(&api, id))?;
    features::allows(
        &api,
        if matches!(act, UserSessionAct::Intrude(_)) {
            features::MONITORING
        } else {
            features::AGENT_CONTROL
        },
    )?;
    let agent = find(&api, &id)?;
    if !api.desk.centre().is_some_and(|centre| centre.leads(&caller.user, &agent)) {
        return Err(gone(&interaction));
    }
    let session = InteractionId::from(interaction.as_str());
    in_collection(&api, &medium, &session).await?;
    let (agent, by) = (agent.id.clone(), caller.user.id.clone());
    let command = match act {
        UserSessionAct::Take(to) => Command::TakeOver { session, agent, by, to },
        UserSessionAct::Intrude(monitoring) => Command::Supervise(Box::new(Supervise {
            supervisor: by,
            target: agent,
            medium: medium.name.clone(),
            act: SuperviseAct::Intrude { session, monitoring },
        })),
    };
    Ok(api.perform(&repeat, command, |_| Answer::done()).await?)
}

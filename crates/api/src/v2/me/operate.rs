//! `POST /me`: the contact-centre session, and the state of all channels at once (spec: core-and-voice#4.3, #4.4).

use super::{devices, session, state::channel_act};
use crate::{asked::asked, auth::Caller, body::Posted, repeat::Repeat, state::Api, v2::params::Refused};
use axum::extract::State;
use domain::{Command, command::AgentAct, user::Role};
use gws::{Answer, ChannelRequest, MeRequest, Outcome};
use std::sync::Arc;

/// Starts (`StartContactCenterSession` with `channels` and perhaps `place`) or ends (`EndContactCenterSession`) the
/// contact-centre session, or changes the state of every channel of it by a state's operation.
#[utoipa::path(
    post, path = "/me", tag = "me", request_body = MeRequest,
    responses((status = 200, description = "accepted; `statusCode` 7 when only some channels started", body = gws::SessionStartedAnswer), Refused)
)]
pub async fn post(
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
        MeRequest::StartContactCenterSession(start) => session::start(&api, &caller, &repeat, start).await,
        MeRequest::EndContactCenterSession(_) => session::end(&api, &caller, &repeat).await,
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

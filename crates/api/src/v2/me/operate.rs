//! `POST /me`: the contact-centre session, and the state of all channels at once (spec: core-and-voice#4.3, #4.4).

use super::{devices, session, state::state_act};
use crate::{
    auth::Caller,
    body::Posted,
    repeat::Repeat,
    state::Api,
    v2::params::{Operation, Refused},
};
use axum::extract::State;
use domain::{Command, user::Role};
use gws::{Answer, Body, Outcome, quiet};
use std::sync::Arc;

/// Starts (`StartContactCenterSession` with `channels` and perhaps `place`) or ends (`EndContactCenterSession`) the
/// contact-centre session, or changes the state of every channel of it by a state's operation.
#[utoipa::path(
    post, path = "/me", tag = "me", request_body = Operation,
    responses((status = 200, description = "accepted; `statusCode` 7 when only some channels started", body = gws::SessionStartedAnswer), Refused)
)]
pub async fn post(
    State(api): State<Arc<Api>>,
    caller: Caller,
    repeat: Repeat,
    Posted(body): Posted,
) -> Outcome {
    match body.operation()? {
        "StartContactCenterSession" => session::start(&api, &caller, &repeat, &body).await,
        "EndContactCenterSession" => session::end(&api, &caller, &repeat).await,
        operation => all_channels(&api, &caller, &repeat, operation, &body).await,
    }
}

async fn all_channels(api: &Api, caller: &Caller, repeat: &Repeat, operation: &str, body: &Body) -> Outcome {
    caller.needs(&[Role::Agent, Role::Supervisor])?;
    let act = state_act(api, None, operation, body, "/me")?;
    let mut last = Command::Agent { agent: caller.user.id.clone(), act };
    // An operation on all channels holds for the phone, too.
    if let Some(on) = quiet(operation)
        && let Some(follows) = devices::follows(api, caller, on).await?
    {
        api.desk.perform(std::mem::replace(&mut last, follows)).await?;
    }
    Ok(api.perform(repeat, last, |_| Answer::done()).await?)
}

//! `POST /me`: the contact-centre session, and the state of all channels at once (core-and-voice §4.3, §4.4).

use super::{channels::state_act, devices, session};
use crate::{
    answer::{Answer, Outcome},
    app::Api,
    auth::Caller,
    body::Body,
    v2::params::{Operation, Refused},
    wire::quiet,
};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use domain::{Command, user::Role};
use std::sync::Arc;

/// Starts (`StartContactCenterSession` with `channels` and perhaps `place`) or ends (`EndContactCenterSession`) the
/// contact-centre session, or changes the state of every channel of it by a state's operation.
#[utoipa::path(
    post, path = "/me", tag = "me", request_body = Operation,
    responses((status = 200, description = "accepted; `statusCode` 7 when only some channels started"), Refused)
)]
pub async fn post(State(api): State<Arc<Api>>, caller: Caller, body: Body) -> Response {
    match body.operation() {
        Ok("StartContactCenterSession") => session::start(&api, &caller, &body).await,
        Ok("EndContactCenterSession") => session::end(&api, &caller).await.into_response(),
        Ok(operation) => all_channels(&api, &caller, operation, &body).await.into_response(),
        Err(problem) => problem.into_response(),
    }
}

async fn all_channels(api: &Api, caller: &Caller, operation: &str, body: &Body) -> Outcome {
    caller.needs(&[Role::Agent, Role::Supervisor])?;
    let act = state_act(api, None, operation, body, "/me")?;
    api.desk.perform(Command::Agent { agent: caller.user.id.clone(), act }).await?;
    if let Some(on) = quiet(operation) {
        devices::follow(api, caller, on).await?;
    }
    Ok(Answer::done())
}

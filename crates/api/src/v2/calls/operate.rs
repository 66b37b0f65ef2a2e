//! `POST /me/calls/{id}`: an operation of an agent on a call (spec: core-and-voice#5.7).

use crate::{
    asked::asked,
    auth::Caller,
    body::Posted,
    repeat::Repeat,
    state::Api,
    v2::{feature, params::Refused},
};
use axum::extract::{Path, State};
use domain::{Command, InteractionId, command::CallAct, user::Role};
use gws::{Answer, CallRequest, Outcome};
use std::sync::Arc;

/// Operates a call.
///
/// Accepted means committed: what follows is told on `/v2/me/calls`; an operation that the phone then refuses as
/// `ErrorMessage`. `SetCallDisposition` is taken after release too, for an hour or while the call is among the last
/// sixteen of the phone; then nothing is notified, and reporting hears of it as `EventUserEvent`.
#[utoipa::path(
    post, path = "/me/calls/{id}", tag = "calls",
    params(("id" = String, Path, description = "The call's id")),
    request_body = CallRequest,
    responses((status = 200, description = "Accepted", body = gws::Done), Refused)
)]
pub async fn post(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(id): Path<String>,
    repeat: Repeat,
    Posted(body): Posted,
) -> Outcome {
    feature::allows(&api, feature::VOICE)?;
    caller.needs(&[Role::Agent, Role::Supervisor])?;
    let request: CallRequest = asked(&api, &body, "/me/calls/{id}")?;
    perform(&api, &caller, &repeat, request.act(&id)?).await
}

/// Commits what an agent asks of a call, at whichever address.
pub async fn perform(
    api: &Api,
    caller: &Caller,
    repeat: &Repeat,
    (call, act): (InteractionId, CallAct),
) -> Outcome {
    edge::span::interaction(call.as_str());
    let command = Command::Call { call, agent: caller.user.id.clone(), act };
    Ok(api.perform(repeat, command, |_| Answer::done()).await?)
}

//! `POST /me/calls/{id}`: an operation of an agent on a call (spec: core-and-voice#5.7).

use super::disposition;
use crate::{
    auth::Caller,
    body::Posted,
    repeat::Repeat,
    state::Api,
    v2::{feature, openapi::calls::CallOperation, params::Refused},
};
use axum::extract::{Path, State};
use domain::{Command, InteractionId, Refusal, user::Role};
use gws::{Answer, Body, Outcome, Problem, SET_CALL_DISPOSITION, call_act};
use std::sync::Arc;

/// Operates a call.
///
/// Accepted means committed: what follows is told on `/v2/me/calls`; an operation that the phone then refuses as
/// `ErrorMessage`. `SetCallDisposition` is taken after release too, for an hour or while the call is among the last
/// sixteen of the phone; then nothing is notified, and reporting hears of it as `EventUserEvent`.
#[utoipa::path(
    post, path = "/me/calls/{id}", tag = "calls",
    params(("id" = String, Path, description = "The call's id")),
    request_body(content = CallOperation, examples(
        ("answer" = (value = json!({"operationName": "Answer"}))),
        ("hold" = (value = json!({"operationName": "Hold"}))),
        ("tones" = (value = json!({"operationName": "SendDtmf", "digits": "1#"}))),
        ("attach" = (value = json!({"operationName": "UpdateUserData", "userData": {"Case": "17"}}))),
        ("dispose" = (value = json!({"operationName": "SetCallDisposition", "disposition": "Referred"}))),
        ("hang up" = (value = json!({"operationName": "Hangup"}))),
    )),
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
    if body.operation()? == SET_CALL_DISPOSITION {
        return disposition::set(&api, &caller, &repeat, Some(&id), &body).await;
    }
    let act = call_act(&body).inspect_err(|problem| count_unknown(&api, &body, problem))?;
    edge::span::interaction(&id);
    let call = InteractionId::from(id.as_str());
    let command = Command::Call { call, agent: caller.user.id.clone(), act };
    Ok(api.perform(&repeat, command, |_| Answer::done()).await?)
}

fn count_unknown(api: &Api, body: &Body, problem: &Problem) {
    if let Ok(operation) = body.operation()
        && *problem == Refusal::UnknownOperation(operation.to_owned()).into()
    {
        api.unknown.count("POST", "/me/calls/{id}", Some(operation));
    }
}

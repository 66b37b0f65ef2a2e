//! `POST /me/devices/{id}/calls`: an agent calls somebody (spec: core-and-voice#5.6).

use crate::{
    auth::Caller,
    body::Posted,
    repeat::Repeat,
    state::Api,
    v2::{feature, openapi::calls::DialOperation, params::Refused},
};
use axum::extract::{Path, State};
use domain::{Command, Refusal, user::Role};
use gws::{Answer, DIAL, Outcome, Problem, dialled, find_device};
use std::sync::Arc;

/// Calls somebody from a phone of the caller. The phone is called first and answers by itself; the id of the call is
/// told on `/v2/me/calls`, not here.
#[utoipa::path(
    post, path = "/me/devices/{id}/calls", tag = "calls",
    params(("id" = String, Path, description = "The device's id")),
    request_body(content = DialOperation, example = json!({"operationName": "Dial", "destination": {"phoneNumber": "9000"}})),
    responses(
        (status = 200, description = "Accepted", body = gws::Done),
        Refused
    )
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
    let device = find_device(&caller.user, &id);
    let device = device.ok_or_else(|| Problem::not_found(&format!("Device '{id}'")))?;
    match body.operation()? {
        DIAL => {}
        other => {
            api.unknown.count("POST", "/me/devices/{id}/calls", Some(other));
            return Err(Refusal::UnknownOperation(other.to_owned()).into());
        }
    }
    let command = api.desk.dialling(&caller.user.id, &device.phone_number, dialled(&body)?).await?;
    if let Command::Dial { dial, .. } = &command {
        edge::span::interaction(dial.call.as_str());
    }
    Ok(api.perform(&repeat, command, |_| Answer::done()).await?)
}

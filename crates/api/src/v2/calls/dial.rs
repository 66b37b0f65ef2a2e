//! `POST /me/devices/{id}/calls`: an agent calls somebody (spec: core-and-voice#5.6).

use crate::{
    asked::asked,
    auth::Caller,
    body::Posted,
    repeat::Repeat,
    state::Api,
    v2::{feature, params::Refused},
};
use axum::extract::{Path, State};
use domain::{Command, user::Role};
use gws::{Answer, CallsRequest, Outcome, Problem, find_device};
use std::sync::Arc;

/// Calls somebody from a phone of the caller. The phone is called first and answers by itself; the id of the call is
/// told on `/v2/me/calls`, not here.
#[utoipa::path(
    post, path = "/me/devices/{id}/calls", tag = "calls",
    params(("id" = String, Path, description = "The device's id")),
    request_body = CallsRequest,
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
    let CallsRequest::Dial(dial) = asked(&api, &body, "/me/devices/{id}/calls")?;
    let command = api.desk.dialling(&caller.user.id, &device.phone_number, dial.dialled()).await?;
    if let Command::Dial { dial, .. } = &command {
        edge::span::interaction(dial.call.as_str());
    }
    Ok(api.perform(&repeat, command, |_| Answer::done()).await?)
}

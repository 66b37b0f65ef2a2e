//! `/me/devices`: the caller's phone (core-and-voice §4.2, §4.5).

use crate::{
    answer::{Outcome, Problem},
    app::Api,
    auth::Caller,
    body::Body,
    notifications::tell_device_error,
    query::Query,
    v2::{
        devices, feature,
        params::{Denied, Listing, Operation, Refused},
    },
    wire::{device_resource, find_device},
};
use axum::extract::{Path, State};
use domain::{
    Refusal,
    user::{Device, Role},
};
use http::StatusCode;
use std::sync::Arc;

/// Operations that a phone carries out, as against states of the agent.
const OF_THE_PHONE: [&str; 6] = [
    "DoNotDisturbOn",
    "DoNotDisturbOff",
    "ForwardCallsOn",
    "ForwardCallsOff",
    "SetCallDisposition",
    "SendUserEvent",
];

/// The caller's devices.
#[utoipa::path(
    get, path = "/me/devices", tag = "me", params(Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `devices`"), Denied)
)]
pub async fn list(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    let devices = caller.user.device.iter().map(|device| device_resource(&api.links, device));
    query.collection("devices", &[], devices.collect())
}

/// One device: the caller's, or any for those who look after others.
#[utoipa::path(
    get, path = "/me/devices/{id}", tag = "me",
    params(("id" = String, Path, description = "The device's id")),
    responses((status = 200, description = "the `device`"), Denied)
)]
pub async fn read(state: State<Arc<Api>>, caller: Caller, id: Path<String>) -> Outcome {
    devices::read(state, caller, id).await
}

/// The switch's settings of a device. There are none; desktops read them as they start.
#[utoipa::path(
    get, path = "/me/devices/{id}/settings/tserver", tag = "me",
    params(("id" = String, Path, description = "The device's id")),
    responses((status = 200, description = "empty `settings` with the `key` name"), Denied)
)]
pub async fn switch_settings(state: State<Arc<Api>>, caller: Caller, id: Path<String>) -> Outcome {
    devices::switch_settings(state, caller, id).await
}

/// Operates the phone, or sets the agent's state on it. No phone is registered yet, so the answer is
/// `statusCode` 4 with HTTP status 500; for a state an `ErrorMessage` on `/v2/me/devices` says so, too.
#[utoipa::path(
    post, path = "/me/devices/{id}", tag = "me", request_body = Operation,
    params(("id" = String, Path, description = "The device's id")),
    responses((status = 500, description = "`statusCode` 4: the device is not registered"), Refused)
)]
pub async fn operate(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Outcome {
    caller.needs(&[Role::Agent, Role::Supervisor])?;
    let device = find_device(&caller.user, &id);
    let device = device.ok_or_else(|| Problem::not_found(&format!("Device '{id}'")))?;
    let operation = body.operation()?;
    if OF_THE_PHONE.contains(&operation) {
        feature::allows(&api, feature::VOICE)?;
        return Err(not_registered(Some(device)));
    }
    if api.desk.centre().is_none_or(|centre| centre.agent_state(operation).is_none()) {
        api.unknown.count("POST", "/me/devices/{id}", Some(operation));
        return Err(Refusal::UnknownOperation(operation.to_owned()).into());
    }
    Err(state_refused(&api, &caller, Some(device)))
}

/// What a state operation says whose phone is not there. The agent's sessions are told the same, because some clients
/// only look there (client-requirements, row 23).
pub fn state_refused(api: &Api, caller: &Caller, device: Option<&Device>) -> Problem {
    if let Some(device) = device {
        tell_device_error(api, &caller.user.id, device, &why_not_registered(Some(device)));
    }
    not_registered(device)
}

/// What a state operation or a user event says whose phone is not there (core-and-voice §1.5).
pub fn not_registered(device: Option<&Device>) -> Problem {
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, 4, why_not_registered(device))
}

/// The sentence alone.
pub fn why_not_registered(device: Option<&Device>) -> String {
    match device {
        Some(device) => format!("Device '{}' is not registered.", device.phone_number),
        None => "The user has no device.".to_owned(),
    }
}

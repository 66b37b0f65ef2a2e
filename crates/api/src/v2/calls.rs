//! Calls of an agent: which there are, and what the agent does with them (spec: core-and-voice#5, #6).
//! The live ones (spec: core-and-voice#3.9), one of them (spec: core-and-voice#5.1), an operation on it
//! (spec: core-and-voice#5.7), and a call to somebody (spec: core-and-voice#5.6).

use crate::{
    auth::Caller,
    body::{Posted, asked},
    repeat::Repeat,
    state::Api,
    v2::{
        features,
        openapi::{Denied, Listing, Refused},
        places,
        sessions::late_part,
    },
};
use axum::extract::{Path, State};
use desk::{Callee, HeldCall, call_of};
use domain::{
    Command, InteractionId,
    agent::Agent,
    call::Party,
    command::CallAct,
    user::{Device, Role, User},
};
use gws::{
    Answer, CallAnswer, CallRequest, CallResource, CallView, CallsAnswer, CallsRequest, Outcome, Problem,
    Query, UserActivity, call_resource,
};
use serde_json::{Value, json};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The addresses of calls: each `uri` and `path` that is given out must answer (spec: decisions#3).
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(read, operate))
        .routes(routes!(read_without_me))
        .routes(routes!(dial))
}

/// The caller's calls, oldest first. A released one is not among them.
#[utoipa::path(
    get, path = "/me/calls", tag = "calls", params(Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `calls`", body = gws::CallsAnswer), Denied)
)]
async fn list(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    features::shows(&api, features::VOICE, "/me/calls")?;
    let agent = api.desk.agent(&caller.user).await?;
    let held = api.desk.calls(&agent).await?;
    let phones = phones_of(&api, &caller, &held).await?;
    CallsAnswer::of(&query, &[], resources(&api, &caller, &held, &phones))
}

/// What the phone of an agent does now.
pub async fn activity(api: &Api, agent: &Agent) -> Result<UserActivity, Problem> {
    let held = api.desk.calls(agent).await?;
    Ok(gws::activity(held.iter().filter_map(|held| held.part(&agent.id))))
}

/// The resources as JSON, oldest first.
pub async fn shown(api: &Api, caller: &Caller) -> Result<Vec<Value>, Problem> {
    let agent = api.desk.agent(&caller.user).await?;
    let held = api.desk.calls(&agent).await?;
    let phones = phones_of(api, caller, &held).await?;
    Ok(resources(api, caller, &held, &phones).map(|call| json!(call)).collect())
}

fn resources<'c>(
    api: &Api,
    caller: &'c Caller,
    held: &'c [HeldCall],
    phones: &'c [Device],
) -> impl Iterator<Item = CallResource<'c>> {
    let at = api.desk.now();
    let views = held.iter().filter_map(move |held| {
        let (call, party) = held.part(&caller.user.id)?;
        let device = phones.iter().find(|device| device.phone_number == party.dn);
        Some(CallView { call, party, device, at })
    });
    views.map(|view| call_resource(&api.links, api.config.shown.participants, &view, None))
}

/// The phones on which the caller has these calls.
async fn phones_of(api: &Api, caller: &Caller, held: &[HeldCall]) -> Result<Vec<Device>, Problem> {
    let mut phones = Vec::new();
    for (_, party) in held.iter().filter_map(|held| held.part(&caller.user.id)) {
        phones.extend(device_of(api, &caller.user, party).await?);
    }
    Ok(phones)
}

/// One call of the caller.
///
/// After its release it is still there with `dispositionUntil` as long as it takes a disposition.
#[utoipa::path(
    get, path = "/me/calls/{id}", tag = "calls", params(("id" = String, Path, description = "The call's id")),
    responses((status = 200, description = "The `call`", body = gws::CallAnswer<'static>), Denied)
)]
async fn read(State(api): State<Arc<Api>>, caller: Caller, Path(id): Path<String>) -> Outcome {
    one(&api, &caller, &InteractionId::from(id.as_str())).await
}

/// The same call, at the address that its `path` gives.
#[utoipa::path(
    get, path = "/calls/{id}", tag = "calls", params(("id" = String, Path, description = "The call's id")),
    responses((status = 200, description = "The `call`", body = gws::CallAnswer<'static>), Denied)
)]
async fn read_without_me(state: State<Arc<Api>>, caller: Caller, id: Path<String>) -> Outcome {
    read(state, caller, id).await
}

async fn one(api: &Api, caller: &Caller, id: &InteractionId) -> Outcome {
    features::shows(api, features::VOICE, &format!("Call '{id}'"))?;
    let state = api.desk.call(id).await?.ok_or_else(|| gone(id))?;
    let call = call_of(&state).ok_or_else(|| gone(id))?;
    let live = call.part(&caller.user.id, id).filter(|party| party.is_live());
    let (party, until) = if let Some(party) = live {
        (party, None)
    } else {
        let (party, until) = late_part(api, caller, call, id).await?.ok_or_else(|| gone(id))?;
        (party, Some(until))
    };
    edge::span::interaction(id.as_str());
    let device = device_of(api, &caller.user, party).await?;
    let view = CallView { call, party, device: device.as_ref(), at: api.desk.now() };
    Ok(CallAnswer::of(call_resource(&api.links, api.config.shown.participants, &view, until)))
}

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
async fn operate(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(id): Path<String>,
    repeat: Repeat,
    Posted(body): Posted,
) -> Outcome {
    features::allows(&api, features::VOICE)?;
    caller.needs(&[Role::Agent, Role::Supervisor])?;
    let request: CallRequest = asked(&api, &body, "/me/calls/{id}")?;
    let callee = request.callee().cloned();
    let (call, act) = request.act(&id)?;
    if matches!(act, CallAct::Monitor(_) | CallAct::Silence(_)) {
        features::allows(&api, features::MONITORING)?;
    }
    perform(&api, &caller, &repeat, (call, act), callee.as_ref()).await
}

/// Commits what an agent asks of a call, at whichever address, and whom that calls in.
pub async fn perform(
    api: &Api,
    caller: &Caller,
    repeat: &Repeat,
    (call, act): (InteractionId, CallAct),
    callee: Option<&Callee>,
) -> Outcome {
    edge::span::interaction(call.as_str());
    let command = api.desk.operating(&caller.user.id, call, act, callee).await?;
    Ok(api.perform(repeat, command, |_| Answer::done()).await?)
}

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
async fn dial(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(id): Path<String>,
    repeat: Repeat,
    Posted(body): Posted,
) -> Outcome {
    features::allows(&api, features::VOICE)?;
    caller.needs(&[Role::Agent, Role::Supervisor])?;
    let device = places::own(&api, &caller, &id).await?;
    let CallsRequest::Dial(request) = asked(&api, &body, "/me/devices/{id}/calls")?;
    let command = api.desk.dialling(&caller.user.id, &device.phone_number, request.dialled()).await?;
    if let Command::Dial { dial, .. } = &command {
        edge::span::interaction(dial.call.as_str());
    }
    Ok(api.perform(&repeat, command, |_| Answer::done()).await?)
}

/// The phone that a part of a user was on: their own, or another at which they worked.
async fn device_of(api: &Api, user: &User, party: &Party) -> Result<Option<Device>, Problem> {
    match &user.device {
        Some(own) if own.phone_number == party.dn => Ok(Some(own.clone())),
        _ => places::numbered(api, &party.dn).await,
    }
}

fn gone(id: &InteractionId) -> Problem {
    Problem::not_found(&format!("Call '{id}'"))
}

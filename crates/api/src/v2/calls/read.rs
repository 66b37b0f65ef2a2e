//! `GET /me/calls/{id}`: one call (spec: core-and-voice#5.1).

use super::part::{device_of, gone};
use crate::{
    auth::Caller,
    state::Api,
    v2::{feature, late::late_part, params::Denied},
};
use axum::extract::{Path, State};
use desk::call_of;
use domain::InteractionId;
use gws::{CallAnswer, CallView, Outcome, call_resource};
use std::sync::Arc;

/// One call of the caller.
///
/// After its release it is still there with `dispositionUntil` as long as it takes a disposition.
#[utoipa::path(
    get, path = "/me/calls/{id}", tag = "calls", params(("id" = String, Path, description = "The call's id")),
    responses((status = 200, description = "The `call`", body = gws::CallAnswer<'static>), Denied)
)]
pub async fn get(State(api): State<Arc<Api>>, caller: Caller, Path(id): Path<String>) -> Outcome {
    read(&api, &caller, &InteractionId::from(id.as_str())).await
}

/// The same call, at the address that its `path` gives.
#[utoipa::path(
    get, path = "/calls/{id}", tag = "calls", params(("id" = String, Path, description = "The call's id")),
    responses((status = 200, description = "The `call`", body = gws::CallAnswer<'static>), Denied)
)]
pub async fn get_without_me(state: State<Arc<Api>>, caller: Caller, id: Path<String>) -> Outcome {
    get(state, caller, id).await
}

async fn read(api: &Api, caller: &Caller, id: &InteractionId) -> Outcome {
    feature::shows(api, feature::VOICE, &format!("Call '{id}'"))?;
    let state = api.desk.call(id).await?.ok_or_else(|| gone(id))?;
    let call = call_of(&state).ok_or_else(|| gone(id))?;
    let (party, until) = if let Some(party) = call.live_party(&caller.user.id) {
        (party, None)
    } else {
        let (party, until) = late_part(api, caller, call).await?.ok_or_else(|| gone(id))?;
        (party, Some(until))
    };
    edge::span::interaction(id.as_str());
    let view = CallView { call, party, device: device_of(&caller.user, party), at: api.desk.now() };
    Ok(CallAnswer::of(call_resource(&api.links, api.config.shown.participants, &view, until)))
}

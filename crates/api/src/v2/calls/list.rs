//! `GET /me/calls`: the live calls of an agent (spec: core-and-voice#3.9).

use super::part::device_of;
use crate::{
    auth::Caller,
    state::Api,
    v2::{
        feature,
        params::{Denied, Listing},
    },
};
use axum::extract::State;
use desk::call_of;
use domain::agent::Agent;
use gws::{CallResource, CallView, CallsAnswer, Outcome, Problem, Query, UserActivity, call_resource};
use serde_json::{Value, json};
use std::sync::Arc;

/// The caller's calls, oldest first. A released one is not among them.
#[utoipa::path(
    get, path = "/me/calls", tag = "calls", params(Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `calls`", body = gws::CallsAnswer), Denied)
)]
pub async fn get(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    feature::shows(&api, feature::VOICE, "/me/calls")?;
    let agent = api.desk.agent(&caller.user).await?;
    let held = api.desk.calls(&agent).await?;
    CallsAnswer::of(&query, &[], resources(&api, &caller, &held))
}

/// What the phone of an agent does now.
pub async fn activity(api: &Api, agent: &Agent) -> Result<UserActivity, Problem> {
    let held = api.desk.calls(agent).await?;
    let parts = held.iter().filter_map(|state| {
        let call = call_of(state)?;
        Some((call, call.live_party(&agent.id)?))
    });
    Ok(gws::activity(parts))
}

/// The resources as JSON, oldest first.
pub async fn shown(api: &Api, caller: &Caller) -> Result<Vec<Value>, Problem> {
    let agent = api.desk.agent(&caller.user).await?;
    let held = api.desk.calls(&agent).await?;
    Ok(resources(api, caller, &held).map(|call| json!(call)).collect())
}

fn resources<'c>(
    api: &Api,
    caller: &'c Caller,
    held: &'c [Arc<domain::State>],
) -> impl Iterator<Item = CallResource<'c>> {
    let at = api.desk.now();
    let views = held.iter().filter_map(move |state| {
        let call = call_of(state)?;
        let party = call.live_party(&caller.user.id)?;
        Some(CallView { call, party, device: device_of(&caller.user, party), at })
    });
    views.map(|view| call_resource(&api.links, api.config.shown.participants, &view, None))
}

//! `GET /me/{collection}`: the live conversations of an agent (spec: digital-channels#2.1).

use super::part::gated;
use crate::{auth::Caller, state::Api};
use axum::{Extension, extract::State};
use desk::session_of;
use domain::medium::Medium;
use gws::{Outcome, Problem, Query, session_resource, sessions_answer};
use serde_json::Value;
use std::sync::Arc;

/// Addresses, or with `fields` the resources. A client takes one that is missing here for revoked.
pub async fn get(
    State(api): State<Arc<Api>>,
    Extension(medium): Extension<Arc<Medium>>,
    caller: Caller,
    query: Query,
) -> Outcome {
    gated(&api, &medium).map_err(|_| Problem::not_found(medium.plural))?;
    let resources = resources(&api, &caller, &medium).await?;
    sessions_answer(&medium, &query, resources)
}

/// The resources, oldest first.
pub async fn resources(api: &Api, caller: &Caller, medium: &Medium) -> Result<Vec<Value>, Problem> {
    let agent = api.desk.agent(&caller.user).await?;
    let held = api.desk.held(&agent, &medium.name).await?;
    let sessions = held.iter().filter_map(|state| session_of(state));
    let texts = sessions.map(|session| session_resource(&api.links, medium, session, &caller.user.id));
    Ok(texts.filter_map(|text| serde_json::from_str(&text).ok()).collect())
}

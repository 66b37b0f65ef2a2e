//! `/features` and `/system/features`: the features of the centre, and those there are (spec: admin-and-reporting#2.4).
//! Resources of a feature that the centre lacks are not there, and its operations are not valid (spec: decisions#8).

use crate::{
    auth::{ADMINS, Caller},
    state::Api,
    v2::openapi::{Denied, Listing},
};
use axum::extract::{Path, State};
use domain::Refusal;
use gws::{
    Feature, FeatureAnswer, FeaturesAnswer, Outcome, Problem, Query, assigned_features, known_features,
};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The addresses below `/features` and `/system/features`.
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(read))
        .routes(routes!(list_known))
        .routes(routes!(read_known))
}

/// The features of the centre. Everybody who works in it has them all.
#[utoipa::path(
    get, path = "/features", tag = "features", params(Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `features`", body = gws::FeaturesAnswer), Denied)
)]
pub async fn list(State(api): State<Arc<Api>>, _: Caller, query: Query) -> Outcome {
    FeaturesAnswer::of(&query, &[], assigned(&api))
}

/// One feature of the centre.
#[utoipa::path(
    get, path = "/features/{id}", tag = "features",
    params(("id" = String, Path, description = "The feature's id")),
    responses((status = 200, description = "The `feature`", body = gws::FeatureAnswer), Denied)
)]
pub async fn read(State(api): State<Arc<Api>>, _: Caller, Path(id): Path<String>) -> Outcome {
    one(assigned(&api), &id)
}

/// Every feature that this server knows.
#[utoipa::path(
    get, path = "/system/features", tag = "features", params(Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `features`", body = gws::FeaturesAnswer), Denied)
)]
async fn list_known(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    caller.needs(ADMINS)?;
    FeaturesAnswer::of(&query, &[], known_features(&api.links))
}

/// One feature that this server knows.
#[utoipa::path(
    get, path = "/system/features/{id}", tag = "features",
    params(("id" = String, Path, description = "The feature's id")),
    responses((status = 200, description = "The `feature`", body = gws::FeatureAnswer), Denied)
)]
pub async fn read_known(State(api): State<Arc<Api>>, caller: Caller, Path(id): Path<String>) -> Outcome {
    caller.needs(ADMINS)?;
    one(known_features(&api.links), &id)
}

fn assigned(api: &Api) -> Vec<Feature> {
    api.desk.centre().map(|centre| assigned_features(&api.links, &centre)).unwrap_or_default()
}

fn one(features: Vec<Feature>, id: &str) -> Outcome {
    let found = features.into_iter().find(|feature| feature.id == id);
    Ok(FeatureAnswer::of(found.ok_or_else(|| Problem::not_found(&format!("Feature '{id}'")))?))
}

/// Opens reading of users, skills, devices, queues and groups.
pub const READ: &str = "api-provisioning-read";
/// Opens changing them.
pub const WRITE: &str = "api-provisioning-write";
/// Opens following the calls of others.
pub use gws::MONITORING;
/// Opens changing the states of others.
pub const AGENT_CONTROL: &str = domain::command::CONTROL_FEATURE;
/// Opens calls and phones.
pub const VOICE: &str = "api-voice";

/// Whether the centre has a feature.
pub fn has(api: &Api, feature: &str) -> bool {
    api.desk.centre().is_some_and(|centre| centre.has(&[feature]))
}

/// Refuses a resource whose feature the centre lacks, as if nothing were there.
pub fn shows(api: &Api, feature: &str, what: &str) -> Result<(), Problem> {
    if has(api, feature) { Ok(()) } else { Err(Problem::not_found(what)) }
}

/// Refuses an operation whose feature the centre lacks.
pub fn allows(api: &Api, feature: &'static str) -> Result<(), Problem> {
    if has(api, feature) { Ok(()) } else { Err(Refusal::FeatureOff(feature).into()) }
}

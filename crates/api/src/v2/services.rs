//! `/services`: the parts of the server and whether they work (core-and-voice §3.7).

use super::users::ANYONE;
use crate::{
    answer::{Answer, Outcome, Problem},
    app::Api,
    auth::Caller,
    query::Query,
    v2::{
        feature,
        params::{Denied, Listing},
    },
    wire::service_resource,
};
use axum::extract::{Path, State};
use serde_json::Value;
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The addresses below `/services`.
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(read))
}

/// The services that the centre's features need.
#[utoipa::path(
    get, path = "/services", tag = "services", params(Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `services`"), Denied)
)]
pub async fn list(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    caller.needs(ANYONE)?;
    query.collection("services", &[], services(&api))
}

/// One service.
#[utoipa::path(
    get, path = "/services/{id}", tag = "services",
    params(("id" = String, Path, description = "The service's id")),
    responses((status = 200, description = "the `service`"), Denied)
)]
pub async fn read(State(api): State<Arc<Api>>, caller: Caller, Path(id): Path<String>) -> Outcome {
    caller.needs(ANYONE)?;
    let found = services(&api).into_iter().find(|service| service["id"] == id.as_str());
    Ok(Answer::with("service", found.ok_or_else(|| Problem::not_found(&format!("Service '{id}'")))?))
}

fn services(api: &Api) -> Vec<Value> {
    let service = |id, kind, active| service_resource(&api.links, id, kind, active);
    let mut all = vec![service("ON_PREMISE_ENVIRONMENT", "Provisioning", true)];
    if feature::has(api, feature::VOICE) {
        // Nobody can call until there is a switch.
        all.push(service("VOICE", "Voice", false));
    }
    let centre = api.desk.centre();
    if api
        .desk
        .media()
        .rows()
        .iter()
        .any(|row| centre.as_ref().is_some_and(|centre| centre.has(row.features)))
    {
        all.push(service("MULTIMEDIA_STATE", "MultiMediaState", true));
    }
    all.push(service("REPORTING", "Reporting", true));
    all
}

//! `/services`: the parts of the server and whether they work (spec: core-and-voice#3.7).

use crate::{
    auth::{ANYONE, Caller},
    state::Api,
    v2::{
        features,
        openapi::{Denied, Listing},
    },
};
use axum::extract::{Path, State};
use desk::{Condition, ServiceKind, ServiceState};
use gws::{Outcome, Problem, Query, ServiceAnswer, ServicesAnswer, only_service, service_resource};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The addresses below `/services`.
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(read))
}

/// The services that the centre's features need, and every connector, as they stand. Changes are told on
/// `/notifications/services`.
#[utoipa::path(
    get, path = "/services", tag = "services", params(Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `services`", body = gws::ServicesAnswer), Denied)
)]
async fn list(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    caller.needs(ANYONE)?;
    let services = all_services(&api);
    ServicesAnswer::of(&query, &[], services.iter().map(|service| service_resource(&api.links, service)))
}

/// One service.
#[utoipa::path(
    get, path = "/services/{id}", tag = "services",
    params(("id" = String, Path, description = "The service's id")),
    responses((status = 200, description = "The `service`", body = gws::ServiceAnswer), Denied)
)]
pub async fn read(State(api): State<Arc<Api>>, caller: Caller, Path(id): Path<String>) -> Outcome {
    caller.needs(ANYONE)?;
    let found = all_services(&api).into_iter().find(|service| service.id == id);
    let found = found.ok_or_else(|| Problem::not_found(&format!("Service '{id}'")))?;
    Ok(ServiceAnswer::of(service_resource(&api.links, &found)))
}

/// Every service: the parts of the server, and all that is reported of these and of others.
pub fn all_services(api: &Api) -> Vec<ServiceState> {
    let mut all = own_services(api);
    for reported in api.desk.services().all() {
        match all.iter_mut().find(|part| part.id == reported.id) {
            Some(part) => *part = reported,
            None => all.push(reported),
        }
    }
    all
}

/// The parts that the centre's features need, as they stand unless somebody reports otherwise.
pub fn own_services(api: &Api) -> Vec<ServiceState> {
    let part = |id, kind, condition| only_service(id, kind, condition, api.started);
    let mut parts = vec![part("ON_PREMISE_ENVIRONMENT", ServiceKind::Provisioning, Condition::Working)];
    if features::has(api, features::VOICE) {
        parts.push(if api.desk.has_switch() {
            part("VOICE", ServiceKind::Switch, Condition::Working)
        } else {
            part("VOICE", ServiceKind::Switch, Condition::Absent).because("There is no switch.")
        });
    }
    let centre = api.desk.centre();
    if api
        .desk
        .media()
        .rows()
        .iter()
        .any(|row| centre.as_ref().is_some_and(|centre| centre.has(row.features)))
    {
        parts.push(part("MULTIMEDIA_STATE", ServiceKind::Conversations, Condition::Working));
    }
    parts.push(part("REPORTING", ServiceKind::Reporting, Condition::Working));
    parts
}

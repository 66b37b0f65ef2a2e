//! The parts a server is made of and how they stand, as desktops ask for them and hear of them
//! (spec: core-and-voice#3.7).

use super::words::{ActiveState, Condition, ServiceType};
use crate::{
    links::{Links, escape},
    time::timestamp,
};
use desk::{ServiceKind, ServiceState};
use domain::Millis;
use serde::Serialize;
use utoipa::ToSchema;

/// The topic of services.
pub const SERVICES_TOPIC: &str = "/notifications/services";

/// A part of the server and how it stands: the members that clients know, and what we add to them, `condition`,
/// `since`, and `statusMessage` when there is something to say.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Service {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// What it is.
    r#type: ServiceType,
    /// Whether it works.
    state: ActiveState,
    /// How it stands.
    condition: Condition,
    /// Since when: `2026-02-03 10:11:12.345+0100`.
    since: String,
    /// Why it stands so, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    status_message: Option<String>,
    /// Its address.
    uri: String,
    /// Its path.
    path: String,
}

/// A part as it stands.
pub fn service_resource(links: &Links, service: &ServiceState) -> Service {
    let path = format!("/services/{}", escape(&service.id));
    Service {
        id: service.id.clone(),
        name: service.name.clone(),
        r#type: ServiceType(service.kind),
        state: service.condition.is_active().into(),
        condition: Condition(service.condition),
        since: timestamp(service.since),
        status_message: service.why.clone(),
        uri: links.uri(&path),
        path,
    }
}

/// The only service of its kind, under the name and type that clients know.
pub fn only_service(id: &str, of: ServiceKind, condition: desk::Condition, since: Millis) -> ServiceState {
    let name = ServiceType(of).word().to_owned();
    ServiceState { id: id.to_owned(), name, kind: of, condition, why: None, since }
}

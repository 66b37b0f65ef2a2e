//! The parts a server is made of and how they stand, as desktops ask for them and hear of them
//! (spec: core-and-voice#3.7).

use crate::{
    links::{Links, escape},
    time::timestamp,
};
use desk::{Condition, ServiceKind, ServiceState};
use domain::Millis;
use serde_json::{Value, json};

/// The topic of services.
pub const SERVICES_TOPIC: &str = "/notifications/services";

/// A part with the members that clients know, and what we add to them: `condition`, `since`, and `statusMessage` when
/// there is something to say.
pub fn service_resource(links: &Links, service: &ServiceState) -> Value {
    let path = format!("/services/{}", escape(&service.id));
    let mut out = json!({
        "id": service.id,
        "name": service.name,
        "type": kind(service.kind),
        "state": if service.condition.is_active() { "Active" } else { "Inactive" },
        "condition": condition(service.condition),
        "since": timestamp(service.since),
        "uri": links.uri(&path),
        "path": path,
    });
    if let Some(why) = &service.why {
        out["statusMessage"] = why.as_str().into();
    }
    out
}

/// The only service of its kind, under the name and type that clients know.
pub fn only_service(id: &str, of: ServiceKind, condition: Condition, since: Millis) -> ServiceState {
    ServiceState { id: id.to_owned(), name: kind(of).to_owned(), kind: of, condition, why: None, since }
}

/// The kind on the wire. A connector is `Media`, as the documentation calls everything that brings media in: 8.5.2
/// clients take the other two kinds for all media together, while one account that fails is only one of them.
fn kind(kind: ServiceKind) -> &'static str {
    match kind {
        ServiceKind::Provisioning => "Provisioning",
        ServiceKind::Switch => "Voice",
        ServiceKind::Reporting => "Reporting",
        ServiceKind::Conversations => "MultiMediaState",
        ServiceKind::Connector => "Media",
    }
}

fn condition(condition: Condition) -> &'static str {
    match condition {
        Condition::Working => "Working",
        Condition::RateLimited => "RateLimited",
        Condition::ExpiresSoon => "ExpiresSoon",
        Condition::Restricted => "Restricted",
        Condition::Starting => "Starting",
        Condition::Unreachable => "Unreachable",
        Condition::Reauthorise => "Reauthorise",
        Condition::Blocked => "Blocked",
        Condition::Stopped => "Stopped",
        Condition::Absent => "Absent",
    }
}

//! The notification of a part of the server (spec: core-and-voice#3.7).

use crate::{
    links::Links,
    resource::{Service, service_resource},
};
use desk::ServiceState;
use serde::Serialize;
use utoipa::ToSchema;

/// A part of the server stands otherwise than before. It is told at most once: read the services again after a
/// connection was lost.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceStateChangeMessage {
    message_type: &'static str,
    /// The service that changed.
    services: [Service; 1],
}

impl ServiceStateChangeMessage {
    /// Of a service.
    pub fn new(links: &Links, service: &ServiceState) -> Self {
        Self { message_type: "ServiceStateChangeMessage", services: [service_resource(links, service)] }
    }
}

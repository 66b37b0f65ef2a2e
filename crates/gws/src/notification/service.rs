//! The notification of a part of the server (spec: core-and-voice#3.7).

use super::resource;
use crate::{links::Links, resource::service_resource};
use desk::ServiceState;
use serde::Serialize;
use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema, schema::ArrayBuilder},
};

/// A part of the server stands otherwise than before. It is told at most once: read the services again after a
/// connection was lost.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceStateChangeMessage {
    message_type: &'static str,
    /// The service that changed.
    #[schema(schema_with = services)]
    services: [Value; 1],
}

impl ServiceStateChangeMessage {
    /// Of a service.
    pub fn new(links: &Links, service: &ServiceState) -> Self {
        Self { message_type: "ServiceStateChangeMessage", services: [service_resource(links, service)] }
    }
}

fn services() -> RefOr<Schema> {
    let one = ArrayBuilder::new().items(resource("Service")).min_items(Some(1)).max_items(Some(1));
    Schema::from(one.build()).into()
}

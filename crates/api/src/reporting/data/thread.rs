//! What customers want to be sent.

use super::row::{Row, json, schema};
use domain::thread::{Fact, ThreadEvent};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

pub(super) const KINDS: &[Row] = &[("thread.consent", schema::<Consent<'_>>)];

/// Whether a customer wants to hear from us became known, or changed.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Consent<'a> {
    /// A digest of the service and both addresses.
    thread: &'a str,
    /// The service.
    service: &'a str,
    /// What the customer wants.
    #[serde(with = "super::words::Consent")]
    wants: domain::thread::Consent,
    /// How it became known.
    #[serde(with = "super::words::Source")]
    source: domain::thread::ConsentSource,
}

/// The data of a fact of a thread; `None` for the beginning of a conversation, which has an event of its own.
pub(super) fn data(id: &str, event: &ThreadEvent) -> Option<Value> {
    match &event.fact {
        Fact::Began { .. } => None,
        Fact::Consent { consent, source } => {
            json(Consent { thread: id, service: event.service.as_str(), wants: *consent, source: *source })
        }
    }
}

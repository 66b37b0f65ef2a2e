//! The call that an event belongs to.

use schemars::JsonSchema;
use serde::Serialize;

/// The call that an event belongs to.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Conversation<'a> {
    /// The interaction; also the UUID of the call.
    pub interaction_id: &'a str,
    /// `voice`.
    pub media: &'a str,
    /// The queue it was last put into; null when it never was in one.
    pub queue: Option<&'a str>,
}

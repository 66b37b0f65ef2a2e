//! Conversations that an agent begins, and what a text would cost in one (spec: digital-channels#3).

use super::{table::requests, value::Pairs};
use serde::Deserialize;
use utoipa::ToSchema;

requests! {
    /// What can be asked of the conversations of a medium.
    SessionsRequest {
        Create(SessionsCreateRequest) = "Create", {"to": "+15550142", "text": "Your parcel is here"};
    }
}

/// Begins a conversation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionsCreateRequest {
    /// Our address, or the name of the service; it may be left out when there is one.
    pub from: Option<String>,
    /// The customer's address.
    pub to: String,
    /// Pairs to attach.
    #[schema(value_type = Option<BTreeMap<String, Value>>)]
    pub user_data: Option<Pairs>,
    /// The name that the customer should see; the agent's own when left out.
    pub nickname: Option<String>,
    /// The first message.
    pub text: Option<String>,
}

/// A text to measure.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(examples(json!({"text": "Good day"})))]
pub struct SessionMeasureRequest {
    /// The words.
    pub text: String,
}

//! Requests to call somebody (spec: core-and-voice#5.6).

use super::{destination::Destination, table::requests, value::Pairs};
use desk::Dialled;
use serde::Deserialize;
use utoipa::ToSchema;

requests! {
    /// What can be asked of the calls of a phone.
    CallsRequest {
        Dial(CallsDialRequest) = "Dial", {"destination": {"phoneNumber": "9000"}};
    }
}

/// Calls somebody. The phone is called first, and the other when it has answered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallsDialRequest {
    /// Whom to call.
    destination: Destination,
    /// A remote location, repeated in notifications. An empty text counts as left out.
    location: Option<String>,
    /// Pairs to attach.
    #[schema(value_type = Option<BTreeMap<String, Value>>)]
    user_data: Option<Pairs>,
}

impl CallsDialRequest {
    /// Whom to call and how.
    pub fn dialled(self) -> Dialled {
        Dialled {
            callee: self.destination.callee().clone(),
            location: self.location.filter(|location| !location.is_empty()),
            user_data: self.user_data.unwrap_or_default().0,
        }
    }
}

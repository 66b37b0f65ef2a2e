//! How a service stands before a chat is begun, in both protocols (spec: digital-channels#6.1, #6.3).

use domain::{
    Millis,
    hours::{Closed, Closure},
};
use serde::Serialize;
use utoipa::ToSchema;

/// How a service stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerServiceAnswer {
    #[schema(maximum = 0)]
    status_code: u8,
    /// Whether its queue is open.
    open: bool,
    /// Whether a chat can be requested: also while it is closed, where customers may wait for it to open.
    accepts: bool,
    /// When it opens, in milliseconds since 1970; absent while it is open, and where nobody knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    opens_at: Option<Millis>,
    /// What customers are told while it is closed, if they are told anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

impl CustomerServiceAnswer {
    /// A service whose queue is closed, or open when there is no closure.
    pub fn of(closure: Option<Closure>, closed: &Closed) -> Self {
        Self {
            status_code: 0,
            open: closure.is_none(),
            accepts: closure.is_none() || !matches!(closed, Closed::Refuse(_)),
            opens_at: closure.and_then(|closure| closure.until),
            message: closure.and_then(|_| closed.text()).map(str::to_owned),
        }
    }
}

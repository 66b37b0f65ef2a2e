//! The requests about calls, for the API document. Their handlers carry the rest of their documentation.

use super::words::one_of;
use gws::{CALL_OPERATIONS, DIAL};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// An operation on a call, with the parameters it takes.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes; `wire` reads")]
pub struct CallOperation {
    /// The operation. `capabilities` of the call lists those that are open now, `SetCallDisposition` excepted.
    #[schema(schema_with = call_operations)]
    operation_name: String,
    /// `SendDtmf`: tones of 0-9, `*`, `#`, A-D; a comma is half a second.
    digits: Option<String>,
    /// `AttachUserData`, `UpdateUserData`: pairs to write; the last value of a key wins.
    user_data: Option<Map<String, Value>>,
    /// `DeleteUserDataPair`: the key to take away.
    key: Option<String>,
    /// `SetCallDisposition`: the value; empty clears.
    disposition: Option<String>,
    /// `SetCallDisposition`: the key of the user data; the server's own when left out.
    disposition_key: Option<String>,
    /// `SetCallDisposition`: the address of the call; it must agree with where this is posted to.
    call_uri: Option<String>,
    /// `SetCallDisposition`: the UUID of the call; it must agree with where this is posted to.
    call_uuid: Option<String>,
}

/// A call that an agent begins.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes; `wire` reads")]
pub struct DialOperation {
    /// `Dial`.
    #[schema(schema_with = dial_operation)]
    operation_name: String,
    /// Whom to call.
    destination: Destination,
    /// A remote location, repeated in notifications.
    location: Option<String>,
    /// Pairs to attach.
    user_data: Option<Map<String, Value>>,
}

/// Whom to call.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes; `wire` reads")]
pub struct Destination {
    /// The number to call.
    phone_number: String,
}

fn call_operations() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
    one_of(CALL_OPERATIONS)
}

fn dial_operation() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
    one_of(&[DIAL])
}

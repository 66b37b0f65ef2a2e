//! Notifications of a user's phone (spec: core-and-voice#3.5, #4.2).

use crate::{
    links::Links,
    resource::{DeviceResource, Phone, device_path, device_resource},
};
use domain::{UserData, user::Device};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// The agent's phone has come or gone, forwards calls or not, its user works in another state, or at
/// another phone.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceStateChangeMessage {
    message_type: &'static str,
    /// The phone at which the agent works, as it stands now; behind it one that is not theirs any more, if they have just
    /// left it.
    devices: Vec<DeviceResource>,
    /// The user name of the supervisor who changed the state of its user; absent when nobody else did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    changed_by: Option<String>,
}

/// An operation on the agent's phone failed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceErrorMessage<'e> {
    message_type: &'static str,
    /// A sentence. Old clients show it.
    error_message: &'e str,
    /// The address of the phone.
    device_uri: String,
    /// Its path.
    device_path: String,
}

/// The agent sent a user event from their phone: all their sessions hear of it, whichever sent it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceUserEventMessage<'e> {
    message_type: &'static str,
    /// The address of the phone.
    device_uri: String,
    /// Its path.
    device_path: String,
    /// Its number.
    phone_number: &'e str,
    /// The UUID of the call that the event belongs to; absent when it belongs to none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    call_uuid: Option<&'e str>,
    /// The connection id of that call.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    conn_id: Option<&'e str>,
    /// What was sent.
    user_data: &'e Map<String, Value>,
}

impl<'e> DeviceUserEventMessage<'e> {
    /// Of a phone, and what was sent from it; `call` is the UUID and the connection id of the call it belongs to.
    pub fn new(
        links: &Links,
        device: &'e Device,
        call: Option<(&'e str, &'e str)>,
        user_data: &'e UserData,
    ) -> Self {
        let device_path = device_path(device);
        Self {
            message_type: "DeviceUserEventMessage",
            device_uri: links.uri(&device_path),
            device_path,
            phone_number: device.phone_number.as_str(),
            call_uuid: call.map(|(uuid, _)| uuid),
            conn_id: call.map(|(_, conn_id)| conn_id),
            user_data: user_data.pairs(),
        }
    }
}

impl DeviceStateChangeMessage {
    /// Of a phone, and of one that was left; `changed_by` is the supervisor who did it.
    pub fn new(links: &Links, phones: &[Phone<'_>], changed_by: Option<String>) -> Self {
        let devices = phones.iter().map(|phone| device_resource(links, phone)).collect();
        Self { message_type: "DeviceStateChangeMessage", devices, changed_by }
    }
}

impl<'e> DeviceErrorMessage<'e> {
    /// Of a phone, and why.
    pub fn new(links: &Links, device: &Device, why: &'e str) -> Self {
        let device_path = device_path(device);
        Self {
            message_type: "ErrorMessage",
            error_message: why,
            device_uri: links.uri(&device_path),
            device_path,
        }
    }
}

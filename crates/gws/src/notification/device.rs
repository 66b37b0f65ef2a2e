//! Notifications of a user's phone (spec: core-and-voice#3.5, #4.2).

use crate::{
    links::Links,
    resource::{DeviceResource, Phone, device_path, device_resource},
};
use domain::user::Device;
use serde::Serialize;
use utoipa::ToSchema;

/// The agent's phone has come or gone, forwards calls or not, or its user works in another state.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceStateChangeMessage {
    message_type: &'static str,
    /// The phone as it stands now.
    devices: [DeviceResource; 1],
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

impl DeviceStateChangeMessage {
    /// Of a phone.
    pub fn new(links: &Links, phone: &Phone<'_>) -> Self {
        Self { message_type: "DeviceStateChangeMessage", devices: [device_resource(links, phone)] }
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

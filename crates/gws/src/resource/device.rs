//! The phone of a user (spec: core-and-voice#4.2).

use super::{call::device_path, user_state};
use crate::{links::Links, request::device_operations};
use domain::{
    agent::ChannelState,
    device,
    user::{Device, User},
};
use serde_json::{Value, json};

/// The topic of a user's devices.
pub const DEVICES_TOPIC: &str = "/v2/me/devices";

/// A phone: as it is provisioned, and as it stands.
#[derive(Clone, Copy, Debug)]
pub struct Phone<'p> {
    /// As it is provisioned.
    pub device: &'p Device,
    /// As it stands.
    pub stands: &'p device::Device,
    /// The voice channel of its user, while they are logged in on it.
    pub voice: Option<&'p ChannelState>,
}

/// The device as its user sees it.
pub fn device_resource(links: &Links, phone: &Phone<'_>) -> Value {
    let Phone { device, stands, voice } = *phone;
    let path = device_path(device);
    let quiet = stands.do_not_disturb || voice.is_some_and(|voice| voice.do_not_disturb);
    let forwards = stands.forward_to.is_some();
    // A phone that cannot be reached takes no operation.
    let open = if stands.in_service { &device_operations(quiet, forwards)[..] } else { &[] };
    let mut out = json!({
        "id": device.id,
        "deviceState": if stands.in_service { "Active" } else { "Inactive" },
        "userState": user_state(voice),
        "phoneNumber": device.phone_number,
        "e164Number": "",
        "telephonyNetwork": "Private",
        "doNotDisturb": if quiet { "On" } else { "Off" },
        "voiceEnvironmentUri": "",
        "description": "",
        "dynamicPhoneNumber": "",
        "channels": [domain::medium::VOICE],
        "capabilities": open,
        "uri": links.uri(&path),
        "path": path,
    });
    if let Some(to) = &stands.forward_to {
        out["forwardTo"] = to.as_str().into();
    }
    out
}

/// The device as provisioning shows it: with its own properties besides its state (spec: admin-and-reporting#2.3).
pub fn provisioned_device(links: &Links, phone: &Phone<'_>) -> Value {
    let mut out = device_resource(links, phone);
    out["type"] = "ACDPosition".into();
    for name in ["vendor", "model", "location"] {
        out[name] = "".into();
    }
    out["localNumber"] = phone.device.phone_number.as_str().into();
    out
}

/// The user's device with an id.
pub fn find_device<'u>(user: &'u User, id: &str) -> Option<&'u Device> {
    user.device.as_ref().filter(|device| device.id == id)
}

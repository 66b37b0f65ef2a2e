//! The phone of a user (core-and-voice §4.2). Until calls exist it is inactive: it is shown, not worked.

use super::{Links, user_state};
use domain::user::{Device, User};
use serde_json::{Value, json};

/// Where what happens to a user's devices is told.
pub const DEVICES_TOPIC: &str = "/v2/me/devices";

/// The device as its user, or an administrator, sees it.
pub fn device_resource(links: &Links, device: &Device) -> Value {
    let path = format!("/devices/{}", device.id);
    json!({
        "id": device.id,
        "deviceState": "Inactive",
        "userState": user_state(None),
        "phoneNumber": device.phone_number,
        "e164Number": "",
        "telephonyNetwork": "Private",
        "doNotDisturb": "Off",
        "voiceEnvironmentUri": "",
        "description": "",
        "dynamicPhoneNumber": "",
        "channels": [domain::medium::VOICE],
        "capabilities": [],
        "uri": links.uri(&path),
        "path": path,
    })
}

/// The device as provisioning shows it: with what it is besides how it stands (admin-and-reporting §2.3).
pub fn provisioned_device(links: &Links, device: &Device) -> Value {
    let mut out = device_resource(links, device);
    out["type"] = "ACDPosition".into();
    for name in ["vendor", "model", "location"] {
        out[name] = "".into();
    }
    out["localNumber"] = device.phone_number.as_str().into();
    out
}

/// What is told of an operation on a device that failed (core-and-voice §3.5). Old clients show `errorMessage`.
pub fn device_error(links: &Links, device: &Device, why: &str) -> Value {
    let path = format!("/devices/{}", device.id);
    json!({
        "messageType": "ErrorMessage",
        "errorMessage": why,
        "deviceUri": links.uri(&path),
        "devicePath": path,
    })
}

/// The user's device of an id.
pub fn find_device<'u>(user: &'u User, id: &str) -> Option<&'u Device> {
    user.device.as_ref().filter(|device| device.id == id)
}

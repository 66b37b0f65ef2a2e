//! Operations of a phone by their names on the wire (spec: core-and-voice#4.5).

use super::{call::SET_CALL_DISPOSITION, dial::plain_number};
use crate::{body::Body, problem::Problem};
use domain::{Millis, command::DeviceAct};

/// The operations of a phone by their names, as `capabilities` list them.
pub const fn device_operations(do_not_disturb: bool, forwards: bool) -> [&'static str; 2] {
    [
        if do_not_disturb { "DoNotDisturbOff" } else { "DoNotDisturbOn" },
        if forwards { "ForwardCallsOff" } else { "ForwardCallsOn" },
    ]
}

/// The name of a user event that a desktop sends from a phone.
pub const SEND_USER_EVENT: &str = "SendUserEvent";

/// Whether an operation at the address of a phone needs the phone, as against a state of the agent.
pub fn is_of_the_phone(operation: &str) -> bool {
    let more = ["ForwardCallsOn", "ForwardCallsOff", SET_CALL_DISPOSITION, SEND_USER_EVENT];
    quiet(operation).is_some() || more.contains(&operation)
}

/// Whether an operation on all channels, on one, or on the phone closes them to work; `None` for other operations.
pub fn quiet(operation: &str) -> Option<bool> {
    match operation {
        "DoNotDisturbOn" => Some(true),
        "DoNotDisturbOff" => Some(false),
        _ => None,
    }
}

/// What a request body asks a phone to do; `None` for an operation that phones do not have.
pub fn device_act(body: &Body) -> Result<Option<DeviceAct>, Problem> {
    Ok(match body.operation()? {
        "ForwardCallsOn" => Some(DeviceAct::Forward(plain_number(body, "destination")?)),
        "ForwardCallsOff" => Some(DeviceAct::Unforward),
        operation => quiet(operation).map(DeviceAct::DoNotDisturb),
    })
}

/// The longest time for work after a call that can be asked for, in seconds: a day.
const LONGEST_WRAP_UP: u64 = 86_400;

/// How long work after a call should last (spec: admin-and-reporting#7.5): seconds, as a text or as a number.
pub fn wrap_up(body: &Body, operation: &str) -> Result<Option<Millis>, Problem> {
    let Some(value) = body.get("wrapUpTime").filter(|_| operation == "AfterCallWork") else {
        return Ok(None);
    };
    let seconds = match value {
        serde_json::Value::String(text) => text.trim().parse().ok(),
        other => other.as_u64(),
    };
    let seconds = seconds.filter(|seconds: &u64| *seconds <= LONGEST_WRAP_UP);
    let millis = seconds.and_then(|seconds| Millis::try_from(seconds * 1_000).ok());
    match millis {
        Some(millis) => Ok(Some(millis)),
        None => {
            Err(Problem::invalid(format!("'wrapUpTime' is not a number of seconds up to {LONGEST_WRAP_UP}")))
        }
    }
}

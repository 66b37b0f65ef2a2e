//! Operations of a phone (spec: core-and-voice#4.5).

use super::{
    call::CallSetCallDispositionRequest,
    dial::plain_number,
    state::StateRequest,
    table::{Requests, requests},
    value::Pairs,
};
use domain::{Refusal, command::DeviceAct};
use serde::Deserialize;
use utoipa::ToSchema;

/// What a phone does with calls, as `capabilities` list what can be asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceOperation {
    /// Take no calls.
    DoNotDisturbOn,
    /// Take them again.
    DoNotDisturbOff,
    /// Send them elsewhere.
    ForwardCallsOn,
    /// Let them come again.
    ForwardCallsOff,
}

requests! {
    /// An operation of an agent on their phone. `capabilities` of the phone list those of them that are open now. The
    /// states are those of the channel `voice`; a centre may name more of them (`GET /settings/agent-states`).
    DeviceRequest of DeviceOperation {
        DoNotDisturbOn(DeviceDoNotDisturbOnRequest) = "DoNotDisturbOn", is DoNotDisturbOn, {};
        DoNotDisturbOff(DeviceDoNotDisturbOffRequest) = "DoNotDisturbOff", is DoNotDisturbOff, {};
        ForwardCallsOn(DeviceForwardCallsOnRequest) = "ForwardCallsOn", is ForwardCallsOn, {"destination": "7102"};
        ForwardCallsOff(DeviceForwardCallsOffRequest) = "ForwardCallsOff", is ForwardCallsOff, {};
        SetCallDisposition(CallSetCallDispositionRequest) = "SetCallDisposition",
            {"disposition": "Referred", "callUuid": "01RCC3N118B1V0SL807GK2LAES000006"};
        SendUserEvent(DeviceSendUserEventRequest) = "SendUserEvent",
            {"userData": {"DispositionCode": "Referred"}};
    } also State(StateRequest)
}

/// Takes no calls.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DeviceDoNotDisturbOnRequest {}

/// Takes calls again.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DeviceDoNotDisturbOffRequest {}

/// Sends calls elsewhere.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DeviceForwardCallsOnRequest {
    /// The number they go to.
    destination: String,
}

impl DeviceForwardCallsOnRequest {
    /// What the phone does.
    pub fn act(&self) -> Result<DeviceAct, Refusal> {
        plain_number(&self.destination, "destination").map(DeviceAct::Forward)
    }
}

/// Lets calls come to the phone again.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DeviceForwardCallsOffRequest {}

/// Sends a user event from the phone. Reporting hears of it; a disposition in it is that of the call in which the user
/// talks, or of the last that they had.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceSendUserEventRequest {
    /// What is sent.
    #[schema(value_type = Option<BTreeMap<String, Value>>)]
    user_data: Option<Pairs>,
}

impl DeviceSendUserEventRequest {
    /// What the phone does.
    pub fn act(self) -> DeviceAct {
        DeviceAct::SendUserEvent(self.user_data.unwrap_or_default().0)
    }
}

/// The operations of a phone by their names, as `capabilities` list them.
pub const fn device_operations(do_not_disturb: bool, forwards: bool) -> [&'static str; 2] {
    use DeviceOperation::{DoNotDisturbOff, DoNotDisturbOn, ForwardCallsOff, ForwardCallsOn};
    [
        DeviceRequest::name_of(if do_not_disturb { DoNotDisturbOff } else { DoNotDisturbOn }),
        DeviceRequest::name_of(if forwards { ForwardCallsOff } else { ForwardCallsOn }),
    ]
}

/// Whether an operation at the address of a phone needs the phone, as against a state of the agent.
pub fn is_of_the_phone(operation: &str) -> bool {
    DeviceRequest::takes(operation)
}

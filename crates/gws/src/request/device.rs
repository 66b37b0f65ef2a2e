//! Operations of a phone (spec: core-and-voice#4.5).

use super::{
    call::CallSetCallDispositionRequest,
    destination::plain_number,
    monitoring::{
        DeviceBargeInRequest, DeviceCancelSupervisorMonitoringRequest, DeviceCoachRequest,
        DeviceListenInRequest, DeviceMuteMonitoredUserRequest, DeviceUnmuteMonitoredUserRequest,
    },
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
    /// Listen to the calls of another phone.
    ListenIn,
    /// Coach the user of another phone.
    Coach,
    /// Step into the calls of another phone.
    BargeIn,
    /// Follow no other phone any more.
    CancelSupervisorMonitoring,
    /// Keep what the followed user says from the others.
    MuteMonitoredUser,
    /// Let them hear that user again.
    UnmuteMonitoredUser,
}

requests! {
    /// An operation of an agent on their phone. `capabilities` of the phone list those of them that are open now. The
    /// states are those of the channel `voice`; a centre may name more of them (`GET /settings/agent-states`).
    DeviceRequest of DeviceOperation {
        DoNotDisturbOn(DeviceDoNotDisturbOnRequest) = "DoNotDisturbOn", is DoNotDisturbOn, {};
        DoNotDisturbOff(DeviceDoNotDisturbOffRequest) = "DoNotDisturbOff", is DoNotDisturbOff, {};
        ForwardCallsOn(DeviceForwardCallsOnRequest) = "ForwardCallsOn", is ForwardCallsOn, {"destination": "7102"};
        ForwardCallsOff(DeviceForwardCallsOffRequest) = "ForwardCallsOff", is ForwardCallsOff, {};
        ListenIn(DeviceListenInRequest) = "ListenIn", is ListenIn, {"phoneNumber": "7102"};
        Coach(DeviceCoachRequest) = "Coach", is Coach, {"phoneNumber": "7102"};
        BargeIn(DeviceBargeInRequest) = "BargeIn", is BargeIn, {"phoneNumber": "7102"};
        CancelSupervisorMonitoring(DeviceCancelSupervisorMonitoringRequest) =
            "CancelSupervisorMonitoring", is CancelSupervisorMonitoring, {"phoneNumber": "7102"};
        MuteMonitoredUser(DeviceMuteMonitoredUserRequest) = "MuteMonitoredUser", is MuteMonitoredUser,
            {"phoneNumber": "7102"};
        UnmuteMonitoredUser(DeviceUnmuteMonitoredUserRequest) =
            "UnmuteMonitoredUser", is UnmuteMonitoredUser, {"phoneNumber": "7102"};
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

/// The operations of a phone by their names, as `capabilities` list them. `monitors` is of a supervisor: whether they follow
/// the calls of another phone.
pub fn device_operations(
    do_not_disturb: bool,
    forwards: bool,
    monitors: Option<bool>,
) -> impl Iterator<Item = &'static str> {
    use DeviceOperation::{
        BargeIn, CancelSupervisorMonitoring, Coach, DoNotDisturbOff, DoNotDisturbOn, ForwardCallsOff,
        ForwardCallsOn, ListenIn, MuteMonitoredUser, UnmuteMonitoredUser,
    };
    let own = [
        if do_not_disturb { DoNotDisturbOff } else { DoNotDisturbOn },
        if forwards { ForwardCallsOff } else { ForwardCallsOn },
    ];
    let begins = [ListenIn, Coach, BargeIn].into_iter().filter(move |_| monitors.is_some());
    let goes_on = [CancelSupervisorMonitoring, MuteMonitoredUser, UnmuteMonitoredUser];
    let goes_on = goes_on.into_iter().filter(move |_| monitors == Some(true));
    own.into_iter().chain(begins).chain(goes_on).map(DeviceRequest::name_of)
}

/// Whether an operation at the address of a phone is of who follows the calls of others.
pub fn is_monitoring(request: &DeviceRequest) -> bool {
    matches!(
        request,
        DeviceRequest::ListenIn(_)
            | DeviceRequest::Coach(_)
            | DeviceRequest::BargeIn(_)
            | DeviceRequest::CancelSupervisorMonitoring(_)
            | DeviceRequest::MuteMonitoredUser(_)
            | DeviceRequest::UnmuteMonitoredUser(_)
    )
}

/// Whether an operation at the address of a phone needs the phone, as against a state of the agent.
pub fn is_of_the_phone(operation: &str) -> bool {
    DeviceRequest::takes(operation)
}

//! The phone of a user (spec: core-and-voice#4.2).

use super::{
    UserState,
    call::device_path,
    feature::MONITORING,
    user_state,
    words::{ActiveState, OnOff, one_of},
};
use crate::{
    links::Links,
    request::{MonitoringMode, MonitoringScope, device_operations},
};
use domain::{
    agent::ChannelState,
    centre::Centre,
    device,
    user::{Device, Role, User},
    watch::Monitoring,
};
use serde::Serialize;
use utoipa::{
    ToSchema,
    openapi::{
        RefOr,
        schema::{ArrayBuilder, Schema},
    },
};

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
    /// Whether its user may follow the calls of others.
    pub supervises: bool,
}

/// What the user of a phone follows of another one (spec: admin-and-reporting#3).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SupervisorMonitoringState {
    /// How.
    state: MonitoringState,
    /// Which calls.
    mode: MonitoringMode,
    /// How long in each.
    scope: MonitoringScope,
    /// The address of that phone.
    target_device_uri: String,
}

/// How a supervisor follows.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
enum MonitoringState {
    ListenIn,
    Coach,
    BargeIn,
}

/// The network of a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub enum TelephonyNetwork {
    /// That of the centre.
    Private,
}

/// What a device is for, as provisioning says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub enum DeviceType {
    /// The phone of an agent.
    #[serde(rename = "ACDPosition")]
    AcdPosition,
}

/// A phone. Provisioning shows more of it than its user sees.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Device)]
pub struct DeviceResource {
    /// A GUID.
    id: String,
    /// Whether it can be reached.
    device_state: ActiveState,
    /// The state of its user on the voice channel.
    user_state: UserState,
    /// Its number.
    phone_number: String,
    /// Always empty.
    #[serde(rename = "e164Number")]
    e164_number: &'static str,
    /// Always `Private`.
    telephony_network: TelephonyNetwork,
    /// Whether it takes no calls.
    do_not_disturb: OnOff,
    /// Always empty.
    voice_environment_uri: &'static str,
    /// Always empty.
    description: &'static str,
    /// Always empty.
    dynamic_phone_number: &'static str,
    /// Its channel, `voice`.
    #[schema(value_type = Vec<String>)]
    channels: [&'static str; 1],
    /// The operations that are open now; none while it cannot be reached.
    #[schema(schema_with = capabilities)]
    capabilities: Vec<&'static str>,
    /// Where it forwards calls to, while it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    forward_to: Option<String>,
    /// What its user follows of another phone, while they do.
    #[serde(skip_serializing_if = "Option::is_none")]
    supervisor_monitoring_state: Option<SupervisorMonitoringState>,
    /// Its address.
    uri: String,
    /// Its path.
    path: String,
    /// As provisioning shows it: always `ACDPosition`.
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<DeviceType>,
    /// As provisioning shows it: always empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    vendor: Option<&'static str>,
    /// As provisioning shows it: always empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<&'static str>,
    /// As provisioning shows it: always empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<&'static str>,
    /// As provisioning shows it: its number once more.
    #[serde(skip_serializing_if = "Option::is_none")]
    local_number: Option<String>,
}

fn capabilities() -> RefOr<Schema> {
    let off = device_operations(true, true, None);
    let names = off.chain(device_operations(false, false, Some(true)));
    ArrayBuilder::new()
        .items(one_of(names, ""))
        .description(Some("The operations that are open now; none while it cannot be reached."))
        .into()
}

/// The device as its user sees it.
pub fn device_resource(links: &Links, phone: &Phone<'_>) -> DeviceResource {
    let Phone { device, stands, voice, supervises } = *phone;
    let path = device_path(device);
    let quiet = stands.do_not_disturb || voice.is_some_and(|voice| voice.do_not_disturb);
    let forwards = stands.forward_to.is_some();
    let watch = stands.watches.as_ref();
    let monitors = supervises.then_some(watch.is_some());
    // A phone that cannot be reached takes no operation.
    let open = device_operations(quiet, forwards, monitors).filter(|_| stands.in_service);
    DeviceResource {
        id: device.id.clone(),
        device_state: stands.in_service.into(),
        user_state: user_state(voice),
        phone_number: device.phone_number.as_str().to_owned(),
        e164_number: "",
        telephony_network: TelephonyNetwork::Private,
        do_not_disturb: quiet.into(),
        voice_environment_uri: "",
        description: "",
        dynamic_phone_number: "",
        channels: [domain::medium::VOICE],
        capabilities: open.collect(),
        forward_to: stands.forward_to.as_ref().map(|to| to.as_str().to_owned()),
        supervisor_monitoring_state: watch.map(|watch| SupervisorMonitoringState {
            state: watch.monitoring.into(),
            mode: watch.mode.into(),
            scope: watch.scope.into(),
            target_device_uri: links.uri(&format!("/devices/{}", watch.target_device)),
        }),
        uri: links.uri(&path),
        path,
        r#type: None,
        vendor: None,
        model: None,
        location: None,
        local_number: None,
    }
}

/// The device as provisioning shows it: with its own properties besides its state (spec: admin-and-reporting#2.3).
pub fn provisioned_device(links: &Links, phone: &Phone<'_>) -> DeviceResource {
    DeviceResource {
        r#type: Some(DeviceType::AcdPosition),
        vendor: Some(""),
        model: Some(""),
        location: Some(""),
        local_number: Some(phone.device.phone_number.as_str().to_owned()),
        ..device_resource(links, phone)
    }
}

impl From<Monitoring> for MonitoringState {
    fn from(monitoring: Monitoring) -> Self {
        match monitoring {
            Monitoring::ListenIn => Self::ListenIn,
            Monitoring::Coach => Self::Coach,
            Monitoring::BargeIn => Self::BargeIn,
        }
    }
}

/// Whether a user may follow the calls of others, as far as that does not depend on whose.
pub fn supervises(centre: &Centre, user: &User) -> bool {
    user.has(&[Role::Supervisor]) && centre.has(&[MONITORING])
}

/// The user's device with an id.
pub fn find_device<'u>(user: &'u User, id: &str) -> Option<&'u Device> {
    user.device.as_ref().filter(|device| device.id == id)
}

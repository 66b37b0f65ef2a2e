//! `/devices`: the phones of the centre (spec: core-and-voice#4.2, admin-and-reporting#2.3); and `/me/devices`: the caller's
//! own, and what they do with it (spec: core-and-voice#4.2, #4.3, #4.5).

use crate::{
    auth::{ADMINS, CARERS, Caller},
    body::{Posted, asked},
    notifications::tell_device_error,
    repeat::Repeat,
    state::Api,
    v2::{
        calls, features,
        openapi::{Denied, Listing, Refused},
    },
};
use axum::extract::{Path, State};
use domain::{
    Command, MediumName,
    call::Dn,
    command::{AgentAct, DeviceAct, WatchAsked},
    medium::{VOICE, voice},
    user::{Device, Role, User},
};
use gws::{
    Answer, ChannelRequest, DeviceAnswer, DeviceRequest, DeviceResource, DevicesAnswer, Links,
    MonitoringAsked, Outcome, Phone, PhoneName, Problem, Query, SettingKey, StateRequest,
    SwitchSettingsAnswer, device_resource, find_device, is_monitoring, is_of_the_phone, provisioned_device,
    supervises,
};
use http::StatusCode;
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The addresses below `/devices` and `/me/devices`.
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(read))
        .routes(routes!(switch_settings))
        .routes(routes!(list_own))
        .routes(routes!(read_own, operate))
        .routes(routes!(switch_settings_of_own))
}

/// Every device of the centre, with what provisioning knows of it.
#[utoipa::path(
    get, path = "/devices", tag = "devices", params(Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `devices`", body = gws::DevicesAnswer), Denied)
)]
async fn list(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    features::shows(&api, features::READ, "/devices")?;
    caller.needs(ADMINS)?;
    let mut devices = Vec::new();
    for user in api.desk.directory().all() {
        devices.extend(of_user(&api, &user, provisioned_device).await?);
    }
    DevicesAnswer::of(&query, &[], devices)
}

/// One device: one's own, or any for those who look after others, who see it as provisioned.
#[utoipa::path(
    get, path = "/devices/{id}", tag = "devices",
    params(("id" = String, Path, description = "The device's id")),
    responses((status = 200, description = "The `device`", body = gws::DeviceAnswer), Denied)
)]
async fn read(State(api): State<Arc<Api>>, caller: Caller, Path(id): Path<String>) -> Outcome {
    let (user, _) = find(&api, &caller, &id)?;
    let shape = if caller.user.has(CARERS) { provisioned_device } else { device_resource };
    let device = of_user(&api, &user, shape).await?.pop();
    Ok(DeviceAnswer::of(device.ok_or_else(|| Problem::not_found(&format!("Device '{id}'")))?))
}

/// How a phone is written: as its user sees it, or as provisioning does.
type Shape = fn(&Links, &Phone<'_>) -> DeviceResource;

/// The phone of a user, if they have one, as it stands.
pub async fn of_user(api: &Api, user: &User, shape: Shape) -> Result<Vec<DeviceResource>, Problem> {
    let Some(device) = &user.device else { return Ok(Vec::new()) };
    let stands = api.desk.device(&device.phone_number).await?;
    let agent = api.desk.agent(user).await?;
    let supervises = api.desk.centre().is_some_and(|centre| supervises(&centre, user));
    let phone = Phone { device, stands: &stands, voice: agent.channel(&voice()), supervises };
    Ok(vec![shape(&api.links, &phone)])
}

/// The switch's settings of a device. There are none; desktops read them as they start.
#[utoipa::path(
    get, path = "/devices/{id}/settings/tserver", tag = "devices",
    params(("id" = String, Path, description = "The device's id")),
    responses((status = 200, description = "empty `settings` with the `key` name", body = gws::SwitchSettingsAnswer), Denied)
)]
async fn switch_settings(State(api): State<Arc<Api>>, caller: Caller, Path(id): Path<String>) -> Outcome {
    find(&api, &caller, &id)?;
    Ok(SwitchSettingsAnswer::of(Vec::new(), SettingKey::Name))
}

/// A device with its user. Whether a device that the caller may not see exists, only the refusal tells.
fn find(api: &Api, caller: &Caller, id: &str) -> Result<(Arc<User>, Device), Problem> {
    let users = std::iter::once(caller.user.clone()).chain(api.desk.directory().all());
    let mut found = users.filter_map(|user| find_device(&user, id).cloned().map(|device| (user, device)));
    let (user, device) = found.next().ok_or_else(|| Problem::not_found(&format!("Device '{id}'")))?;
    caller.needs_to_see(api, &user)?;
    Ok((user, device))
}

/// The caller's devices.
#[utoipa::path(
    get, path = "/me/devices", tag = "me", params(Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `devices`", body = gws::DevicesAnswer), Denied)
)]
async fn list_own(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    DevicesAnswer::of(&query, &[], of_user(&api, &caller.user, device_resource).await?)
}

/// One device: the caller's, or any for those who look after others.
#[utoipa::path(
    get, path = "/me/devices/{id}", tag = "me",
    params(("id" = String, Path, description = "The device's id")),
    responses((status = 200, description = "The `device`", body = gws::DeviceAnswer), Denied)
)]
async fn read_own(state: State<Arc<Api>>, caller: Caller, id: Path<String>) -> Outcome {
    read(state, caller, id).await
}

/// The switch's settings of a device. There are none; desktops read them as they start.
#[utoipa::path(
    get, path = "/me/devices/{id}/settings/tserver", tag = "me",
    params(("id" = String, Path, description = "The device's id")),
    responses((status = 200, description = "empty `settings` with the `key` name", body = gws::SwitchSettingsAnswer), Denied)
)]
async fn switch_settings_of_own(state: State<Arc<Api>>, caller: Caller, id: Path<String>) -> Outcome {
    switch_settings(state, caller, id).await
}

/// Operates the phone (`DoNotDisturbOn`, `DoNotDisturbOff`, `ForwardCallsOn` with `destination`, `ForwardCallsOff`),
/// sets the agent's state on it, or the disposition of a call that the body names. Supervisors follow the calls of those
/// whom they lead (`ListenIn`, `Coach`, `BargeIn`, `CancelSupervisorMonitoring`). What follows is told on
/// `/v2/me/devices`. While no phone is registered, the answer is `statusCode` 4 with HTTP status 500; for a state an
/// `ErrorMessage` says so, too.
#[utoipa::path(
    post, path = "/me/devices/{id}", tag = "me", request_body = DeviceRequest,
    params(("id" = String, Path, description = "The device's id")),
    responses(
        (status = 200, description = "Accepted", body = gws::Done),
        Refused
    )
)]
async fn operate(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(id): Path<String>,
    repeat: Repeat,
    Posted(body): Posted,
) -> Outcome {
    caller.needs(&[Role::Agent, Role::Supervisor])?;
    let device = find_device(&caller.user, &id);
    let device = device.ok_or_else(|| Problem::not_found(&format!("Device '{id}'")))?;
    if is_of_the_phone(body.operation()?) {
        features::allows(&api, features::VOICE)?;
    }
    let request = asked(&api, &body, "/me/devices/{id}")?;
    if is_monitoring(&request) {
        features::allows(&api, features::MONITORING)?;
        caller.needs(&[Role::Supervisor])?;
    }
    let act = match request {
        DeviceRequest::DoNotDisturbOn(_) => DeviceAct::DoNotDisturb(true),
        DeviceRequest::DoNotDisturbOff(_) => DeviceAct::DoNotDisturb(false),
        DeviceRequest::ForwardCallsOn(forward) => forward.act()?,
        DeviceRequest::ForwardCallsOff(_) => DeviceAct::Unforward,
        DeviceRequest::SetCallDisposition(set) => {
            return calls::perform(&api, &caller, &repeat, set.act(None)?).await;
        }
        DeviceRequest::ListenIn(request) => watch(&api, request.asked()?)?,
        DeviceRequest::Coach(request) => watch(&api, request.asked()?)?,
        DeviceRequest::BargeIn(request) => watch(&api, request.asked()?)?,
        DeviceRequest::CancelSupervisorMonitoring(request) => {
            DeviceAct::Unwatch(number_of(&api, request.target()?)?)
        }
        DeviceRequest::MuteMonitoredUser(request) => {
            DeviceAct::SilenceWatched { target: number_of(&api, request.target()?)?, on: true }
        }
        DeviceRequest::UnmuteMonitoredUser(request) => {
            DeviceAct::SilenceWatched { target: number_of(&api, request.target()?)?, on: false }
        }
        DeviceRequest::SendUserEvent(event) => event.act(),
        DeviceRequest::State(state) => {
            let act = state_act(Some(voice()), state)?;
            return set_state(&api, &caller, &repeat, Some(device), act).await;
        }
    };
    act_on(&api, &caller, &repeat, device, act).await
}

/// What it means to follow the calls of a phone. Whether the caller may is judged by the rule.
fn watch(api: &Api, asked: MonitoringAsked) -> Result<DeviceAct, Problem> {
    let MonitoringAsked { target, monitoring, mode, scope } = asked;
    let device = named(api, &target)?;
    let (target, target_device) = (device.phone_number, device.id);
    Ok(DeviceAct::Watch(Box::new(WatchAsked { target, target_device, monitoring, mode, scope })))
}

/// The number of a phone that a request names, if it names one.
fn number_of(api: &Api, name: Option<PhoneName>) -> Result<Option<Dn>, Problem> {
    name.map(|name| named(api, &name).map(|device| device.phone_number)).transpose()
}

/// A phone of the centre by the name that a request gives it.
fn named(api: &Api, name: &PhoneName) -> Result<Device, Problem> {
    let is_it = |device: &Device| match name {
        PhoneName::Id(id) => device.id == *id,
        PhoneName::Number(number) => device.phone_number == *number,
    };
    let users = api.desk.directory().all().into_iter();
    let mut devices = users.filter_map(|user| user.device.clone());
    let text = match name {
        PhoneName::Id(id) => id.as_str(),
        PhoneName::Number(number) => number.as_str(),
    };
    let found = devices.find(is_it);
    found.ok_or_else(|| Problem::not_found(&format!("Device '{text}'")))
}

/// Changes what the phone does with calls. An agent who wants calls again is not kept from them by the channel.
async fn act_on(api: &Api, caller: &Caller, repeat: &Repeat, device: &Device, act: DeviceAct) -> Outcome {
    let opens = act == DeviceAct::DoNotDisturb(false);
    let (dn, agent) = (device.phone_number.clone(), caller.user.id.clone());
    let mut last = Command::Device { dn, agent: agent.clone(), act };
    let found = api.desk.agent(&caller.user).await?;
    if opens && found.channel(&voice()).is_some_and(|channel| channel.do_not_disturb) {
        let act = AgentAct::DoNotDisturb { channel: Some(voice()), on: false };
        api.desk.perform(std::mem::replace(&mut last, Command::Agent { agent, act })).await?;
    }
    Ok(api.perform(repeat, last, |_| Answer::done()).await?)
}

/// The command for the phone that follows from an operation on all channels; `None` if the phone cannot be reached.
pub async fn follows(api: &Api, caller: &Caller, on: bool) -> Result<Option<Command>, Problem> {
    let Some(device) = &caller.user.device else { return Ok(None) };
    let dn = device.phone_number.clone();
    let is_at_work = api.desk.agent(&caller.user).await?.channel(&voice()).is_some();
    let is_reached = is_at_work && api.desk.device(&dn).await?.in_service;
    let (agent, act) = (caller.user.id.clone(), DeviceAct::DoNotDisturb(on));
    Ok(is_reached.then_some(Command::Device { dn, agent, act }))
}

/// Sets the state of the voice channel, which is that of the phone: without one there is no state to change.
pub async fn set_state(
    api: &Api,
    caller: &Caller,
    repeat: &Repeat,
    device: Option<&Device>,
    act: AgentAct,
) -> Outcome {
    let reached = match device {
        Some(device) if api.desk.device(&device.phone_number).await?.in_service => device,
        _ => return Err(state_refused(api, caller, device)),
    };
    if let AgentAct::DoNotDisturb { on, .. } = act {
        features::allows(api, features::VOICE)?;
        return act_on(api, caller, repeat, reached, DeviceAct::DoNotDisturb(on)).await;
    }
    let command = Command::Agent { agent: caller.user.id.clone(), act };
    Ok(api.perform(repeat, command, |_| Answer::done()).await?)
}

/// The refusal of a state operation whose phone is not there. The agent's sessions are told the same, because some
/// clients only look there (spec: client-requirements#23).
fn state_refused(api: &Api, caller: &Caller, device: Option<&Device>) -> Problem {
    if let Some(device) = device {
        tell_device_error(api, &caller.user.id, device, &why_not_registered(Some(device)));
    }
    not_registered(device)
}

/// The refusal of a state operation or a user event whose phone is not there (spec: core-and-voice#1.5).
pub fn not_registered(device: Option<&Device>) -> Problem {
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, 4, why_not_registered(device))
}

/// The sentence of that refusal.
pub fn why_not_registered(device: Option<&Device>) -> String {
    match device {
        Some(device) => format!("Device '{}' is not registered.", device.phone_number),
        None => "The user has no device.".to_owned(),
    }
}

/// What an operation on a channel means: do-not-disturb, or a state to enter.
pub fn channel_act(channel: Option<MediumName>, request: ChannelRequest) -> Result<AgentAct, Problem> {
    match request {
        ChannelRequest::DoNotDisturbOn(_) => Ok(AgentAct::DoNotDisturb { channel, on: true }),
        ChannelRequest::DoNotDisturbOff(_) => Ok(AgentAct::DoNotDisturb { channel, on: false }),
        ChannelRequest::State(state) => state_act(channel, state),
    }
}

/// What it means to enter a state of the centre's list.
fn state_act(channel: Option<MediumName>, state: StateRequest) -> Result<AgentAct, Problem> {
    // Only on the phone there is work after a call.
    if state.wrap_up.is_some() && channel.as_ref().is_some_and(|channel| channel.as_str() != VOICE) {
        return Err(Problem::invalid("'wrapUpTime' is of the channel 'voice' alone"));
    }
    Ok(AgentAct::SetState { channel, operation: state.operation, wrap_up: state.wrap_up })
}

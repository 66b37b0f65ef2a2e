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
        places::{self, Named},
    },
};
use axum::extract::{Path, State};
use domain::{
    Command, MediumName, Refusal,
    call::Dn,
    command::{AgentAct, DeviceAct, WatchAsked},
    medium::{VOICE, voice},
    user::{Device, Role, User},
};
use gws::{
    Answer, ChannelRequest, DeviceAnswer, DeviceAssignRequest, DeviceRequest, DeviceResource, DevicesAnswer,
    Links, MonitoringAsked, Outcome, Phone, PhoneName, Problem, Query, SettingKey, StateRequest,
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
        .routes(routes!(list_own, assign))
        .routes(routes!(read_own, operate))
        .routes(routes!(switch_settings_of_own))
}

/// Every device of the centre, with what provisioning knows of it: those of users, then those at places.
#[utoipa::path(
    get, path = "/devices", tag = "devices", params(Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `devices`", body = gws::DevicesAnswer), Denied)
)]
async fn list(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    features::shows(&api, features::READ, "/devices")?;
    caller.needs(ADMINS)?;
    let mut devices = Vec::new();
    for (_, device) in places::all(&api) {
        devices.push(as_it_stands(&api, &device, provisioned_device).await?);
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
    let device = find(&api, &caller, &id).await?;
    let shown = if caller.user.has(CARERS) {
        as_it_stands(&api, &device, provisioned_device).await?
    } else {
        for_user(&api, &caller.user, &device, device_resource).await?
    };
    Ok(DeviceAnswer::of(shown))
}

/// How a phone is written: as its user sees it, or as provisioning does.
type Shape = fn(&Links, &Phone<'_>) -> DeviceResource;

/// The phone at which a user works, if they have one, as it stands.
pub async fn of_user(api: &Api, user: &User, shape: Shape) -> Result<Vec<DeviceResource>, Problem> {
    match places::worked_at(api, user).await? {
        Some(device) => Ok(vec![for_user(api, user, &device, shape).await?]),
        None => Ok(Vec::new()),
    }
}

/// A phone as it stands for the user whose it is: while another works at it, it cannot be reached.
async fn for_user(api: &Api, user: &User, device: &Device, shape: Shape) -> Result<DeviceResource, Problem> {
    let mut stands = api.desk.device(&device.phone_number).await?;
    if stands.is_taken_from(&user.id) {
        stands = domain::device::Device::new(device.phone_number.clone());
    }
    let agent = api.desk.agent(user).await?;
    let supervises = api.desk.centre().is_some_and(|centre| supervises(&centre, user));
    let voice = agent.channel(&voice());
    Ok(shape(&api.links, &Phone { device, stands: &stands, voice, supervises }))
}

/// A phone as it stands, with the state of whoever works at it.
async fn as_it_stands(api: &Api, device: &Device, shape: Shape) -> Result<DeviceResource, Problem> {
    let stands = api.desk.device(&device.phone_number).await?;
    let user = stands.user().and_then(|user| api.desk.directory().user(user));
    let agent = match &user {
        Some(user) => Some(api.desk.agent(user).await?),
        None => None,
    };
    let voice = agent.as_ref().and_then(|agent| agent.channel(&voice()));
    let supervises = match (&user, api.desk.centre()) {
        (Some(user), Some(centre)) => supervises(&centre, user),
        _ => false,
    };
    Ok(shape(&api.links, &Phone { device, stands: &stands, voice, supervises }))
}

/// The switch's settings of a device. There are none; desktops read them as they start.
#[utoipa::path(
    get, path = "/devices/{id}/settings/tserver", tag = "devices",
    params(("id" = String, Path, description = "The device's id")),
    responses((status = 200, description = "empty `settings` with the `key` name", body = gws::SwitchSettingsAnswer), Denied)
)]
async fn switch_settings(State(api): State<Arc<Api>>, caller: Caller, Path(id): Path<String>) -> Outcome {
    find(&api, &caller, &id).await?;
    Ok(SwitchSettingsAnswer::of(Vec::new(), SettingKey::Name))
}

/// A device: the caller's, one at which they work, or another that they may see. Whether one that they may not see
/// exists, only the refusal tells.
async fn find(api: &Api, caller: &Caller, id: &str) -> Result<Device, Problem> {
    let own = caller.user.device.clone();
    let worked_at = places::worked_at(api, &caller.user).await?;
    if let Some(own) = worked_at.into_iter().chain(own).find(|device| device.id == id) {
        return Ok(own);
    }
    let found = places::all(api).into_iter().map(|(_, device)| device).find(|device| device.id == id);
    let found = found.ok_or_else(|| Problem::not_found(&format!("Device '{id}'")))?;
    match api.desk.directory().all().iter().find(|user| find_device(user, id).is_some()) {
        Some(owner) => caller.needs_to_see(api, owner)?,
        None => caller.needs(CARERS)?,
    }
    Ok(found)
}

/// The caller's devices.
#[utoipa::path(
    get, path = "/me/devices", tag = "me", params(Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `devices`", body = gws::DevicesAnswer), Denied)
)]
async fn list_own(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    DevicesAnswer::of(&query, &[], of_user(&api, &caller.user, device_resource).await?)
}

/// Assigns a phone to the caller until their contact-centre session ends, and their own is theirs again: one that is
/// nobody's, or whose user does not work at it. With a call on the phone before, it is refused.
#[utoipa::path(
    post, path = "/me/devices", tag = "me", request_body = DeviceAssignRequest,
    responses((status = 200, description = "Accepted", body = gws::Done), Refused)
)]
async fn assign(
    State(api): State<Arc<Api>>,
    caller: Caller,
    repeat: Repeat,
    Posted(body): Posted,
) -> Outcome {
    features::allows(&api, features::VOICE)?;
    caller.needs(&[Role::Agent, Role::Supervisor])?;
    let asked: DeviceAssignRequest = body.read()?;
    let named = Named::of(asked.place.as_ref(), asked.device_path.as_ref(), asked.phone_number.as_ref());
    let place = places::find(&api, &caller.user, named)?.ok_or(Refusal::Missing("phoneNumber"))?;
    let device = place.device.as_ref().ok_or_else(|| Problem::invalid("'place' has no device"))?;
    if !api.desk.device(&device.phone_number).await?.in_service {
        return Err(not_registered(Some(device)));
    }
    let command = Command::Agent { agent: caller.user.id.clone(), act: AgentAct::Sit(place) };
    Ok(api.perform(&repeat, command, |_| Answer::done()).await?)
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
    let device = &places::own(&api, &caller, &id).await?;
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
            return calls::perform(&api, &caller, &repeat, set.act(None)?, None).await;
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
    let mut devices = places::all(api).into_iter().map(|(_, device)| device);
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
    let Some(device) = places::worked_at(api, &caller.user).await? else { return Ok(None) };
    let dn = device.phone_number;
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

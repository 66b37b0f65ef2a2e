//! `/devices`: the phones of the centre (spec: core-and-voice#4.2, admin-and-reporting#2.3).

use super::sight::{CARERS, needs_sight};
use crate::{
    auth::{ADMINS, Caller},
    state::Api,
    v2::{
        feature,
        params::{Denied, Listing},
    },
};
use axum::extract::{Path, State};
use domain::{
    medium::voice,
    user::{Device, User},
};
use gws::{
    DeviceAnswer, DeviceResource, DevicesAnswer, Links, Outcome, Phone, Problem, Query, SettingKey,
    SwitchSettingsAnswer, device_resource, find_device, provisioned_device,
};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The addresses below `/devices`.
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(read)).routes(routes!(switch_settings))
}

/// Every device of the centre, with what provisioning knows of it.
#[utoipa::path(
    get, path = "/devices", tag = "devices", params(Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `devices`", body = gws::DevicesAnswer), Denied)
)]
pub async fn list(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    feature::shows(&api, feature::READ, "/devices")?;
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
pub async fn read(State(api): State<Arc<Api>>, caller: Caller, Path(id): Path<String>) -> Outcome {
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
    let phone = Phone { device, stands: &stands, voice: agent.channel(&voice()) };
    Ok(vec![shape(&api.links, &phone)])
}

/// The switch's settings of a device. There are none; desktops read them as they start.
#[utoipa::path(
    get, path = "/devices/{id}/settings/tserver", tag = "devices",
    params(("id" = String, Path, description = "The device's id")),
    responses((status = 200, description = "empty `settings` with the `key` name", body = gws::SwitchSettingsAnswer), Denied)
)]
pub async fn switch_settings(State(api): State<Arc<Api>>, caller: Caller, Path(id): Path<String>) -> Outcome {
    find(&api, &caller, &id)?;
    Ok(SwitchSettingsAnswer::of(Vec::new(), SettingKey::Name))
}

/// A device with its user. Whether a device that the caller may not see exists, only the refusal tells.
fn find(api: &Api, caller: &Caller, id: &str) -> Result<(Arc<User>, Device), Problem> {
    let users = std::iter::once(caller.user.clone()).chain(api.desk.directory().all());
    let mut found = users.filter_map(|user| find_device(&user, id).cloned().map(|device| (user, device)));
    let (user, device) = found.next().ok_or_else(|| Problem::not_found(&format!("Device '{id}'")))?;
    needs_sight(caller, &user)?;
    Ok((user, device))
}

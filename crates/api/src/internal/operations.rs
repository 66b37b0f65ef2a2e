//! `POST /internal-api/operations`: what the vendor's desktop sends as a user event (spec: admin-and-reporting#8.4).

use crate::{asked::asked, auth::Caller, body::Posted, state::Api, v2::not_registered};
use axum::extract::State;
use domain::user::Role;
use gws::{DesktopRequest, Outcome, Problem, find_device};
use std::sync::Arc;

/// Refuses a user event as the desktop knows it from a phone that is not registered: no phone is yet.
pub async fn post(State(api): State<Arc<Api>>, caller: Caller, Posted(body): Posted) -> Outcome {
    caller.needs(&[Role::Agent, Role::Supervisor])?;
    let DesktopRequest::SendUserEvent(event) = asked(&api, &body, "/internal-api/operations")?;
    let device = match event.device_id {
        Some(id) => {
            let found = find_device(&caller.user, &id);
            Some(found.ok_or_else(|| Problem::not_found(&format!("Device '{id}'")))?)
        }
        None => caller.user.device.as_ref(),
    };
    Err(not_registered(device))
}

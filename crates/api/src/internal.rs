//! `/internal-api`: the bundled reads of the vendor's own desktop (spec: core-and-voice#7.3). No public contract, but
//! the order in which that desktop starts must not break (spec: client-requirements#27).

use crate::{
    auth::Caller,
    body::{Posted, asked},
    repeat::Repeat,
    state::Api,
    v2::{not_registered, option_groups, own_device, worked_at},
};
use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use domain::{Command, user::Role};
use gws::{
    Answer, BusinessAttributesAnswer, CentreAnswer, CentreResources, DesktopRequest, Outcome, OwnSections,
    OwnSettings, OwnSettingsAnswer, Query, business_attributes, states_to_choose,
};
use std::sync::Arc;

/// The addresses below `/internal-api`.
pub fn router() -> Router<Arc<Api>> {
    Router::new()
        .route("/me/settings", get(own_settings))
        .route("/contact-center", get(centre))
        .route("/business-attributes", get(list_attributes))
        .route("/operations", post(operate))
}

/// `GET /internal-api/me/settings`: the list of states, and the caller's options by section, under `resources`.
async fn own_settings(State(api): State<Arc<Api>>, caller: Caller) -> Outcome {
    let centre = api.desk.centre();
    let states = centre.iter().flat_map(|centre| &centre.agent_states).map(|state| &**state);
    let sections = option_groups(&api, &caller.user).await?;
    let user = OwnSections { settings: sections };
    Ok(OwnSettingsAnswer::of(OwnSettings { agent_states: states_to_choose(states), user }))
}

/// `GET /internal-api/contact-center?subresources=businessAttributes`: the centre, with the tree of disposition codes in
/// the form of business attributes (spec: admin-and-reporting#2.5).
async fn centre(State(api): State<Arc<Api>>, _: Caller, query: Query) -> Outcome {
    let mut resources = CentreResources::default();
    if query.subresources().has("businessAttributes") {
        resources.business_attributes = Some(business_attributes(&api.desk.book().await?));
    }
    Ok(CentreAnswer::of(resources))
}

/// `GET /internal-api/business-attributes`. Clients look for the list in either of two places.
async fn list_attributes(State(api): State<Arc<Api>>, _: Caller) -> Outcome {
    let attributes = business_attributes(&api.desk.book().await?);
    let resources = CentreResources { business_attributes: Some(attributes.clone()) };
    Ok(BusinessAttributesAnswer::of(attributes, resources))
}

/// `POST /internal-api/operations`: what the vendor's desktop sends as a user event (spec: admin-and-reporting#8.4).
async fn operate(
    State(api): State<Arc<Api>>,
    caller: Caller,
    repeat: Repeat,
    Posted(body): Posted,
) -> Outcome {
    caller.needs(&[Role::Agent, Role::Supervisor])?;
    let DesktopRequest::SendUserEvent(event) = asked(&api, &body, "/internal-api/operations")?;
    let device = match &event.device_id {
        Some(id) => Some(own_device(&api, &caller, id).await?),
        None => worked_at(&api, &caller.user).await?,
    };
    let dn = device.ok_or_else(|| not_registered(None))?.phone_number;
    let command = Command::Device { dn, agent: caller.user.id.clone(), act: event.act() };
    Ok(api.perform(&repeat, command, |_| Answer::done()).await?)
}

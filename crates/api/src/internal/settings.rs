//! `GET /internal-api/me/settings`: the list of states, and the caller's options by section.

use crate::{auth::Caller, state::Api, v2::option_groups};
use axum::extract::State;
use gws::{Outcome, OwnSections, OwnSettings, OwnSettingsAnswer, states_to_choose};
use std::sync::Arc;

/// Both, under `resources`.
pub async fn get(State(api): State<Arc<Api>>, caller: Caller) -> Outcome {
    let centre = api.desk.centre();
    let states = centre.iter().flat_map(|centre| &centre.agent_states).map(|state| &**state);
    let sections = option_groups(&api, &caller.user).await?;
    let user = OwnSections { settings: sections };
    Ok(OwnSettingsAnswer::of(OwnSettings { agent_states: states_to_choose(states), user }))
}

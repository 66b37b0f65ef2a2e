//! `GET /internal-api/me/settings`: the list of states, and the caller's options by section.

use crate::{auth::Caller, state::Api, v2::option_groups};
use axum::extract::State;
use gws::{Answer, Outcome, states_to_choose};
use serde_json::json;
use std::sync::Arc;

/// Both, under `resources`.
pub async fn get(State(api): State<Arc<Api>>, caller: Caller) -> Outcome {
    let centre = api.desk.centre();
    let states = centre.iter().flat_map(|centre| &centre.agent_states).map(|state| &**state);
    let sections = option_groups(&api, &caller.user).await?;
    let resources = json!({
        "agentStates": states_to_choose(states),
        "user": {"settings": sections},
    });
    Ok(Answer::with("resources", resources))
}

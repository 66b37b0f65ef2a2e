//! `GET /internal-api/me/settings`: the list of states, and the caller's options by section.

use crate::{
    answer::{Answer, Outcome},
    auth::Caller,
    state::Api,
    v2::option_groups,
    wire::states_to_choose,
};
use axum::extract::State;
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

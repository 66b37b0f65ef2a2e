//! `GET /diagnostics/routing`: who waits, and what stands against each agent.

use crate::{
    auth::Caller,
    state::Api,
    v2::{params::Denied, sight::CARERS},
};
use axum::extract::State;
use desk::routing::{AgentObstacle, WaitingItem};
use gws::{Answer, Outcome, fitting, timestamp};
use serde_json::{Value, json};
use std::sync::Arc;

/// The most that the rows of one answer weigh, in bytes as they are sent.
const MAX_BYTES: usize = 1024 * 1024;

/// Everything that waits, in the order in which it will be served, with the first thing that stands
/// against offering it to each agent who is logged in. An agent without an `obstacle` is about to be offered it. When
/// more wait than fit into one answer, `totalCount` says how many.
#[utoipa::path(
    get, path = "/diagnostics/routing", tag = "diagnostics",
    responses((status = 200, description = "the `waiting` conversations, each with its `agents`"), Denied)
)]
pub async fn get(State(api): State<Arc<Api>>, caller: Caller) -> Outcome {
    caller.needs(CARERS)?;
    let waiting = api.desk.waiting_items();
    let rows = waiting.iter().map(|item| row(&api, item, &api.desk.standings(&item.interaction)));
    let (rows, is_cut) = fitting(rows, MAX_BYTES);
    let answer = Answer::with("waiting", rows);
    Ok(if is_cut { answer.and("totalCount", waiting.len()) } else { answer })
}

fn row(api: &Api, item: &WaitingItem, agents: &[AgentObstacle]) -> Value {
    json!({
        "interactionId": item.interaction,
        "channel": item.medium,
        "queue": item.queue,
        "priority": item.priority,
        "waitingSince": timestamp(item.since),
        "agents": agents.iter().map(|agent| standing(api, agent)).collect::<Vec<_>>(),
    })
}

fn standing(api: &Api, agent: &AgentObstacle) -> Value {
    let path = format!("/users/{}", agent.agent);
    let mut out = json!({"userName": agent.user_name, "uri": api.links.uri(&path), "path": path});
    if let Some(obstacle) = &agent.obstacle {
        out["obstacle"] = obstacle.to_string().into();
    }
    out
}

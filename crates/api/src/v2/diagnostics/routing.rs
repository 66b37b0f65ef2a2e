//! `GET /diagnostics/routing`: who waits, and what stands against each agent.

use crate::{
    auth::Caller,
    state::Api,
    v2::{params::Denied, sight::CARERS},
};
use axum::extract::State;
use desk::routing::WaitingItem;
use gws::{Outcome, RoutingAnswer, fitting, waiting_interaction};
use std::sync::Arc;

/// The most that the rows of one answer weigh, in bytes as they are sent.
const MAX_BYTES: usize = 1024 * 1024;

/// Everything that waits, in the order in which it will be served, with the first thing that stands
/// against offering it to each agent who is logged in. An agent without an `obstacle` is about to be offered it. When
/// more wait than fit into one answer, `totalCount` says how many.
#[utoipa::path(
    get, path = "/diagnostics/routing", tag = "diagnostics",
    responses((status = 200, description = "The `waiting` conversations, each with its `agents`", body = gws::RoutingAnswer), Denied)
)]
pub async fn get(State(api): State<Arc<Api>>, caller: Caller) -> Outcome {
    caller.needs(CARERS)?;
    let waiting = api.desk.waiting_items();
    let row =
        |item: &WaitingItem| waiting_interaction(&api.links, item, &api.desk.standings(&item.interaction));
    let (rows, is_cut) = fitting(waiting.iter().map(row), MAX_BYTES);
    Ok(RoutingAnswer::of(rows, is_cut.then_some(waiting.len())))
}

//! `/queues/{name}/waiting`: who waits in a queue and why nobody gets them, and what those who lead the queue do about it
//! (spec: decisions#leading). For others the queue has no such list.

use crate::{
    auth::Caller,
    body::{Posted, asked},
    repeat::Repeat,
    state::Api,
    v2::{
        features,
        openapi::{Denied, Refused},
    },
};
use axum::extract::{Path, State};
use desk::{
    ports::StoreFault,
    routing::{ItemKey, WaitingItem},
};
use domain::{
    Command, UserId,
    command::{DirectWaiting, WaitingAct},
    leadership::leads_queue,
    medium,
    queue::Queue,
};
use gws::{
    Answer, Outcome, Problem, Query, QueueWaitingAnswer, Standings, WaitingChange, WaitingRequest, fitting,
    queue_waiting, timestamp,
};
use std::{iter, sync::Arc};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The most that one page lists.
const MAX_PAGE: usize = 200;
/// How many it lists where the request does not say.
const PAGE: usize = 50;
/// The most that a page weighs, in bytes as it is sent.
const PAGE_BYTES: usize = 1024 * 1024;
/// The most agents that are listed with each that waits.
const MAX_AGENTS: usize = 20;

/// The addresses below `/queues/{name}/waiting`.
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(operate))
}

/// Who waits in a queue, in the order in which it is served, for those who lead it: each with the agents who work for the
/// queue and the first thing that stands against offering it to them. An agent without an `obstacle` is about to be offered
/// it. A page holds fewer than asked for when they are more than 1 MiB.
#[utoipa::path(
    get, path = "/queues/{name}/waiting", tag = "queues",
    params(
        ("name" = String, Path, description = "The queue's name"),
        ("offset" = Option<usize>, Query, description = "How many to leave out, none by default"),
        ("limit" = Option<usize>, Query, description = "How many to list at most: 50 by default, never more than 200"),
    ),
    responses((status = 200, description = "A page of those who are `waiting`, and the `totalCount`", body = gws::QueueWaitingAnswer), Denied)
)]
async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
    query: Query,
) -> Outcome {
    features::shows(&api, features::READ, "/queues")?;
    let (queue, _) = led(&api, &caller, &name)?;
    let number = |name, usual| {
        let given = query.number(name)?.map(|number| usize::try_from(number).unwrap_or(usize::MAX));
        Ok::<_, Problem>(given.unwrap_or(usual))
    };
    let (offset, limit) = (number("offset", 0)?, number("limit", PAGE)?.min(MAX_PAGE));
    let waiting = api.desk.waiting_in(&queue.name);
    let mut rows = Vec::new();
    for (place, item) in waiting.iter().enumerate().skip(offset).take(limit) {
        rows.push((place + 1, item, snapshot(&api, item).await?));
    }
    let (now, users) = (api.desk.now(), api.desk.directory());
    let sees = |agent: &UserId| users.user(agent).is_some_and(|user| caller.sees(&api, &user));
    let names = |agent: &UserId| users.user(agent).map(|user| user.user_name.clone());
    let rows = rows.iter().map(|(position, item, state)| {
        let agents = Standings::of(api.desk.standings(&item.key), sees, MAX_AGENTS);
        queue_waiting(&api.links, (*position, item), state.as_deref(), names, &agents, now)
    });
    let (rows, _) = fitting(rows, PAGE_BYTES);
    let closure = api.desk.closure(&queue);
    let (is_closed, opens) = (closure.is_some(), closure.and_then(|closure| closure.until).map(timestamp));
    Ok(QueueWaitingAnswer::of(rows, offset, waiting.len(), is_closed, opens))
}

/// Has one that waits offered to an agent (`Assign`), served earlier (`Raise`), or wait in another queue (`Move`), for those
/// who lead the queue. What does not wait any more, or cannot be offered to that agent, is refused, and nothing has changed.
#[utoipa::path(
    post, path = "/queues/{name}/waiting/{interactionId}", tag = "queues", request_body = WaitingRequest,
    params(
        ("name" = String, Path, description = "The queue's name"),
        ("interactionId" = String, Path, description = "The interaction's id"),
    ),
    responses((status = 200, description = "It was done", body = gws::Done), Refused)
)]
async fn operate(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((name, interaction)): Path<(String, String)>,
    repeat: Repeat,
    Posted(body): Posted,
) -> Outcome {
    let (queue, leads) = led(&api, &caller, &name)?;
    let request: WaitingRequest = asked(&api, &body, "/queues/{name}/waiting/{interactionId}")?;
    features::allows(&api, features::AGENT_CONTROL)?;
    let named = |name: &str| api.desk.directory().named(name).map(|user| user.id.clone());
    let (request, change) = request.change(&named)?;
    let interaction = interaction.as_str().into();
    let key = ItemKey { interaction, request };
    let act = match change {
        WaitingChange::Assign(agent) => WaitingAct::Assign(agent),
        WaitingChange::Move(to) => WaitingAct::Move(to),
        WaitingChange::Raise(Some(priority)) => WaitingAct::Raise(priority),
        // What does not wait is refused, whatever its priority.
        WaitingChange::Raise(None) => {
            WaitingAct::Raise(api.desk.priority_to_be_first(&key).unwrap_or(i32::MIN))
        }
    };
    let ItemKey { interaction, request } = key;
    let (queue, by) = (queue.name, caller.user.id.clone());
    let asked = DirectWaiting { interaction, request, queue, by, leads, act };
    Ok(api.perform(&repeat, Command::Direct(Box::new(asked)), |_| Answer::done()).await?)
}

/// A queue that the caller leads, and a user by whom that can be seen; for others it is not there.
fn led(api: &Api, caller: &Caller, name: &str) -> Result<(Queue, UserId), Problem> {
    let gone = || Problem::not_found(&format!("Queue '{name}'"));
    let queue = api.desk.queue(&name.into()).ok_or_else(gone)?;
    let centre = api.desk.centre().ok_or_else(gone)?;
    let members = centre.groups_led_by(&caller.user).flat_map(|group| &group.members);
    let members = members.filter_map(|member| api.desk.directory().named(member));
    let through = iter::once(caller.user.clone())
        .chain(members)
        .find(|user| leads_queue(&centre, &caller.user, &queue, [&**user]));
    let through = through.ok_or_else(gone)?.id.clone();
    Ok((queue, through))
}

/// The snapshot of what waits.
async fn snapshot(api: &Api, item: &WaitingItem) -> Result<Option<Arc<domain::State>>, StoreFault> {
    let id = &item.key.interaction;
    if item.medium == medium::voice() { api.desk.call(id).await } else { api.desk.session(id).await }
}

//! `/diagnostics`: which version this is (spec: core-and-voice#1.1), what clients ask for that this server does not know
//! (spec: decisions#8), why somebody waits, and units of connectors that could not be understood
//! (spec: channel-connectors#0.2.5).

use crate::{
    auth::{ADMINS, CARERS, Caller},
    body::{Posted, asked},
    state::Api,
    unknown::RequestKind,
    v2::openapi::{Denied, Refused},
};
use axum::extract::{Path, State};
use desk::{
    ports::{NotReplayed, Quarantined},
    routing::WaitingItem,
};
use domain::user::Role;
use gws::{
    Answer, Outcome, Problem, QuarantineAnswer, QuarantineRequest, Query, RoutingAnswer, UnknownRequest,
    UnknownRequestsAnswer, VersionAnswer, fitting, quarantined_unit, waiting_interaction,
};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The most that the rows of who waits weigh in one answer, in bytes as they are sent.
const MAX_ROUTING_BYTES: usize = 1024 * 1024;
/// The roles that may look into the quarantine: it holds customers' words.
const OPERATORS: &[Role] = &[Role::Admin];
/// The most units of the quarantine that one answer lists.
const PAGE: u32 = 100;
/// The most bytes that are read for one answer, and that it weighs; a unit that weighs more is listed by itself.
const PAGE_BYTES: usize = 1024 * 1024;

/// The addresses below `/diagnostics`.
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(version))
        .routes(routes!(clients))
        .routes(routes!(routing))
        .routes(routes!(quarantine))
        .routes(routes!(operate_quarantine))
}

/// The version of the server.
#[utoipa::path(
    get, path = "/diagnostics/version", tag = "diagnostics",
    responses((status = 200, description = "The `version`", body = gws::VersionAnswer<'static>))
)]
async fn version(State(api): State<Arc<Api>>, _: Caller) -> Outcome {
    Ok(VersionAnswer::of(&api.config.version))
}

/// Unknown requests since the start, each with how often it came. A request for an address is listed by its path, one
/// for an operation the address it was posted to and the operation's name.
#[utoipa::path(
    get, path = "/diagnostics/clients", tag = "diagnostics",
    responses((status = 200, description = "`requests` of `method`, `path`, `operation` and `count`", body = gws::UnknownRequestsAnswer), Denied)
)]
async fn clients(State(api): State<Arc<Api>>, caller: Caller) -> Outcome {
    caller.needs(ADMINS)?;
    let rows = api.unknown.rows().into_iter().map(|(RequestKind { method, path, operation }, count)| {
        UnknownRequest { method, path, operation, count }
    });
    Ok(UnknownRequestsAnswer::of(rows.collect()))
}

/// Everything that waits, in the order in which it will be served, with the first thing that stands
/// against offering it to each agent who is logged in. An agent without an `obstacle` is about to be offered it. When
/// more wait than fit into one answer, `totalCount` says how many.
#[utoipa::path(
    get, path = "/diagnostics/routing", tag = "diagnostics",
    responses((status = 200, description = "The `waiting` conversations, each with its `agents`", body = gws::RoutingAnswer), Denied)
)]
async fn routing(State(api): State<Arc<Api>>, caller: Caller) -> Outcome {
    caller.needs(CARERS)?;
    let waiting = api.desk.waiting_items();
    let closure = |item: &WaitingItem| api.desk.closure(&api.desk.queue(&item.queue)?);
    let row = |item: &WaitingItem| {
        waiting_interaction(&api.links, item, &api.desk.standings(&item.key), closure(item))
    };
    let (rows, is_cut) = fitting(waiting.iter().map(row), MAX_ROUTING_BYTES);
    Ok(RoutingAnswer::of(rows, is_cut.then_some(waiting.len())))
}

/// Units in quarantine, the oldest first, a hundred at a time behind the number `after`, fewer when they are large.
/// An empty list is the end.
#[utoipa::path(
    get, path = "/diagnostics/quarantine", tag = "diagnostics",
    params(("after" = Option<i64>, Query, description = "Only units behind this number")),
    responses((status = 200, description = "The `units`, each with `id`, `service`, `receivedDate`, `why` and `raw`", body = gws::QuarantineAnswer), Denied)
)]
async fn quarantine(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    caller.needs(OPERATORS)?;
    let after = query.number("after")?.unwrap_or(0);
    let after = i64::try_from(after).map_err(|_| Problem::invalid("'after' is too large"))?;
    let units = api.desk.store().quarantined(after, PAGE, PAGE_BYTES).await?;
    let (units, _) = fitting(units.iter().map(quarantined_unit), PAGE_BYTES);
    Ok(QuarantineAnswer::of(units))
}

/// Takes a unit in as if it had just come (`Replay`), or throws it away (`Discard`).
#[utoipa::path(
    post, path = "/diagnostics/quarantine/{id}", tag = "diagnostics",
    params(("id" = i64, Path, description = "The unit's number")),
    request_body = QuarantineRequest,
    responses((status = 200, description = "It was done", body = gws::Done), Refused)
)]
async fn operate_quarantine(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(number): Path<String>,
    Posted(body): Posted,
) -> Outcome {
    caller.needs(OPERATORS)?;
    let gone = || Problem::not_found(&format!("Unit {number}"));
    let id: i64 = number.parse().map_err(|_| gone())?;
    match asked(&api, &body, "/diagnostics/quarantine/{id}")? {
        QuarantineRequest::Replay(_) => {
            let unit = unit(&api, id).await?.ok_or_else(gone)?;
            let channel = api.desk.channel(&unit.service);
            let channel = channel.ok_or_else(|| {
                Problem::invalid(format!("The service '{}' has no connector", unit.service))
            })?;
            channel.replay(unit).await.map_err(|why| match why {
                NotReplayed::Poison(_) => Problem::invalid(why.to_string()),
                NotReplayed::Refused(refused) => refused.into(),
                NotReplayed::Store(fault) => fault.into(),
            })?;
            // The unit is taken in: should this fail, a second replay changes nothing.
            api.desk.store().release(id).await?;
        }
        QuarantineRequest::Discard(_) => {
            if !api.desk.store().release(id).await? {
                return Err(gone());
            }
        }
    }
    Ok(Answer::done())
}

async fn unit(api: &Api, id: i64) -> Result<Option<Quarantined>, Problem> {
    let found = api.desk.store().quarantined(id.saturating_sub(1), 1, PAGE_BYTES).await?;
    Ok(found.into_iter().next().filter(|unit| unit.id == id))
}

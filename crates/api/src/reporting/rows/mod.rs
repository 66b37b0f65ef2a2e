//! Interval rows: what was counted of queues, agents and codes in each quarter of an hour, or in sums of these
//! (`docs/reporting.md`, section Interval rows). Any number of them is answered, in a stream.

mod group;
mod request;
mod shape;
mod stream;
mod sums;
mod write;

use crate::{
    auth::{ADMINS, Caller},
    state::Api,
};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use desk::ports::{IntervalQuery, StoreFault};
use domain::Millis;
use gws::{Problem, Query, json};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jiff::tz::TimeZone;
use request::{RowsRequest, stretch};
use serde::Serialize;
use stats::{Interval, Table};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// How many intervals are read at a time.
const PAGE: u32 = 10_000;

/// The addresses of interval rows.
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(queues))
        .routes(routes!(agents))
        .routes(routes!(agent_states))
        .routes(routes!(dispositions))
        .routes(routes!(intervals))
}

/// The parameters of interval rows, for the API document; they are read by [`RowsRequest`].
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only the API document is made of it")]
struct RowsParameters {
    /// Rows of intervals that begin at or after this moment: RFC 3339, or milliseconds since 1970; today's first when left out
    from: Option<String>,
    /// Rows of intervals that begin before this moment; now when left out
    to: Option<String>,
    /// Of what rows are sums: `15m` (as when left out), `30m`, `hour` or `day`
    group: Option<String>,
    /// The time zone of half hours, hours and days, by its IANA name; UTC when left out
    zone: Option<String>,
    /// `json` or `csv`; when left out, what `Accept` says
    format: Option<String>,
}

/// What was counted of queues.
///
/// Rows by queue and medium, in order of time. A queue of which nothing was counted has a row of zeros for each of its
/// media.
#[utoipa::path(
    get, path = "/reporting/queues", tag = "reporting",
    params(RowsParameters, ("queue" = Option<String>, Query, description = "Only rows of this queue")),
    responses(
        (status = 200, description = "Rows; their members are the columns of `docs/reporting.md`",
            content((Vec<serde_json::Value> = "application/json"), (String = "text/csv"))),
        (status = 400, description = "A parameter is none: times that are reversed, a zone that does not exist"),
        (status = 403, description = "The role is neither admin nor apiuser (statusCode 5), or no login (20)"),
    )
)]
async fn queues(State(api): State<Arc<Api>>, caller: Caller, query: Query, headers: HeaderMap) -> Response {
    let object = query.get("queue").map(str::to_owned);
    answer(&api, caller, Table::Queue, object, &query, &headers).await
}

/// What was counted of agents.
///
/// Rows by agent and medium, in order of time. Who did nothing has no row.
#[utoipa::path(
    get, path = "/reporting/agents", tag = "reporting",
    params(RowsParameters, ("agent" = Option<String>, Query, description = "Only rows of this agent, by user name or id")),
    responses(
        (status = 200, description = "Rows; their members are the columns of `docs/reporting.md`",
            content((Vec<serde_json::Value> = "application/json"), (String = "text/csv"))),
        (status = 400, description = "A parameter is none: times that are reversed, a zone that does not exist"),
        (status = 403, description = "The role is neither admin nor apiuser (statusCode 5), or no login (20)"),
    )
)]
async fn agents(State(api): State<Arc<Api>>, caller: Caller, query: Query, headers: HeaderMap) -> Response {
    let object = agent(&api, &query);
    answer(&api, caller, Table::Agent, object, &query, &headers).await
}

/// How long agents were in which state.
///
/// Rows by agent, medium (null: the session as a whole), state and reason, in order of time.
#[utoipa::path(
    get, path = "/reporting/agent-states", tag = "reporting",
    params(RowsParameters, ("agent" = Option<String>, Query, description = "Only rows of this agent, by user name or id")),
    responses(
        (status = 200, description = "Rows; their members are the columns of `docs/reporting.md`",
            content((Vec<serde_json::Value> = "application/json"), (String = "text/csv"))),
        (status = 400, description = "A parameter is none: times that are reversed, a zone that does not exist"),
        (status = 403, description = "The role is neither admin nor apiuser (statusCode 5), or no login (20)"),
    )
)]
async fn agent_states(
    State(api): State<Arc<Api>>,
    caller: Caller,
    query: Query,
    headers: HeaderMap,
) -> Response {
    let object = agent(&api, &query);
    answer(&api, caller, Table::State, object, &query, &headers).await
}

/// Which codes were set.
///
/// Rows by agent, medium, queue, code and the time in which the interaction ended, in order of the time in which the code
/// was set.
#[utoipa::path(
    get, path = "/reporting/dispositions", tag = "reporting",
    params(RowsParameters, ("agent" = Option<String>, Query, description = "Only rows of this agent, by user name or id")),
    responses(
        (status = 200, description = "Rows; their members are the columns of `docs/reporting.md`",
            content((Vec<serde_json::Value> = "application/json"), (String = "text/csv"))),
        (status = 400, description = "A parameter is none: times that are reversed, a zone that does not exist"),
        (status = 403, description = "The role is neither admin nor apiuser (statusCode 5), or no login (20)"),
    )
)]
async fn dispositions(
    State(api): State<Arc<Api>>,
    caller: Caller,
    query: Query,
    headers: HeaderMap,
) -> Response {
    let object = agent(&api, &query);
    answer(&api, caller, Table::Disposition, object, &query, &headers).await
}

/// The agent that is asked for, by their id. A name that nobody has stands for itself: no row has it.
fn agent(api: &Api, query: &Query) -> Option<String> {
    let asked = query.get("agent")?;
    let user = api.desk.directory().named(asked);
    Some(user.map_or_else(|| asked.to_owned(), |user| user.id.to_string()))
}

async fn answer(
    api: &Arc<Api>,
    caller: Caller,
    table: Table,
    object: Option<String>,
    query: &Query,
    headers: &HeaderMap,
) -> Response {
    let answered = async {
        caller.needs(ADMINS)?;
        let asked = RowsRequest::of(table, query, headers, api.desk.now())?;
        let object = object.filter(|object| !object.is_empty());
        stream::begin(api, caller, RowsRequest { object, ..asked }).await
    };
    let mut response = answered.await.unwrap_or_else(IntoResponse::into_response);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// An interval that has rows.
#[derive(Serialize, ToSchema)]
struct IntervalSeen {
    /// When it begins.
    interval: String,
    /// The greatest revision of its rows: it grows whenever one of them changes.
    revision: u64,
}

/// Intervals that have rows.
///
/// In order of time: whoever keeps rows asks with the greatest `revision` they have seen which intervals changed since, and
/// fetches these again. A late code changes the interval in which it was set.
#[utoipa::path(
    get, path = "/reporting/intervals", tag = "reporting",
    params(
        ("table" = Option<String>, Query, description = "`queues` (as when left out), `agents`, `agent-states` or `dispositions`"),
        ("from" = Option<String>, Query, description = "Intervals that begin at or after this moment: RFC 3339, or milliseconds since 1970; today's first when left out"),
        ("to" = Option<String>, Query, description = "Intervals that begin before this moment; now when left out"),
        ("changed_since" = Option<u64>, Query, description = "Only intervals whose revision is greater"),
    ),
    responses(
        (status = 200, description = "Intervals", body = Vec<IntervalSeen>),
        (status = 400, description = "A parameter is none"),
        (status = 403, description = "The role is neither admin nor apiuser (statusCode 5), or no login (20)"),
    )
)]
async fn intervals(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Result<Response, Problem> {
    caller.needs(ADMINS)?;
    let table = match query.get("table").unwrap_or_default() {
        "" | "queues" => Table::Queue,
        "agents" => Table::Agent,
        "agent-states" => Table::State,
        "dispositions" => Table::Disposition,
        other => return Err(Problem::invalid(format!("'table' is '{other}', which is no table of rows"))),
    };
    let (from, to) = stretch(&query, &TimeZone::UTC, api.desk.now())?;
    let changed_since = query.number("changed_since")?;
    let (found, known) = changed(&api, table, (from, to), changed_since).await?;
    let utc = group::Grouping { group: group::Group::Quarter, zone: TimeZone::UTC };
    // What changed while they were read is told again to whoever asks with the greatest revision they have seen.
    let shown = found.into_iter().map(|(Interval(at), revision)| IntervalSeen {
        interval: utc.shown(at),
        revision: revision.min(known),
    });
    Ok(json(StatusCode::OK, &shown.collect::<Vec<_>>()))
}

/// All intervals that have changed, and the revision before they were read.
async fn changed(
    api: &Api,
    table: Table,
    (mut from, to): (Millis, Millis),
    changed_since: Option<u64>,
) -> Result<(Vec<(Interval, u64)>, u64), StoreFault> {
    let store = api.desk.store();
    let known = store.counted().await?.map_or(0, |counted| counted.revision);
    let mut found = Vec::new();
    loop {
        let page = store.intervals(IntervalQuery { table, from, to, changed_since, limit: PAGE }).await?;
        let is_last = page.len() < PAGE as usize;
        let behind = page.last().map(|(interval, _)| interval.end());
        found.extend(page);
        match behind {
            Some(behind) if !is_last => from = behind,
            _ => return Ok((found, known)),
        }
    }
}

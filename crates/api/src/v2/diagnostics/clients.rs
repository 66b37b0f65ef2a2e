//! `GET /diagnostics/clients`: requests of clients that this server does not know (spec: decisions#8).

use crate::{
    auth::{ADMINS, Caller},
    state::Api,
    unknown::Asked,
    v2::params::Denied,
};
use axum::extract::State;
use gws::{Outcome, UnknownRequest, UnknownRequestsAnswer};
use std::sync::Arc;

/// Unknown requests since the start, each with how often it came. A request for an address is listed by its path, one
/// for an operation the address it was posted to and the operation's name.
#[utoipa::path(
    get, path = "/diagnostics/clients", tag = "diagnostics",
    responses((status = 200, description = "`requests` of `method`, `path`, `operation` and `count`", body = gws::UnknownRequestsAnswer), Denied)
)]
pub async fn get(State(api): State<Arc<Api>>, caller: Caller) -> Outcome {
    caller.needs(ADMINS)?;
    let rows = api
        .unknown
        .rows()
        .into_iter()
        .map(|(Asked { method, path, operation }, count)| UnknownRequest { method, path, operation, count });
    Ok(UnknownRequestsAnswer::of(rows.collect()))
}

//! `/workbins`: there are none, and desktops ask for them as they start (spec: client-requirements#25).

use super::sight::ANYONE;
use crate::{
    auth::Caller,
    state::Api,
    v2::params::{Denied, Listing},
};
use axum::extract::State;
use gws::{Outcome, Query, WorkbinsAnswer};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The address `/workbins`.
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(list))
}

/// No workbins: a list, or, when the request names ids, an object keyed by id.
#[utoipa::path(
    get, path = "/workbins", tag = "workbins",
    params(("workbinIds" = Option<String>, Query, description = "Comma list of ids"), Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `workbins`", body = gws::WorkbinsAnswer), Denied)
)]
pub async fn list(State(_): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    caller.needs(ANYONE)?;
    match query.get("workbinIds") {
        Some(_) => Ok(WorkbinsAnswer::by_id()),
        None => WorkbinsAnswer::of(&query),
    }
}

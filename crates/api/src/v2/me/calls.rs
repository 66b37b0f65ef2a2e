//! `/me/calls`: there are none until there is a switch, and nothing at all without the feature (DESIGN §4).

use crate::{
    answer::{Outcome, Problem},
    app::Api,
    auth::Caller,
    query::Query,
    v2::{
        feature,
        params::{Denied, Listing, Operation, Refused},
    },
};
use axum::extract::{Path, State};
use std::sync::Arc;

/// The caller's calls.
#[utoipa::path(
    get, path = "/me/calls", tag = "me", params(Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `calls`"), Denied)
)]
pub async fn list(State(api): State<Arc<Api>>, _: Caller, query: Query) -> Outcome {
    feature::shows(&api, feature::VOICE, "/me/calls")?;
    query.collection("calls", &[], Vec::new())
}

/// One call.
#[utoipa::path(
    get, path = "/me/calls/{id}", tag = "me", params(("id" = String, Path, description = "The call's id")),
    responses(Denied)
)]
pub async fn read(State(_): State<Arc<Api>>, _: Caller, Path(id): Path<String>) -> Outcome {
    Err(gone(&id))
}

/// Operates a call.
#[utoipa::path(
    post, path = "/me/calls/{id}", tag = "me", request_body = Operation, params(("id" = String, Path, description = "The call's id")),
    responses(Refused)
)]
pub async fn operate(State(api): State<Arc<Api>>, _: Caller, Path(id): Path<String>) -> Outcome {
    feature::allows(&api, feature::VOICE)?;
    Err(gone(&id))
}

fn gone(id: &str) -> Problem {
    Problem::not_found(&format!("Call '{id}'"))
}

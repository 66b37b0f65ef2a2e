//! `GET /users/{id}/devices` (spec: core-and-voice#4.2).

use crate::{
    auth::Caller,
    state::Api,
    v2::{
        devices, feature,
        params::{Denied, Listing},
        sight::{find, needs_sight},
    },
};
use axum::extract::{Path, State};
use gws::{DevicesAnswer, Outcome, Query, provisioned_device};
use std::sync::Arc;

/// The devices of a user, for themselves and for those who look after others.
#[utoipa::path(
    get, path = "/users/{id}/devices", tag = "users",
    params(("id" = String, Path, description = "The user's id"), Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `devices`", body = gws::DevicesAnswer), Denied)
)]
pub async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Outcome {
    feature::shows(&api, feature::READ, "/users")?;
    let user = find(&api, &id)?;
    needs_sight(&caller, &user)?;
    DevicesAnswer::of(&query, &[], devices::of_user(&api, &user, provisioned_device).await?)
}

//! `GET /users/{id}`.

use super::resource::resource;
use crate::{
    auth::Caller,
    state::Api,
    v2::{
        feature,
        params::{Denied, Embedding},
        sight::{ANYONE, find},
    },
};
use axum::extract::{Path, State};
use gws::{Outcome, Query, UserAnswer};
use std::sync::Arc;

/// One user. Sub-resources are embedded for the user themselves, for supervisors and for administrators.
#[utoipa::path(
    get, path = "/users/{id}", tag = "users",
    params(("id" = String, Path, description = "The user's id"), Embedding),
    responses((status = 200, description = "The `user`", body = gws::UserAnswer), Denied)
)]
pub async fn get(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Outcome {
    feature::shows(&api, feature::READ, "/users")?;
    let user = find(&api, &id)?;
    if caller.user.id != user.id {
        caller.needs(ANYONE)?;
    }
    Ok(UserAnswer::of(resource(&api, &caller, &user, &query.subresources()).await?))
}

//! `GET /contacts/{id}`.

use super::entry::user_contact;
use crate::{
    auth::Caller,
    state::Api,
    v2::{
        params::Denied,
        queues,
        sight::{self, ANYONE},
    },
};
use axum::extract::{Path, State};
use gws::{ContactAnswer, Outcome, Problem, Query, queue_contact};
use std::sync::Arc;

/// One entry: a user by their id, or with `type=Queue` a queue by its name.
#[utoipa::path(
    get, path = "/contacts/{id}", tag = "contacts",
    params(
        ("id" = String, Path, description = "The id of a user, or the name of a queue"),
        ("type" = Option<String>, Query, description = "`User`, as if left out, or `Queue`"),
    ),
    responses((status = 200, description = "The `contact`", body = gws::ContactAnswer), Denied)
)]
pub async fn get(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Outcome {
    caller.needs(ANYONE)?;
    let absent = || Problem::not_found(&format!("Contact '{id}'"));
    let contact = match query.get("type") {
        None | Some("User") => {
            let user = sight::find(&api, &id).ok().filter(|user| user.enabled).ok_or_else(absent)?;
            user_contact(&api, &user).await?
        }
        Some("Queue") => {
            let queue = api.desk.queue(&id.as_str().into()).ok_or_else(absent)?;
            queue_contact(&api.links, &queue, &queues::channels(&api, &queue))
        }
        Some(_) => return Err(absent()),
    };
    Ok(ContactAnswer::of(contact))
}

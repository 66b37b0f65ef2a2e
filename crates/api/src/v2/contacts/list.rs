//! `GET /contacts`: the search (spec: client-requirements#26).

use super::{
    entry::user_contact,
    search::{MEANT, Search},
};
use crate::{
    auth::Caller,
    state::Api,
    v2::{
        params::{Denied, Listing},
        queues,
        sight::ANYONE,
    },
};
use axum::extract::State;
use gws::{ContactsAnswer, Outcome, Query, queue_contact};
use serde_json::json;
use std::sync::Arc;

/// Users who can log in, and queues. `totalCount` counts what the search found, whatever the page. Parameters
/// not named here filter by the attribute of their name or are ignored.
#[utoipa::path(
    get, path = "/contacts", tag = "contacts",
    params(
        ("name" = Option<String>, Query, description = "Comma list of names, any of which fits; `*` stands for anything"),
        ("phoneNumber" = Option<String>, Query, description = "The same for numbers; punctuation does not count"),
        ("type" = Option<String>, Query, description = "Comma list of `User` and `Queue`"),
        ("roles" = Option<String>, Query, description = "Comma list of roles, any of which fits"),
        ("channel" = Option<String>, Query, description = "Comma list of channels, all of which the person is logged in on"),
        ("filterName" = Option<String>, Query, description = "`NamesOrPhoneNumberMatches`"),
        ("filterParameters" = Option<String>, Query, description = "Comma list, all of which fit a name or a number; `*` stands for anything"),
        Listing,
    ),
    responses((status = 200, description = "The `contacts`, whole without `fields`, and `totalCount`", body = gws::ContactsAnswer), Denied)
)]
pub async fn get(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    caller.needs(ANYONE)?;
    let search = Search::parse(&query)?;
    let mut found = Vec::new();
    for user in api.desk.directory().all().iter().filter(|user| user.enabled) {
        found.push(user_contact(&api, user).await?);
    }
    found.extend(
        api.desk
            .queues()
            .iter()
            .map(|queue| queue_contact(&api.links, queue, &queues::channels(&api, queue))),
    );
    found.retain(|contact| search.fits(&json!(contact)));
    // Desktops ask for contacts without `fields` and expect whole resources.
    let query = query.without(&MEANT).with_default("fields", "*").counting();
    ContactsAnswer::of(&query, &[], found)
}

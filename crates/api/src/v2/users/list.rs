//! `GET /users` (spec: admin-and-reporting#2.1).

use super::resource::{embedded, resource};
use crate::{
    auth::Caller,
    state::Api,
    v2::{
        feature,
        params::{Denied, Listing},
        sight::{ANYONE, sees},
    },
};
use axum::extract::State;
use gws::{Outcome, Query, UsersAnswer, Wanted};
use std::sync::Arc;

/// Every user, by user name. Any attribute filters, `skills.name=Sales` for instance, as far as the caller sees
/// it: skills, devices and channels of others are for supervisors and administrators.
#[utoipa::path(
    get, path = "/users", tag = "users", params(Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `users`", body = gws::UsersAnswer), Denied)
)]
pub async fn get(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    feature::shows(&api, feature::READ, "/users")?;
    caller.needs(ANYONE)?;
    let wanted = with_filters(&query);
    let mut users = Vec::new();
    for user in api.desk.directory().all() {
        users.push(
            resource(&api, &caller, &user, if sees(&caller, &user) { &wanted } else { &Wanted::None })
                .await?,
        );
    }
    UsersAnswer::of(&query, &embedded(&api), users)
}

/// The sub-resources to embed: those asked for, and those that a filter looks into; `collection` cuts the latter again.
fn with_filters(query: &Query) -> Wanted {
    match query.subresources() {
        Wanted::None => Wanted::Named(filters()),
        Wanted::Named(names) => Wanted::Named(names.into_iter().chain(filters()).collect()),
        all => all,
    }
}

fn filters() -> Vec<String> {
    ["skills", "devices"].map(str::to_owned).into()
}

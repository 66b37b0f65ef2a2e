//! `GET /me`: the caller with the sub-resources they ask for (spec: core-and-voice#4.1).

use crate::{
    auth::Caller,
    state::Api,
    v2::{
        params::{Denied, Embedding},
        users,
    },
};
use axum::extract::State;
use gws::{Me, MeAnswer, Outcome, Query};
use std::sync::Arc;

/// The caller. `subresources` embeds devices, skills, groups, features, settings, channels and conversations;
/// `channelStates` repeats the channels.
#[utoipa::path(
    get, path = "/me", tag = "me", params(Embedding),
    responses((status = 200, description = "The `user`", body = gws::MeAnswer), Denied)
)]
pub async fn get(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    let user = users::resource(&api, &caller, &caller.user, &query.subresources()).await?;
    Ok(MeAnswer::of(Me(user)))
}

//! `/me/features`: the features of the caller, which are those of the centre.

use crate::{
    auth::Caller,
    state::Api,
    v2::{
        features,
        params::{Denied, Listing},
    },
};
use axum::extract::State;
use gws::{Outcome, Query};
use std::sync::Arc;

/// The features of the caller's centre.
#[utoipa::path(
    get, path = "/me/features", tag = "me", params(Listing),
    responses((status = 200, description = "`uris`, or with `fields` the `features`", body = gws::FeaturesAnswer), Denied)
)]
pub async fn list(state: State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    features::list(state, caller, query).await
}

//! Media that clients ask for and that are not served: their collections answer, and are empty
//! (spec: digital-channels#1.1). One mobile client raises an alert for any other answer. Nothing stands below them.

use crate::{auth::Caller, state::Api};
use axum::{Extension, extract::State, routing::get};
use domain::medium::{UNSERVED, Unserved};
use gws::{Outcome, Problem, Query, unserved_answer};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

/// The collections, under every spelling.
pub fn router() -> OpenApiRouter<Arc<Api>> {
    UNSERVED.iter().fold(OpenApiRouter::new(), |all, medium| {
        let names = std::iter::once(&medium.collection).chain(medium.collection_aliases);
        let own = names.fold(OpenApiRouter::new(), |own, name| own.route(&format!("/me/{name}"), get(list)));
        all.merge(own.layer(Extension(medium)))
    })
}

/// `GET /me/{collection}`: none, in the form of the conversations that there are.
async fn list(
    State(api): State<Arc<Api>>,
    Extension(medium): Extension<&'static Unserved>,
    _: Caller,
    query: Query,
) -> Outcome {
    if !api.desk.centre().is_some_and(|centre| centre.has(medium.features)) {
        return Err(Problem::not_found(medium.plural));
    }
    unserved_answer(medium, &query)
}

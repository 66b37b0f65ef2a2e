//! The addresses of `/api/v2`, by resource.

mod me;
mod sessions;

use crate::{answer::Problem, app::Api, auth::gate, body::MAX_BODY, notifications};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    middleware,
    response::{IntoResponse, Response},
    routing::{MethodFilter, any, on},
};
use http::{Method, StatusCode};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

/// Every address of the API, behind the gate.
pub fn router(api: &Arc<Api>) -> Router {
    let (documented, _) =
        OpenApiRouter::new().merge(me::router()).merge(sessions::router(api)).split_for_parts();
    let bayeux = on(MethodFilter::POST, notifications::post)
        .get(notifications::get)
        .options(|| async { StatusCode::OK })
        .fallback(|| async { StatusCode::BAD_REQUEST });
    let routes = documented
        .route("/notifications", bayeux.clone())
        .route("/notifications/{*rest}", bayeux)
        .fallback(any(unknown))
        .method_not_allowed_fallback(unknown)
        .layer(middleware::from_fn_with_state(api.clone(), gate))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(api.clone());
    Router::new().nest("/api/v2", routes)
}

/// Nothing is at this address: told to the client, and counted for the operator.
async fn unknown(State(api): State<Arc<Api>>, request: Request) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    api.unknown.count(method.as_str(), &path, None);
    if method == Method::GET || method == Method::HEAD {
        Problem::not_found(&path).into_response()
    } else {
        Problem::not_found(&format!("{method} {path}")).into_response()
    }
}

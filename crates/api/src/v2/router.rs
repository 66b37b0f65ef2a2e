//! The router that holds every address of the API, in both spellings.

use crate::{
    address,
    auth::gate,
    internal, notifications, repeat, reporting,
    state::Api,
    statistics,
    v2::{
        calls, contacts, devices, diagnostics, features, groups, login, me, queues, services, sessions,
        settings, skills, supervision, unserved, users, waiting,
    },
};
use axum::{
    Router,
    extract::{OriginalUri, Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{MethodFilter, any, get, on},
};
use gws::Problem;
use http::{Method, StatusCode};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

/// Every address of the API, behind the gate.
pub fn router(api: &Arc<Api>) -> Router {
    let (documented, _) = addresses()
        .merge(sessions::router(api))
        .merge(supervision::router(api))
        .merge(unserved::router())
        .split_for_parts();
    let bayeux = on(MethodFilter::POST, notifications::post)
        .get(notifications::get)
        .options(|| async { StatusCode::OK })
        .fallback(|| async { StatusCode::BAD_REQUEST });
    let routes = documented
        .merge(other_spellings())
        .route("/notifications", bayeux.clone())
        .route("/notifications/{*rest}", bayeux);
    Router::new()
        .nest("/api/v2", guarded(api, routes))
        .nest("/internal-api", guarded(api, internal::router()))
        .nest("/api/v1", guarded(api, statistics::router()))
        .merge(login::router(api))
        // All other addresses below the root are refused in the form of the API, too.
        .nest("/api", nowhere(api))
}

/// Every address whose handler carries its documentation.
pub fn documented() -> OpenApiRouter<Arc<Api>> {
    addresses().merge(supervision::documented())
}

/// Those of them that are served whatever media there are.
fn addresses() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .merge(me::router())
        .merge(calls::router())
        .merge(reporting::router())
        .merge(users::router())
        .merge(skills::router())
        .merge(devices::router())
        .merge(contacts::router())
        .merge(queues::router())
        .merge(waiting::router())
        .merge(features::router())
        .merge(settings::router())
        .merge(groups::router())
        .merge(services::router())
        .merge(diagnostics::router())
}

/// Some addresses behind the gate, and the answer to all others below the same root.
fn guarded(api: &Arc<Api>, routes: Router<Arc<Api>>) -> Router {
    routes
        .fallback(any(unknown))
        .method_not_allowed_fallback(unknown)
        .layer(middleware::from_fn_with_state(api.clone(), guard))
        .with_state(api.clone())
}

/// The layers before every address that needs a user, as one: each layer copies all services below it for every
/// request.
async fn guard(State(api): State<Arc<Api>>, request: Request, next: Next) -> Response {
    let behind = |request: Request| async {
        match address::check(request.uri()) {
            Ok(()) => repeat::once(&api, request, next).await,
            Err(problem) => problem.into_response(),
        }
    };
    gate(&api, request, behind).await
}

/// The addresses below `/api` that belong to no version of it.
fn nowhere(api: &Arc<Api>) -> Router {
    // A route would be found before the fallbacks of the addresses above.
    Router::new().fallback(any(unknown)).layer(middleware::from_fn(address::sound)).with_state(api.clone())
}

/// Nothing is at this address: told to the client, and counted for the operator.
async fn unknown(State(api): State<Arc<Api>>, OriginalUri(asked): OriginalUri, request: Request) -> Response {
    let method = request.method().clone();
    // The path as addresses are given out: without the root of the API.
    let path = asked.path().strip_prefix("/api/v2").unwrap_or(asked.path()).to_owned();
    api.unknown.count(method.as_str(), &path, None);
    if method == Method::GET || method == Method::HEAD {
        Problem::not_found(&path).into_response()
    } else {
        Problem::not_found(&format!("{method} {path}")).into_response()
    }
}

/// The other spelling of addresses: whatever `uri` or `path` is given out answers with `/me` before it and without
/// (spec: decisions#3), since clients add or remove it for every address they are given. Conversations, devices,
/// skills and settings have both spellings of their own.
fn other_spellings() -> Router<Arc<Api>> {
    Router::new()
        .route("/channels/{channel}", get(me::read_channel))
        .route("/me/contacts/{id}", get(contacts::read))
        .route("/me/features/{id}", get(features::read))
        .route("/me/groups/{id}", get(groups::read))
        .route("/me/groups/{id}/dispositions", get(groups::list_codes))
        .route("/me/groups/{id}/dispositions/{codeId}", get(groups::read_code))
        .route("/me/queues/{name}", get(queues::read))
        .route("/me/services/{id}", get(services::read))
        .route("/me/system/features/{id}", get(features::read_known))
        .route("/me/users/{id}", get(users::read))
        .route("/me/users/{id}/devices", get(users::list_devices))
        .route("/me/users/{id}/skills", get(users::list_skills))
        .route("/me/users/{id}/skills/{skillId}", get(users::read_skill))
}

//! The Chat API v2 of the mobile services, over REST (spec: digital-channels#6.1).
//!
//! ```text
//! widget ─ form ─▶ router ─▶ form ─▶ access (who is it?) ─▶ Desk::perform ─▶ transcript ─▶ wire ─▶ widget
//! ```
//!
//! Every answer is JSON with a `statusCode`: 0 done, 1 try again, 2 refused for good. **An answer of
//! an application is HTTP 200 whatever its `statusCode`, a fault of the store included**: the widgets in the field
//! read `statusCode` only in what the browser hands them as a success, and take a 5xx for a lost connection.
//! `statusCode` 1 is given for nothing that was committed and for nothing that cannot succeed, because clients
//! repeat such a request until it does. Other HTTP statuses speak of the request itself: 400 a body that cannot
//! be read, 404 no such service or command, 408 a body that does not come, 413, 415 another content type or an
//! alphabet that is not known, 429 more than a customer may ask, with `Retry-After` in seconds (RFC 6585 §4).

mod access;
mod command;
mod form;
pub(super) mod given_positions;
mod request;
mod trouble;
mod wire;

use super::{bounds::PREFLIGHT, limits::ClientNetwork, state::Chat};
use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::post,
};
use http::{Method, header::RETRY_AFTER};
use std::sync::Arc;
use tower_http::cors::{AllowHeaders, Any, CorsLayer};
use trouble::Trouble;

/// The addresses of the Chat API, open to scripts of any origin.
pub(super) fn router(chat: &Arc<Chat>) -> Router {
    // Proxies before us want `Authorization` or `x-api-key`; a wildcard would not cover the first.
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST, Method::OPTIONS])
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers([RETRY_AFTER])
        .max_age(PREFLIGHT);
    Router::new()
        .route("/genesys/2/chat/{service}", post(request::request).get(request::door))
        .route("/genesys/2/chat/{service}/{chat_id}/{command}", post(command::command))
        .route("/genesys/2/chat/{service}/{chat_id}/file", post(command::file))
        .route("/genesys/2/chat/{service}/{chat_id}/file/{*rest}", post(command::file))
        .layer(middleware::from_fn_with_state(chat.clone(), within_rate))
        .layer(cors)
        .with_state(chat.clone())
}

/// Refuses more requests than an address may send, before anything of them is read.
async fn within_rate(
    State(chat): State<Arc<Chat>>,
    origin: ClientNetwork,
    request: Request,
    next: Next,
) -> Response {
    edge::span::route(&request);
    match chat.may_ask(origin) {
        Ok(()) => next.run(request).await,
        Err(excess) => Trouble::TooMany(excess).into_response(),
    }
}

//! The customer chat of the Web Services API v2: `/api/v2/chats`, for whoever knows the id of a chat
//! (digital-channels §6.3).
//!
//! ```text
//! widget ─ JSON ─▶ before (a customer's?) ─▶ centre ─▶ body, pass (whose chat?) ─▶ Desk::perform ─▶ wire ─▶ widget
//!                     └─ no ─▶ the agents' API                                        └─ cursor ◀─ transcript
//! ```
//!
//! Widgets of this protocol poll. A refusal bears an HTTP status as well as a `statusCode` (digital-channels §1.3),
//! except that a chat that is not there is 400, as they know it.

mod before;
mod body;
mod centre;
mod cursor;
mod messages;
mod operate;
mod pass;
mod read;
mod request;
mod trouble;
mod wire;

pub(super) use before::before;
pub(super) use cursor::Cursors;

use super::{Chat, PREFLIGHT, limits::Origin};
use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::{
    HeaderName, Method,
    header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER},
};
use std::sync::Arc;
use tower_http::cors::{Any, CorsLayer};
use trouble::Trouble;

/// Names the contact centre that a customer wants. It makes a request a customer's.
const CONTACT_CENTER_ID: HeaderName = HeaderName::from_static("contactcenterid");
/// What widgets send (digital-channels §6.3); `apikey` is for gateways before us.
const HEADERS: [HeaderName; 6] = [
    HeaderName::from_static("x-requested-with"),
    ACCEPT,
    CONTACT_CENTER_ID,
    CONTENT_TYPE,
    HeaderName::from_static("apikey"),
    super::repeat::IDEMPOTENCY_KEY,
];
/// Where chats are.
const ROOT: &str = "/api/v2/chats";

/// The addresses of the customer chat, open to scripts of any origin, without cookies.
fn router(chat: &Arc<Chat>) -> Router {
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST, Method::OPTIONS])
        .allow_headers(HEADERS)
        .expose_headers([RETRY_AFTER])
        .max_age(PREFLIGHT);
    Router::new()
        .route(ROOT, post(request::post))
        .route(&format!("{ROOT}/{{id}}"), get(read::get).post(operate::post))
        .route(&format!("{ROOT}/{{id}}/messages"), get(messages::get).post(messages::get))
        .fallback(|| async { Trouble::UnknownAddress })
        .method_not_allowed_fallback(|| async { Trouble::UnknownMethod })
        .layer(middleware::from_fn_with_state(chat.clone(), centre::right))
        .layer(middleware::from_fn_with_state(chat.clone(), within_rate))
        .layer(cors)
        .with_state(chat.clone())
}

/// Lets through what is not more than an address may ask, before anything of it is read.
async fn within_rate(
    State(chat): State<Arc<Chat>>,
    origin: Origin,
    request: Request,
    next: Next,
) -> Response {
    edge::span::route(&request);
    match chat.may_ask(origin) {
        Ok(()) => next.run(request).await,
        Err(excess) => Trouble::TooMany(excess).into_response(),
    }
}

/// Counts a request by its word, and tells the log.
fn count(command: &'static str) {
    edge::span::operation(command);
    metrics::counter!("jackfield_chat_requests_total", "command" => command).increment(1);
}

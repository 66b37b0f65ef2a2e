//! The router of the customer chat.

use super::{
    address::{CONTACT_CENTER_ID, ROOT},
    centre, messages, operate, read, request,
    trouble::Trouble,
};
use crate::chat::{Chat, bounds::PREFLIGHT, limits::ClientNetwork, repeat::IDEMPOTENCY_KEY};
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

/// The headers that widgets send (spec: digital-channels#6.3); `apikey` is for gateways before us.
const HEADERS: [HeaderName; 6] = [
    HeaderName::from_static("x-requested-with"),
    ACCEPT,
    CONTACT_CENTER_ID,
    CONTENT_TYPE,
    HeaderName::from_static("apikey"),
    IDEMPOTENCY_KEY,
];

/// The addresses of the customer chat, open to scripts of any origin, without cookies.
pub(super) fn router(chat: &Arc<Chat>) -> Router {
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST, Method::OPTIONS])
        .allow_headers(HEADERS)
        .expose_headers([RETRY_AFTER])
        .max_age(PREFLIGHT);
    Router::new()
        .route(ROOT, post(request::post).get(request::door))
        .route(&format!("{ROOT}/{{id}}"), get(read::get).post(operate::post))
        .route(&format!("{ROOT}/{{id}}/messages"), get(messages::get).post(messages::get))
        .fallback(|| async { Trouble::UnknownAddress })
        .method_not_allowed_fallback(|| async { Trouble::UnknownMethod })
        .layer(middleware::from_fn_with_state(chat.clone(), centre::right))
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

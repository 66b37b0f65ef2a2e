//! The Chat API v2 of the mobile services, over REST (digital-channels §6.1).
//!
//! ```text
//! widget ─ form ─▶ router ─▶ form ─▶ door (who is it?) ─▶ Desk::perform ─▶ transcript ─▶ wire ─▶ widget
//! ```
//!
//! Every answer is JSON with a `statusCode`: 0 it is so, 1 try again, 2 trying again is of no use. **An answer of
//! an application is HTTP 200 whatever its `statusCode`, a fault of the store included**: the widgets in the field
//! read `statusCode` only in what the browser hands them as a success, and take a 5xx for a lost connection.
//! `statusCode` 1 is given for nothing that was committed and for nothing that cannot succeed, because clients
//! repeat such a request until it does. Other HTTP statuses speak of the request itself: 400 a body that cannot
//! be read, 404 no such service or command, 413, 415.

mod command;
mod door;
mod form;
mod request;
mod trouble;
mod wire;

use super::{Chat, PREFLIGHT};
use axum::{Router, routing::post};
use http::Method;
use std::sync::Arc;
use tower_http::cors::{AllowHeaders, Any, CorsLayer};

/// The addresses of the Chat API, open to scripts of any origin.
pub(super) fn router(chat: &Arc<Chat>) -> Router {
    // Proxies before us want `Authorization` or `x-api-key`; a wildcard would not cover the first.
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::POST, Method::OPTIONS])
        .allow_headers(AllowHeaders::mirror_request())
        .max_age(PREFLIGHT);
    Router::new()
        .route("/genesys/2/chat/{service}", post(request::request))
        .route("/genesys/2/chat/{service}/{chat_id}/{command}", post(command::command))
        .route("/genesys/2/chat/{service}/{chat_id}/file", post(command::file))
        .route("/genesys/2/chat/{service}/{chat_id}/file/{*rest}", post(command::file))
        .layer(cors)
        .with_state(chat.clone())
}

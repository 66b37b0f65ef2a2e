//! Web chat for customers: the Chat API v2 of the mobile services, over REST (digital-channels §6.1).
//!
//! ```text
//! widget ─ form ─▶ router ─▶ form ─▶ door (who is it?) ─▶ Desk::perform ─▶ transcript ─▶ wire ─▶ widget
//!                                       │ seen
//!                                    presence ◀── keeper: silent for too long ─▶ Leave(Idle)
//! ```
//!
//! Every answer is JSON with a `statusCode`: 0 it is so, 1 try again, 2 trying again is of no use. **An answer of
//! an application is HTTP 200 whatever its `statusCode`, a fault of the store included**: the widgets in the field
//! read `statusCode` only in what the browser hands them as a success, and take a 5xx for a lost connection.
//! `statusCode` 1 is given for nothing that was committed and for nothing that cannot succeed, because clients
//! repeat such a request until it does. Other HTTP statuses speak of the request itself: 400 a body that cannot
//! be read, 404 no such service or command, 413, 415.
//!
//! Metrics: `jackfield_chat_requests_total{command}`, `jackfield_chat_refused_total{why}` with the words of
//! `trouble`, and `jackfield_chat_idle_total`, customers let go because they fell silent.
//!
//! The key of a chat is seen by this module only in passing: the journal holds its SHA-256, and no type that holds
//! the key can be printed.

mod command;
mod door;
mod form;
mod keeper;
mod request;
mod transcript;
mod trouble;
mod wire;

use axum::{Router, routing::post};
use desk::Desk;
use domain::SessionId;
use http::Method;
use keeper::Presence;
use std::{sync::Arc, time::Duration};
use tower_http::cors::{AllowHeaders, Any, CorsLayer};

/// How long a browser may remember that it is let in.
const PREFLIGHT: Duration = Duration::from_secs(60 * 60);

/// The settings of web chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChatConfig {
    /// Whether agents see what a customer types before he sends it (digital-channels §6.5). On by default.
    pub typing_preview: bool,
}

impl Default for ChatConfig {
    fn default() -> Self {
        Self { typing_preview: true }
    }
}

/// Web chat for customers, over a desk.
pub struct Chat {
    desk: Arc<Desk>,
    config: ChatConfig,
    presence: Presence,
}

impl Chat {
    /// Web chat over a desk. Serve [`Chat::router`] and run [`Chat::run`] beside it.
    pub fn new(desk: Arc<Desk>, config: ChatConfig) -> Arc<Self> {
        Arc::new(Self { desk, config, presence: Presence::default() })
    }

    /// The addresses of the Chat API: `POST /genesys/2/chat/{service}` and what is below it. Open to scripts of any
    /// origin, without cookies: what opens a chat is its key, and the key is in the form (digital-channels §6.1).
    pub fn router(self: &Arc<Self>) -> Router {
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
            .with_state(self.clone())
    }

    /// Says that a customer was heard of, by whatever way he came: his inactivity is counted from now on.
    pub fn seen(&self, id: &SessionId) {
        self.presence.seen(id, self.desk.now());
    }

    /// Whether customers can come in through a service: the centre has it, and has the feature of its medium.
    fn serves(&self, service: &str) -> bool {
        self.desk.centre().is_some_and(|centre| {
            let medium =
                centre.services.get(service).and_then(|service| self.desk.media().named(&service.medium));
            medium.is_some_and(|medium| centre.has(medium.features))
        })
    }
}

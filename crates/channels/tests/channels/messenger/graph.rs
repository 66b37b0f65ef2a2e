//! The Graph API on a port of its own: it takes what it is sent, unless it was told to behave otherwise, and keeps
//! everything it heard.

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, StatusCode, Uri, header::AUTHORIZATION};
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::{net::TcpListener, sync::Semaphore, task::JoinHandle};

/// How it behaves towards one message.
#[derive(Clone)]
pub enum Manner {
    /// It answers so.
    Says(u16, Value),
    /// It takes it, and says so much of the allowance: percent, and minutes until there is some again.
    Used(u32, u32),
    /// It takes it, and answers once there is a permit.
    Waits(Arc<Semaphore>),
}

/// Something that was asked.
#[derive(Clone, Debug)]
pub struct GraphRequest {
    pub path: String,
    pub authorization: String,
    pub body: Value,
}

pub struct Graph {
    pub url: String,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    heard: Mutex<Vec<GraphRequest>>,
    manners: Mutex<VecDeque<Manner>>,
    /// How it answers to a subscription, instead of taking it.
    subscription: Mutex<Option<Value>>,
    name: Mutex<Option<(String, String)>>,
}

impl Graph {
    pub async fn new() -> Self {
        let shared = Arc::new(Shared::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/graph", listener.local_addr().expect("an address"));
        let app = Router::new().fallback(answer).with_state(shared.clone());
        let server = tokio::spawn(async move { axum::serve(listener, app).await.expect("served") });
        Self { url, shared, server }
    }

    /// The next message is treated so.
    pub fn once(&self, manner: Manner) {
        lock(&self.shared.manners).push_back(manner);
    }

    /// The next message is refused with this code and, unless it is 0, this subcode.
    pub fn refuses(&self, code: i64, subcode: i64) {
        self.once(Manner::Says(400, error(code, subcode)));
    }

    /// From now on it refuses to subscribe a page, or does so again.
    pub fn subscribes(&self, code: Option<i64>) {
        *lock(&self.shared.subscription) = code.map(|code| error(code, 0));
    }

    /// Everybody is called so.
    pub fn calls_everybody(&self, first: &str, last: &str) {
        *lock(&self.shared.name) = Some((first.into(), last.into()));
    }

    /// Nobody listens any more.
    pub async fn goes_away(&mut self) {
        self.server.abort();
        let _ = (&mut self.server).await;
    }

    /// What was asked of an address, in order.
    pub fn heard(&self, end: &str) -> Vec<GraphRequest> {
        lock(&self.shared.heard).iter().filter(|heard| heard.path.ends_with(end)).cloned().collect()
    }

    /// The messages that came.
    pub fn messages(&self) -> Vec<Value> {
        let bodies = self.heard("/messages").into_iter().map(|heard| heard.body);
        bodies.filter(|body| body.get("message").is_some()).collect()
    }

    /// The texts of them.
    pub fn texts(&self) -> Vec<String> {
        let text = |body: &Value| body["message"]["text"].as_str().expect("a text").to_owned();
        self.messages().iter().map(text).collect()
    }

    /// What was shown.
    pub fn actions(&self) -> Vec<String> {
        let bodies = self.heard("/messages").into_iter();
        bodies.filter_map(|heard| heard.body["sender_action"].as_str().map(str::to_owned)).collect()
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let authorization =
        headers.get(AUTHORIZATION).map_or("", |value| value.to_str().expect("text")).to_owned();
    let (path, is_message) = (uri.path().to_owned(), body.get("message").is_some());
    let count = {
        let mut heard = lock(&shared.heard);
        heard.push(GraphRequest { path: path.clone(), authorization, body });
        heard.iter().filter(|heard| heard.body.get("message").is_some()).count()
    };
    if path.ends_with("/subscribed_apps") {
        return match lock(&shared.subscription).clone() {
            None => Json(json!({ "success": true })).into_response(),
            Some(error) => (StatusCode::BAD_REQUEST, Json(error)).into_response(),
        };
    }
    if method == Method::GET {
        return match lock(&shared.name).clone() {
            Some((first, last)) => Json(json!({ "first_name": first, "last_name": last })).into_response(),
            None => (StatusCode::BAD_REQUEST, Json(error(100, 33))).into_response(),
        };
    }
    if !is_message {
        return Json(json!({ "recipient_id": "2002" })).into_response();
    }
    let taken =
        Json(json!({ "recipient_id": "2002", "message_id": format!("m_out{count}") })).into_response();
    let manner = lock(&shared.manners).pop_front();
    match manner {
        None => taken,
        Some(Manner::Says(status, body)) => {
            (StatusCode::from_u16(status).expect("a status"), Json(body)).into_response()
        }
        Some(Manner::Used(percent, minutes)) => {
            let usage = json!({ "1001": [{
                "type": "messenger", "call_count": percent, "estimated_time_to_regain_access": minutes,
            }] });
            ([("X-Business-Use-Case-Usage", usage.to_string())], taken).into_response()
        }
        Some(Manner::Waits(permits)) => {
            permits.acquire().await.expect("never closed").forget();
            taken
        }
    }
}

/// An error of the platform.
pub fn error(code: i64, subcode: i64) -> Value {
    let mut error =
        json!({ "message": "(#x) no", "type": "OAuthException", "code": code, "fbtrace_id": "AbC" });
    if subcode != 0 {
        error["error_subcode"] = subcode.into();
    }
    json!({ "error": error })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

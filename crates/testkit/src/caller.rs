//! Whoever calls the API, and what they are told.

use crate::{Guest, PUBLIC_URL, TestServer, centre::PASSWORD, documented, http as router};
use axum::body::Body;
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::UserId;
use http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};

/// A client that sends Basic credentials with every request, or none.
pub struct Client<'a> {
    server: &'a TestServer,
    user_name: Option<String>,
    password: &'static str,
    heard: AtomicU64,
}

impl<'a> Client<'a> {
    /// Somebody with a login name, or nobody.
    pub fn new(server: &'a TestServer, user_name: Option<&str>) -> Self {
        Self { server, user_name: user_name.map(str::to_owned), password: PASSWORD, heard: AtomicU64::new(0) }
    }

    /// The same name with a password that is not theirs.
    #[must_use]
    pub fn guessing(mut self) -> Self {
        self.password = "a guess";
        self
    }

    /// The server that it asks.
    pub const fn server(&self) -> &TestServer {
        self.server
    }

    /// The user's id.
    pub fn id(&self) -> UserId {
        let name = self.user_name.as_deref().expect("a user");
        self.server.desk.directory().named(name).expect("a user").id.clone()
    }

    /// `GET`, as [`Client::send`].
    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }

    /// `POST` of JSON.
    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, Some(body.to_string())).await
    }

    /// `PUT` of JSON.
    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PUT, path, Some(body.to_string())).await
    }

    /// `DELETE`, with a body if there is one.
    pub async fn delete(&self, path: &str, body: Option<Value>) -> Reply {
        self.send(Method::DELETE, path, body.map(|body| body.to_string())).await
    }

    /// Posts an operation without parameters.
    pub async fn operate(&self, path: &str, operation: &str) -> Reply {
        self.post(path, json!({"operationName": operation})).await
    }

    /// Posts under an idempotency key.
    pub async fn post_once(&self, path: &str, key: &str, body: &Value) -> Reply {
        let header = ("idempotency-key", key);
        self.send_with(Method::POST, path, Some(body.to_string()), Some(header)).await
    }

    /// Any request. A path is below `/api/v2` unless it begins with one of the roots; an address is taken whole.
    pub async fn send(&self, method: Method, path: &str, body: Option<String>) -> Reply {
        self.send_with(method, path, body, None).await
    }

    /// The same with a header.
    pub async fn send_with(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
        header: Option<(&str, &str)>,
    ) -> Reply {
        let path = path.strip_prefix(PUBLIC_URL).unwrap_or(path);
        let rooted = ["/api/", "/internal-api"].iter().any(|root| path.starts_with(root));
        let path = if rooted { path.to_owned() } else { format!("/api/v2{path}") };
        let mut request = Request::builder().method(method.clone()).uri(&path);
        if let Some(name) = &self.user_name {
            let credentials = STANDARD.encode(format!("{name}:{}", self.password));
            request = request.header(header::AUTHORIZATION, format!("Basic {credentials}"));
        }
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        let request = request.body(body.map_or_else(Body::empty, Body::from)).expect("a request");
        let (parts, body) = router::send(&self.server.router, request).await.into_parts();
        let bytes = axum::body::to_bytes(body, 64 << 20).await.expect("a body");
        Reply {
            asked: format!("{method} {path}"),
            status: parts.status,
            headers: parts.headers,
            json: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// Starts a session on every digital channel and is ready on all of them.
    pub async fn ready(&self) {
        let media = self.server.desk.media().rows().iter().map(|row| row.name.as_str());
        let start =
            json!({"operationName": "StartContactCenterSession", "channels": media.collect::<Vec<_>>()});
        self.post("/me", start).await.ok();
        self.operate("/me", "Ready").await.ok();
        self.hears().await;
    }

    /// Takes an offer, and reads what comes of it.
    pub async fn accepts(&self, guest: &Guest<'_>, nickname: &str) -> Reply {
        let accept = json!({"operationName": "Accept", "nickname": nickname});
        self.post(&guest.path(), accept).await
    }

    /// Holds a message of the notifications endpoint against the API document.
    pub(crate) fn told(&self, message: &Value) {
        documented::told(&self.server.contract, message);
    }

    /// The notifications since the last time, each with its topic as `channel`.
    pub async fn hears(&self) -> Vec<Value> {
        let after = self.heard.load(Ordering::SeqCst);
        let (store, id) = (self.server.desk.store(), self.id());
        let notes = self
            .server
            .desk
            .mailboxes()
            .after(&**store, &id, after, 10_000, usize::MAX)
            .await
            .expect("notes");
        if let Some(last) = notes.last() {
            self.heard.store(last.pos, Ordering::SeqCst);
        }
        let told = notes.iter().map(|note| {
            let data: Value = serde_json::from_str(&note.body).expect("a note is JSON");
            let message = json!({"channel": &*note.channel, "data": data});
            self.told(&message);
            message
        });
        told.collect()
    }
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    /// Method and address of the request.
    pub asked: String,
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body as JSON; null when it is none.
    pub json: Value,
    /// Its body as text.
    pub text: String,
}

impl Reply {
    /// The members of a good answer.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(self.status.is_success(), "{}: {} {}", self.asked, self.status, self.text);
        assert_eq!(self.json["statusCode"], 0, "{}: {}", self.asked, self.text);
        let kind = self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        assert_eq!(kind, Some("application/json"), "{}", self.asked);
        self.json
    }

    /// The sentence of a refusal with this HTTP status and `statusCode`, and nothing besides
    /// (spec: core-and-voice#1.3).
    #[track_caller]
    pub fn refused(self, status: u16, code: u8) -> String {
        let told = (self.status.as_u16(), self.json["statusCode"].clone());
        assert_eq!(told, (status, json!(code)), "{}: {}", self.asked, self.text);
        let members = self.json.as_object().expect("an object");
        assert_eq!(members.len(), 2, "{}: {}", self.asked, self.text);
        self.json["statusMessage"].as_str().expect("a sentence").to_owned()
    }
}

//! Requests to a router, without a socket.

use axum::{Router, body::Body};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

/// The kind of a form, urlencoded.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// A whole answer whose body is text.
#[derive(Debug)]
pub struct TextAnswer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: String,
}

impl TextAnswer {
    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// Sends a request as it is, and answers as soon as the head of the answer is there.
pub async fn send(router: &Router, request: Request<Body>) -> Response<Body> {
    router.clone().oneshot(request).await.expect("an answer")
}

/// Sends a request as it is, and reads the whole answer.
pub async fn ask(router: &Router, request: Request<Body>) -> TextAnswer {
    let (head, body) = send(router, request).await.into_parts();
    let bytes = body.collect().await.expect("a body").to_bytes();
    let body = String::from_utf8(bytes.to_vec()).expect("text");
    TextAnswer { status: head.status, headers: head.headers, body }
}

/// Status and JSON of an answer; null when its body is none.
pub async fn read(response: Response<Body>) -> (StatusCode, Value) {
    let status = response.status();
    let bytes = response.into_body().collect().await.expect("a body").to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

/// A form, urlencoded.
pub fn encoded(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

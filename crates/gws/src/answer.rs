//! Answers: the envelope every client relies on (spec: core-and-voice#1.3).

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::Value;

/// The shortest good answer.
const DONE: &str = r#"{"statusCode":0}"#;

/// A good answer, as it is sent. What it says is one of the types of [`crate::answers`].
#[derive(Debug)]
pub struct Answer(String);

impl Answer {
    /// `{"statusCode":0}` and nothing else.
    pub fn done() -> Self {
        Self(DONE.to_owned())
    }

    /// An answer as it was written before.
    pub const fn kept(body: String) -> Self {
        Self(body)
    }

    /// An answer as it is typed.
    pub fn of(answer: &impl Serialize) -> Self {
        Self(serde_json::to_string(answer).unwrap_or_default())
    }

    /// The body.
    pub fn body(self) -> String {
        self.0
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        json_response(StatusCode::OK, self.0.into())
    }
}

/// The first values of a list that together weigh no more than so many bytes as they are sent, and at least one if
/// there is any; and whether more were left out. Values beyond those looked at are not made.
pub fn fitting<T: Serialize>(values: impl IntoIterator<Item = T>, bytes: usize) -> (Vec<Value>, bool) {
    let (mut fit, mut weight) = (Vec::new(), 0_usize);
    for value in values {
        let value = serde_json::to_value(value).unwrap_or_default();
        // A comma stands between two values.
        weight = weight.saturating_add(domain::json::len(&value) + 1);
        if weight > bytes && !fit.is_empty() {
            return (fit, true);
        }
        fit.push(value);
    }
    (fit, false)
}

/// Any JSON with a status.
pub fn json(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(bytes) => json_response(status, bytes.into()),
        Err(fault) => {
            tracing::error!(%fault, "an answer could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn json_response(status: StatusCode, body: bytes::Bytes) -> Response {
    let kind = HeaderValue::from_static("application/json");
    (status, [(header::CONTENT_TYPE, kind)], body).into_response()
}

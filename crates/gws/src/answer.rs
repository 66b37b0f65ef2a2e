//! Answers: the envelope every client relies on (spec: core-and-voice#1.3).

use crate::problem::Problem;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::{Map, Value};

/// The shortest good answer.
const DONE: &str = r#"{"statusCode":0}"#;
/// The `statusCode` of a success of a part.
const PARTIAL: u8 = 7;

/// A good answer: `statusCode` 0 and what was asked for, or 7 when only a part of it was done.
#[derive(Debug, Default)]
pub struct Answer {
    code: u8,
    members: Map<String, Value>,
    /// The body as it was written before.
    kept: Option<String>,
}

impl Answer {
    /// `{"statusCode":0}` and nothing else.
    pub fn done() -> Self {
        Self::default()
    }

    /// Only a part was done.
    pub fn partial(why: &str) -> Self {
        Self { code: PARTIAL, ..Self::with("statusMessage", why) }
    }

    /// An answer as it was written before.
    pub fn kept(body: String) -> Self {
        Self { kept: Some(body), ..Self::default() }
    }

    /// The body.
    pub fn body(mut self) -> String {
        if let Some(kept) = self.kept {
            return kept;
        }
        if self.members.is_empty() {
            return DONE.to_owned();
        }
        self.members.insert("statusCode".into(), self.code.into());
        serde_json::to_string(&self.members).unwrap_or_default()
    }

    /// An answer with one member.
    pub fn with(name: &str, value: impl Into<Value>) -> Self {
        Self::default().and(name, value)
    }

    /// One more member.
    #[must_use]
    pub fn and(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// The same member under another name too, if there is one.
    #[must_use]
    pub fn also(self, name: &str, other: &str) -> Self {
        match self.members.get(name).cloned() {
            Some(value) => self.and(other, value),
            None => self,
        }
    }

    /// An answer that pairs with the notification its command causes.
    pub fn referenced(reference: Option<u64>) -> Self {
        match reference {
            Some(reference) => Self::with("referenceId", reference),
            None => Self::done(),
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        json_response(StatusCode::OK, self.body().into())
    }
}

/// The first values of a list that together weigh no more than so many bytes as they are sent, and at least one if
/// there is any; and whether more were left out. Values beyond those looked at are not made.
pub fn fitting(values: impl IntoIterator<Item = Value>, bytes: usize) -> (Vec<Value>, bool) {
    let (mut fit, mut weight) = (Vec::new(), 0_usize);
    for value in values {
        // A comma stands between two values.
        weight = weight.saturating_add(domain::json::len(&value) + 1);
        if weight > bytes && !fit.is_empty() {
            return (fit, true);
        }
        fit.push(value);
    }
    (fit, false)
}

/// What a handler gives back.
pub type Outcome = Result<Answer, Problem>;

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

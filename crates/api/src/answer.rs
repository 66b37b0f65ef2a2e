//! Answers: the envelope every client relies on, and every way to say no (spec: core-and-voice#1.3–1.5).

use axum::response::{IntoResponse, Response};
use desk::{Refused, ports::StoreFault};
use domain::Refusal;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// The longest `statusMessage`, in bytes as it is sent: it may name what was asked for, which may be long.
const MAX_MESSAGE_BYTES: usize = 2 * 1024;
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

/// A refusal on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The HTTP status.
    pub http: StatusCode,
    /// The `statusCode` (spec: core-and-voice#1.4).
    pub code: u8,
    /// The `statusMessage`.
    pub message: String,
}

impl Problem {
    /// A problem by its parts.
    pub fn new(http: StatusCode, code: u8, message: impl Into<String>) -> Self {
        Self { http, code, message: message.into() }
    }

    /// No session, or wrong credentials: never 401, so that no browser asks for a password (spec: decisions#5).
    pub fn access_denied() -> Self {
        Self::new(StatusCode::FORBIDDEN, 20, "Access denied")
    }

    /// There is nothing at this address.
    pub fn not_found(what: &str) -> Self {
        Refusal::NotFound(what.to_owned()).into()
    }

    /// A parameter has the wrong form.
    pub fn invalid(why: impl Into<String>) -> Self {
        Refusal::Invalid(why.into()).into()
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let (http, code) = match &refusal {
            Refusal::Missing(_) => (StatusCode::BAD_REQUEST, 1),
            Refusal::Invalid(_)
            | Refusal::UnknownOperation(_)
            | Refusal::NotInState { .. }
            | Refusal::NotInCallState { .. }
            | Refusal::FeatureOff(_)
            | Refusal::NotLoggedIn
            | Refusal::UserDataTooLarge
            | Refusal::TooManyCharacters { .. }
            | Refusal::TextTooLong { .. }
            | Refusal::MessageTooLong { .. }
            | Refusal::TooManyParts { .. }
            | Refusal::NotAvailable { .. }
            | Refusal::WrittenOut
            | Refusal::Ended => (StatusCode::BAD_REQUEST, 2),
            Refusal::Forbidden(_) | Refusal::WindowClosed | Refusal::OptedOut => (StatusCode::FORBIDDEN, 3),
            Refusal::ChannelUnavailable { .. } | Refusal::NotRegistered(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, 4)
            }
            Refusal::QueueFull(_) => (StatusCode::SERVICE_UNAVAILABLE, 4),
            Refusal::RoleMissing => (StatusCode::FORBIDDEN, 5),
            Refusal::NotFound(_) => (StatusCode::NOT_FOUND, 6),
            Refusal::OutOfRange(_) => (StatusCode::BAD_REQUEST, 10),
            Refusal::ReadOnly(_) => (StatusCode::BAD_REQUEST, 11),
            Refusal::Exists(_) => (StatusCode::CONFLICT, 18),
            Refusal::InUse(_) => (StatusCode::CONFLICT, 19),
        };
        let message = match &refusal {
            Refusal::NotInState { operation, state } => {
                format!(
                    "{} is not valid in state {}",
                    crate::wire::operation_name(*operation),
                    state.as_str()
                )
            }
            other => other.to_string(),
        };
        Self::new(http, code, message)
    }
}

impl From<StoreFault> for Problem {
    fn from(fault: StoreFault) -> Self {
        tracing::error!(%fault, "a request failed in the store");
        if matches!(fault, StoreFault::Unknown(_)) {
            return Self::new(StatusCode::SERVICE_UNAVAILABLE, 4, "The outcome is unknown: read it again");
        }
        if fault.is_permanent() {
            return Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                4,
                "The server cannot do this; its log says why",
            );
        }
        // What went wrong inside is for the log, not for the client.
        Self::new(StatusCode::SERVICE_UNAVAILABLE, 4, "The server cannot store anything now; try again")
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Rule(refusal) => refusal.into(),
            Refused::Store(fault) => fault.into(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Wire<'a> {
            status_code: u8,
            status_message: &'a str,
        }
        metrics::counter!("jackfield_refusals_total", "code" => self.code.to_string()).increment(1);
        json(self.http, &Wire { status_code: self.code, status_message: &cut(&self.message) })
    }
}

/// As much of a message as is sent, with `…` behind it if it was cut.
fn cut(message: &str) -> Cow<'_, str> {
    if domain::json::text_len(message) <= MAX_MESSAGE_BYTES {
        return Cow::Borrowed(message);
    }
    let fits = domain::json::prefix(message, MAX_MESSAGE_BYTES - '…'.len_utf8());
    Cow::Owned(format!("{fits}…"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_is_cut_says_so() {
        assert_eq!(cut("short"), "short");
        let long = cut(&"ह".repeat(1_000)).into_owned();
        assert!(long.len() <= MAX_MESSAGE_BYTES && long.ends_with("ह…"), "{}", long.len());
    }

    #[test]
    fn an_unknown_outcome_is_not_told_as_a_refusal() {
        let of = |fault: StoreFault| Problem::from(fault);
        let unknown = of(StoreFault::Unknown("fsync".into()));
        assert_eq!((unknown.http, unknown.code), (StatusCode::SERVICE_UNAVAILABLE, 4));
        assert_eq!(unknown.message, "The outcome is unknown: read it again");
        assert_ne!(of(StoreFault::Failed("full".into())).message, unknown.message);
        let never = of(StoreFault::Permanent("a row".into()));
        assert_eq!((never.http, never.code), (StatusCode::INTERNAL_SERVER_ERROR, 4));
        assert!(!never.message.contains("again"), "nobody is asked to try what can never succeed");
    }
}

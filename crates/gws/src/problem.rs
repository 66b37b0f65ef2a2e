//! Refusals on the wire: every way to say no (spec: core-and-voice#1.4, #1.5).

use crate::{
    answer::{Answer, json},
    request::{CallRequest, SessionRequest},
};
use axum::response::{IntoResponse, Response};
use desk::{Refused, ports::StoreFault};
use domain::Refusal;
use http::StatusCode;
use serde::Serialize;
use std::borrow::Cow;

/// The longest `statusMessage`, in bytes as it is sent: it may name what was asked for, which may be long.
const MAX_MESSAGE_BYTES: usize = 2 * 1024;

/// What a handler gives back.
pub type Outcome = Result<Answer, Problem>;

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
            Refusal::QueueFull(_) | Refusal::Closed { .. } => (StatusCode::SERVICE_UNAVAILABLE, 4),
            Refusal::RoleMissing => (StatusCode::FORBIDDEN, 5),
            Refusal::NotFound(_) => (StatusCode::NOT_FOUND, 6),
            Refusal::OutOfRange(_) => (StatusCode::BAD_REQUEST, 10),
            Refusal::ReadOnly(_) => (StatusCode::BAD_REQUEST, 11),
            Refusal::Exists(_) => (StatusCode::CONFLICT, 18),
            Refusal::InUse(_) => (StatusCode::CONFLICT, 19),
        };
        let message = match &refusal {
            Refusal::NotInState { operation, state } => {
                not_in_state(SessionRequest::name_of(*operation), state.as_str())
            }
            Refusal::NotInCallState { operation, state } => {
                not_in_state(CallRequest::name_of(*operation), state.as_str())
            }
            other => other.to_string(),
        };
        Self::new(http, code, message)
    }
}

fn not_in_state(operation: &str, state: &str) -> String {
    format!("{operation} is not valid in state {state}")
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
        metrics::counter!("jackfield_refusals_total", "code" => self.code.to_string()).increment(1);
        refusal(self.http, self.code, &self.message)
    }
}

/// A refusal as it is written, to agents and to customers (spec: core-and-voice#1.3).
pub fn refusal(http: StatusCode, code: u8, message: &str) -> Response {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire<'a> {
        status_code: u8,
        status_message: &'a str,
    }
    json(http, &Wire { status_code: code, status_message: &cut(message) })
}

/// As much of a message as is sent, with `…` behind it if it was cut.
fn cut(message: &str) -> Cow<'_, str> {
    if domain::json::text_len(message) <= MAX_MESSAGE_BYTES {
        return Cow::Borrowed(message);
    }
    let fits = domain::json::prefix(message, MAX_MESSAGE_BYTES - '…'.len_utf8());
    Cow::Owned(format!("{fits}…"))
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

//! Reading the platform's answer to a request (spec: channel-connectors#2.5, #2.8).

use super::Profile;
use crate::messenger::{trouble::Failure, usage::Usage};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

/// What became of a request, and how much of the allowance is used up after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphAnswer<T> {
    /// What became of it.
    pub outcome: Result<T, Failure>,
    /// What the headers told, whatever the outcome.
    pub usage: Usage,
}

/// The platform has taken a message.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct SendReceipt {
    /// Its `mid`, by which receipts, echoes and reactions name it.
    pub message_id: String,
    /// The customer. Left out when they were not named by their id.
    pub recipient_id: Option<String>,
}

/// Reads the answer to [`super::message`]. After a success without a message id nobody knows what became of the
/// message: its echo tells.
pub fn message(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> GraphAnswer<SendReceipt> {
    let receipt =
        || serde_json::from_slice(body).ok().filter(|receipt: &SendReceipt| !receipt.message_id.is_empty());
    GraphAnswer {
        outcome: accepted(status, body).and_then(|()| receipt().ok_or_else(|| Failure::status(status))),
        usage: Usage::read(headers),
    }
}

/// Reads the answer to [`super::action`], which only tells that it was done.
pub fn action(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> GraphAnswer<()> {
    GraphAnswer { outcome: accepted(status, body), usage: Usage::read(headers) }
}

/// Reads the answer to [`super::profile`].
pub fn profile(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> GraphAnswer<Profile> {
    let profile = || serde_json::from_slice(body).map_err(|_| Failure::status(status));
    GraphAnswer { outcome: accepted(status, body).and_then(|()| profile()), usage: Usage::read(headers) }
}

fn accepted(status: StatusCode, body: &[u8]) -> Result<(), Failure> {
    match Failure::told(status, body) {
        Some(failure) => Err(failure),
        None if status.is_success() => Ok(()),
        None => Err(Failure::status(status)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messenger::{trouble::FailureKind, usage::SendingPace};
    use http::{HeaderName, HeaderValue};
    use proptest::prelude::*;

    fn read(status: u16, body: &str) -> Result<SendReceipt, FailureKind> {
        let status = StatusCode::from_u16(status).expect("status");
        message(status, &HeaderMap::new(), body.as_bytes()).outcome.map_err(|failure| failure.trouble)
    }

    #[test]
    fn a_receipt_names_the_message() {
        let receipt = SendReceipt { message_id: "m_1".into(), recipient_id: Some("2002".into()) };
        assert_eq!(read(200, r#"{"recipient_id":"2002","message_id":"m_1"}"#), Ok(receipt));
        let receipt = SendReceipt { message_id: "m_1".into(), recipient_id: None };
        assert_eq!(read(200, r#"{"message_id":"m_1","new":true}"#), Ok(receipt));
    }

    #[test]
    fn a_success_that_names_none_is_waited_for() {
        for body in ["", "{}", "<html>", r#"{"message_id":""}"#, r#"{"recipient_id":"2002"}"#] {
            assert_eq!(read(200, body), Err(FailureKind::Unknown), "{body}");
        }
    }

    #[test]
    fn a_failure_is_one_whatever_the_status_says() {
        let dead = r#"{"error":{"message":"Session has expired","type":"OAuthException","code":190,"fbtrace_id":"A"}}"#;
        assert_eq!(read(401, dead), Err(FailureKind::Reauthorise));
        assert_eq!(read(200, dead), Err(FailureKind::Reauthorise));
        assert_eq!(read(503, "upstream"), Err(FailureKind::Unknown));
    }

    #[test]
    fn an_action_only_has_to_be_done() {
        let status = StatusCode::OK;
        let body = br#"{"recipient_id":"2002"}"#;
        assert_eq!(action(status, &HeaderMap::new(), body).outcome, Ok(()));
        let failed = action(StatusCode::BAD_REQUEST, &HeaderMap::new(), b"{}").outcome;
        assert_eq!(failed.map_err(|failure| failure.trouble), Err(FailureKind::BadRequest));
    }

    #[test]
    fn the_allowance_is_told_with_failures_too() {
        let value = HeaderValue::from_static(r#"{"call_count":85,"total_time":0,"total_cputime":0}"#);
        let headers = HeaderMap::from_iter([(HeaderName::from_static("x-app-usage"), value)]);
        for status in [StatusCode::OK, StatusCode::BAD_REQUEST] {
            assert_eq!(message(status, &headers, b"{}").usage.pace(), SendingPace::SlowDown);
        }
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_stumble(status in 100_u16..1000, body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let status = StatusCode::from_u16(status).expect("status");
            prop_assert!(message(status, &HeaderMap::new(), &body).outcome.is_err());
        }
    }
}

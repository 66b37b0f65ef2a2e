//! What can go wrong with a request to the platform, and what is done about it (spec: channel-connectors#2.8).

use super::scalar::Whole;
use domain::Millis;
use http::StatusCode;
use serde::Deserialize;
use std::fmt;

/// How long after the first, second and third attempt the next is made, in milliseconds.
pub const ATTEMPTS: [Millis; 3] = [1_000, 5_000, 25_000];
/// The most of the platform's own words that is kept for the log, in characters.
const MAX_WORDS: usize = 300;
/// The most of a trace id that is kept, in characters.
const MAX_TRACE: usize = 64;

/// Why a request failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// The platform cannot at the moment, or was not reached.
    Later,
    /// The account sends too much.
    SlowDown,
    /// The customer has been silent for too long; the window is to be computed again.
    WindowClosed,
    /// Another app has the control over the thread; it can be taken over.
    OwnedElsewhere,
    /// The app lacks a permission.
    PermissionMissing,
    /// The page knows no such person; the address is dead.
    NoSuchPerson,
    /// What was attached is too large.
    TooLarge,
    /// The request is wrong, and we made it.
    BadRequest,
    /// The page token is not valid any more: the account stands still until somebody authorises it again.
    Reauthorise,
    /// The account is blocked for abuse.
    Blocked,
    /// The person cannot be reached, or has blocked the page.
    Undeliverable,
    /// The platform has switched the feature off for a time.
    FeatureDisabled,
    /// It was reported as failed but was sent all the same.
    SentAfterAll,
    /// Nobody knows whether it was sent.
    Unknown,
}

/// What to do about a trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// It was not sent; send it again after a while.
    Retry,
    /// It was not sent; hold the sends of the account as [`super::usage::Usage::pace`] says, then send it again.
    SlowDown,
    /// Wait for the echo with our metadata. Without one an agent decides: it is not sent again by itself.
    Echo,
    /// It has failed; the agent is told.
    Fail,
    /// It has failed, and the operator must know.
    FailAndAlarm,
    /// It has failed, nothing more is sent for the account, and the operator must know.
    StopAccount,
}

/// A trouble and what the platform said of it. The words of the platform are for the log; an agent is told
/// [`FailureKind::sentence`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What it is.
    pub trouble: FailureKind,
    /// The platform's code, if it gave one.
    pub code: Option<i64>,
    /// Its subcode, if it gave one.
    pub subcode: Option<i64>,
    /// `fbtrace_id`, by which the platform's support finds the request.
    pub trace: Option<String>,
    /// The platform's own words, shortened.
    pub words: String,
}

/// How long after the `attempts`-th attempt, counted from 1, the next is made, in milliseconds; `None` when it was
/// the last.
pub fn retry_after(attempts: u32) -> Option<Millis> {
    let past = usize::try_from(attempts).ok()?.checked_sub(1)?;
    ATTEMPTS.get(past).copied()
}

impl FailureKind {
    /// Its name, for metrics and for the answer to the agent's operation.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Later => "later",
            Self::SlowDown => "slow_down",
            Self::WindowClosed => "window_closed",
            Self::OwnedElsewhere => "thread_owned_elsewhere",
            Self::PermissionMissing => "permission_missing",
            Self::NoSuchPerson => "no_such_person",
            Self::TooLarge => "too_large",
            Self::BadRequest => "bad_request",
            Self::Reauthorise => "reauthorise",
            Self::Blocked => "blocked",
            Self::Undeliverable => "undeliverable",
            Self::FeatureDisabled => "feature_disabled",
            Self::SentAfterAll => "sent_after_all",
            Self::Unknown => "unknown",
        }
    }

    /// What to do about it.
    pub const fn remedy(self) -> Remedy {
        match self {
            Self::Later => Remedy::Retry,
            Self::SlowDown => Remedy::SlowDown,
            Self::Unknown | Self::SentAfterAll => Remedy::Echo,
            Self::WindowClosed
            | Self::OwnedElsewhere
            | Self::TooLarge
            | Self::NoSuchPerson
            | Self::Undeliverable => Remedy::Fail,
            Self::PermissionMissing | Self::BadRequest | Self::FeatureDisabled => Remedy::FailAndAlarm,
            Self::Reauthorise | Self::Blocked => Remedy::StopAccount,
        }
    }

    /// What an agent is told.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Later => "Facebook could not take the message at the moment",
            Self::SlowDown => "Facebook takes no more messages from this page for a while; the message waits",
            Self::WindowClosed => {
                "The customer last wrote too long ago; Facebook lets us answer once they write again"
            }
            Self::OwnedElsewhere => {
                "The conversation is with another application of the page; take it over to answer"
            }
            Self::PermissionMissing => "This page may not send the message; the administrator has been told",
            Self::NoSuchPerson => "Facebook knows no such person for this page any more",
            Self::TooLarge => "The attachment is too large for Facebook",
            Self::BadRequest => "Facebook did not accept the message; the administrator has been told",
            Self::Reauthorise => "The connection to the Facebook page has to be renewed by the administrator",
            Self::Blocked => "Facebook has blocked the page from sending; the administrator has been told",
            Self::Undeliverable => "The customer cannot be reached on Messenger, or has blocked the page",
            Self::FeatureDisabled => "Facebook has switched this off for the page for a time",
            Self::SentAfterAll => "Facebook reported an error, but has probably delivered the message",
            Self::Unknown => "Facebook did not confirm the message; it may have been sent",
        }
    }

    /// What a code of the platform means. Subcodes go before codes, and a code of the table before `is_transient`.
    const fn of(code: i64, subcode: Option<i64>, is_transient: bool) -> Option<Self> {
        Some(match (code, subcode) {
            (1, Some(1_357_046)) => Self::SentAfterAll,
            (10, Some(2_018_278 | 2_018_065)) => Self::WindowClosed,
            (10, Some(2_018_300)) => Self::OwnedElsewhere,
            (100, Some(2_018_001)) => Self::NoSuchPerson,
            (100, Some(2_018_109)) => Self::TooLarge,
            (200, Some(1_545_041)) | (551, _) => Self::Undeliverable,
            // 4 / 2018022, too many sends to phone numbers, is one of these.
            (4 | 17 | 32 | 613, _) => Self::SlowDown,
            (190, _) => Self::Reauthorise,
            (368, _) => Self::Blocked,
            (2022, _) => Self::FeatureDisabled,
            (1 | 2 | 1200, _) => Self::Later,
            _ if is_transient => Self::Later,
            (10 | 200 | 230, _) => Self::PermissionMissing,
            (100, _) => Self::BadRequest,
            _ => return None,
        })
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(self.sentence())
    }
}

#[derive(Deserialize)]
struct ErrorBody {
    error: ErrorJson,
}

#[derive(Deserialize)]
struct ErrorJson {
    code: Whole,
    error_subcode: Option<Whole>,
    fbtrace_id: Option<String>,
    message: Option<String>,
    #[serde(default)]
    is_transient: Option<bool>,
}

impl Failure {
    /// The request did not leave: the address was not found, no connection was made.
    pub fn not_sent() -> Self {
        Self::without_words(FailureKind::Later)
    }

    /// The connection broke, or time ran out, after the request may have left.
    pub fn broken() -> Self {
        Self::without_words(FailureKind::Unknown)
    }

    /// The failure in the body of an answer, whatever its status; `None` if there is none.
    pub(super) fn told(status: StatusCode, body: &[u8]) -> Option<Self> {
        let ErrorBody { error } = serde_json::from_slice(body).ok()?;
        let (Whole(code), subcode) = (error.code, error.error_subcode.map(|Whole(subcode)| subcode));
        let transient = error.is_transient.unwrap_or(false);
        Some(Self {
            trouble: FailureKind::of(code, subcode, transient).unwrap_or_else(|| by_status(status)),
            code: Some(code),
            subcode,
            trace: error.fbtrace_id.map(|trace| shortened(&trace, MAX_TRACE)),
            words: shortened(&error.message.unwrap_or_default(), MAX_WORDS),
        })
    }

    /// What the status of an answer means when its body says nothing, as behind a proxy that failed.
    pub(super) fn status(status: StatusCode) -> Self {
        Self::without_words(by_status(status))
    }

    fn without_words(trouble: FailureKind) -> Self {
        Self { trouble, code: None, subcode: None, trace: None, words: String::new() }
    }
}

fn by_status(status: StatusCode) -> FailureKind {
    match status {
        StatusCode::TOO_MANY_REQUESTS => FailureKind::SlowDown,
        StatusCode::PAYLOAD_TOO_LARGE => FailureKind::TooLarge,
        // A success without a message id: it was sent, most likely.
        StatusCode::REQUEST_TIMEOUT => FailureKind::Unknown,
        status if status.is_success() || status.is_server_error() => FailureKind::Unknown,
        _ => FailureKind::BadRequest,
    }
}

/// The first characters of a text, on one line.
fn shortened(text: &str, characters: usize) -> String {
    text.chars()
        .take(characters)
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Remedy::{Echo, Fail, FailAndAlarm, Retry, StopAccount};
    use serde_json::json;

    /// What an answer with this status and error means.
    fn read(status: u16, error: &serde_json::Value) -> Failure {
        let body = json!({"error": error}).to_string();
        Failure::told(StatusCode::from_u16(status).expect("status"), body.as_bytes()).expect("an error")
    }

    #[test]
    fn every_row_of_the_table_has_its_trouble_and_its_remedy() {
        for (code, subcode, trouble, remedy) in [
            (1, 0, FailureKind::Later, Retry),
            (2, 0, FailureKind::Later, Retry),
            (1200, 0, FailureKind::Later, Retry),
            (4, 0, FailureKind::SlowDown, Remedy::SlowDown),
            (17, 0, FailureKind::SlowDown, Remedy::SlowDown),
            (32, 0, FailureKind::SlowDown, Remedy::SlowDown),
            (613, 0, FailureKind::SlowDown, Remedy::SlowDown),
            (10, 2_018_278, FailureKind::WindowClosed, Fail),
            (10, 2_018_065, FailureKind::WindowClosed, Fail),
            (10, 2_018_300, FailureKind::OwnedElsewhere, Fail),
            (10, 0, FailureKind::PermissionMissing, FailAndAlarm),
            (200, 0, FailureKind::PermissionMissing, FailAndAlarm),
            (230, 0, FailureKind::PermissionMissing, FailAndAlarm),
            (100, 2_018_001, FailureKind::NoSuchPerson, Fail),
            (100, 2_018_109, FailureKind::TooLarge, Fail),
            (100, 0, FailureKind::BadRequest, FailAndAlarm),
            (190, 0, FailureKind::Reauthorise, StopAccount),
            (190, 460, FailureKind::Reauthorise, StopAccount),
            (368, 0, FailureKind::Blocked, StopAccount),
            (551, 0, FailureKind::Undeliverable, Fail),
            (200, 1_545_041, FailureKind::Undeliverable, Fail),
            (4, 2_018_022, FailureKind::SlowDown, Remedy::SlowDown),
            (2022, 0, FailureKind::FeatureDisabled, FailAndAlarm),
            (1, 1_357_046, FailureKind::SentAfterAll, Echo),
        ] {
            let mut error =
                json!({"code": code, "fbtrace_id": "AbC", "message": "(#x)", "type": "OAuthException"});
            if subcode != 0 {
                error["error_subcode"] = subcode.into();
            }
            // The code tells more than the status does.
            for status in [400, 403, 500] {
                let failure = read(status, &error);
                assert_eq!(failure.trouble, trouble, "{code} / {subcode} with {status}");
                assert_eq!(failure.trouble.remedy(), remedy, "{code} / {subcode}");
                assert_eq!((failure.code, failure.subcode), (Some(code), (subcode != 0).then_some(subcode)));
                assert_eq!((failure.trace.as_deref(), failure.words.as_str()), (Some("AbC"), "(#x)"));
            }
        }
    }

    #[test]
    fn what_is_said_to_pass_is_tried_again() {
        assert_eq!(read(400, &json!({"code": 100, "is_transient": true})).trouble, FailureKind::Later);
        assert_eq!(read(400, &json!({"code": 987, "is_transient": true})).trouble, FailureKind::Later);
        assert_eq!(read(400, &json!({"code": 100, "is_transient": false})).trouble, FailureKind::BadRequest);
        // A dead token stays dead, and what was sent is not sent twice.
        assert_eq!(read(400, &json!({"code": 190, "is_transient": true})).trouble, FailureKind::Reauthorise);
        let sent = json!({"code": 1, "error_subcode": 1_357_046, "is_transient": true});
        assert_eq!(read(500, &sent).trouble, FailureKind::SentAfterAll);
    }

    #[test]
    fn what_says_nothing_is_judged_by_its_status() {
        for (status, trouble) in [
            (500, FailureKind::Unknown),
            (502, FailureKind::Unknown),
            (504, FailureKind::Unknown),
            (408, FailureKind::Unknown),
            (429, FailureKind::SlowDown),
            (413, FailureKind::TooLarge),
            (404, FailureKind::BadRequest),
            (302, FailureKind::BadRequest),
        ] {
            let code = StatusCode::from_u16(status).expect("status");
            for body in ["", "<html>", "{}", r#"{"error":"no"}"#, r#"{"error":{"message":"no"}}"#] {
                assert_eq!(Failure::told(code, body.as_bytes()), None);
            }
            assert_eq!(Failure::status(code).trouble, trouble, "{status}");
            assert_eq!(
                read(status, &json!({"code": 987_654})).trouble,
                trouble,
                "{status} with a code nobody knows"
            );
        }
    }

    #[test]
    fn what_may_have_been_sent_is_not_sent_again_at_once() {
        assert_eq!(Failure::broken().trouble.remedy(), Echo);
        assert_eq!(Failure::status(StatusCode::BAD_GATEWAY).trouble.remedy(), Echo);
        assert_eq!(Failure::not_sent().trouble.remedy(), Retry);
    }

    #[test]
    fn attempts_are_made_after_1_and_5_and_25_seconds() {
        let plan: Vec<_> = (0..6).map(retry_after).collect();
        assert_eq!(plan, [None, Some(1_000), Some(5_000), Some(25_000), None, None]);
    }

    #[test]
    fn the_platforms_words_are_bounded_and_stay_on_their_line() {
        let error = json!({"code": "100", "error_subcode": null, "message": format!("a\nb{}", "é".repeat(9_000)),
            "fbtrace_id": "t".repeat(9_000)});
        let failure = read(400, &error);
        assert_eq!(failure.trouble, FailureKind::BadRequest);
        assert!(failure.words.starts_with("a bé"));
        assert_eq!(failure.words.chars().count(), MAX_WORDS);
        assert_eq!(failure.trace.map(|trace| trace.len()), Some(MAX_TRACE));
    }
}

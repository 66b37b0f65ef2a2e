//! What the SMS provider refuses, with its own codes (spec: channel-connectors#1B.1).

use axum::{
    Json,
    http::{
        HeaderValue, StatusCode,
        header::{RETRY_AFTER, WWW_AUTHENTICATE},
    },
    response::{IntoResponse, Response},
};
use serde_json::json;

/// A refusal of a send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SmsError {
    /// Account and token do not fit.
    Unauthorised,
    /// The path names another account.
    NoSuchAccount,
    /// Too many sends.
    TooMany,
    /// There is no `To`.
    NoTo,
    /// `To` is no number.
    BadTo,
    /// There is neither `From` nor `MessagingServiceSid`.
    NoFrom,
    /// `From` is not ours.
    BadFrom,
    /// There is nothing to send.
    NoBody,
    /// The text has more than 1600 characters.
    TooLong,
    /// `StatusCallback` is no address.
    BadCallback,
    /// The recipient does not want our messages.
    OptedOut,
    /// A fault of the provider.
    Broken,
}

impl SmsError {
    /// HTTP status, code and words.
    pub(super) fn row(self) -> (StatusCode, u32, &'static str) {
        let bad = StatusCode::BAD_REQUEST;
        match self {
            Self::Unauthorised => (StatusCode::UNAUTHORIZED, 20003, "Authenticate"),
            Self::NoSuchAccount => (StatusCode::NOT_FOUND, 20404, "The requested resource was not found"),
            Self::TooMany => (StatusCode::TOO_MANY_REQUESTS, 20429, "Too Many Requests"),
            Self::NoTo => (bad, 21604, "A 'To' phone number is required."),
            Self::BadTo => (bad, 21211, "The 'To' number is not a valid phone number."),
            Self::NoFrom => (bad, 21603, "A 'From' phone number is required."),
            Self::BadFrom => (bad, 21606, "The 'From' number is not one of this account."),
            Self::NoBody => (bad, 21602, "Message body is required."),
            Self::TooLong => (bad, 21617, "The message body exceeds the 1600 character limit."),
            Self::BadCallback => (bad, 21609, "The StatusCallback URL is not a valid URL."),
            Self::OptedOut => (bad, 21610, "Attempt to send to unsubscribed recipient"),
            Self::Broken => {
                (StatusCode::INTERNAL_SERVER_ERROR, 20500, "An internal server error has occurred")
            }
        }
    }
}

impl IntoResponse for SmsError {
    fn into_response(self) -> Response {
        let (status, code, message) = self.row();
        let body = json!({
            "code": code,
            "message": message,
            "more_info": format!("https://www.twilio.com/docs/errors/{code}"),
            "status": status.as_u16(),
        });
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        match self {
            Self::Unauthorised => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"Simulated SMS\""));
            }
            Self::TooMany => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
        response
    }
}

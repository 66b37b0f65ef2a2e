//! What the Messenger platform refuses, with its own codes (spec: channel-connectors#2.8).

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::WWW_AUTHENTICATE},
    response::{IntoResponse, Response},
};
use serde_json::json;

/// A refusal of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MessengerError {
    pub(super) status: StatusCode,
    pub(super) code: u32,
    pub(super) subcode: Option<u32>,
    message: &'static str,
    is_transient: bool,
}

impl MessengerError {
    const fn new(code: u32, subcode: Option<u32>, message: &'static str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code, subcode, message, is_transient: false }
    }

    const fn transient(self) -> Self {
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, is_transient: true, ..self }
    }

    const fn forbidden(self) -> Self {
        Self { status: StatusCode::FORBIDDEN, ..self }
    }

    /// 100: a parameter is missing or wrong.
    pub(super) const fn parameter(message: &'static str) -> Self {
        Self::new(100, None, message)
    }

    pub(super) const NO_TOKEN: Self =
        Self::new(104, None, "An access token is required to request this resource.");
    pub(super) const TOKEN_DEAD: Self =
        Self::new(190, Some(460), "Error validating access token: the session has been invalidated.");
    pub(super) const BAD_TOKEN: Self = Self::new(190, None, "Invalid OAuth access token.");
    pub(super) const NO_PROOF: Self =
        Self::parameter("API calls from the server require an appsecret_proof argument");
    pub(super) const BAD_PROOF: Self =
        Self::parameter("Invalid appsecret_proof provided in the API argument");
    pub(super) const NO_OBJECT: Self = Self::new(
        100,
        Some(33),
        "Unsupported request. The object does not exist or cannot be loaded due to missing permissions.",
    );
    pub(super) const NO_PERSON: Self = Self::new(100, Some(2_018_001), "(#100) No matching user found");
    pub(super) const TOO_LARGE: Self =
        Self::new(100, Some(2_018_109), "(#100) Attachment size exceeds allowable limit");
    pub(super) const WINDOW: Self =
        Self::new(10, Some(2_018_278), "(#10) This message is sent outside of allowed window.").forbidden();
    pub(super) const THREAD: Self =
        Self::new(10, Some(2_018_300), "(#10) Another app is controlling this thread now.").forbidden();
    pub(super) const NO_FEATURE: Self =
        Self::new(10, None, "(#10) The Human Agent feature has not been granted to this app.").forbidden();
    pub(super) const NO_PERMISSION: Self =
        Self::new(200, None, "(#200) Requires pages_messaging permission to manage the object").forbidden();
    pub(super) const BLOCKED: Self =
        Self::new(200, Some(1_545_041), "(#200) This person isn't available right now.").forbidden();
    pub(super) const UNAVAILABLE: Self =
        Self::new(551, Some(1_545_041), "(#551) This person isn't available right now.");
    pub(super) const ABUSE: Self = Self::new(
        368,
        None,
        "(#368) The action attempted has been deemed abusive or is otherwise disallowed",
    );
    pub(super) const RATE: Self =
        Self::new(613, None, "(#613) Calls to this api have exceeded the rate limit.");
    pub(super) const PHONES: Self =
        Self::new(4, Some(2_018_022), "(#4) Too many send requests to phone numbers");
    pub(super) const DISABLED: Self = Self::new(2022, None, "(#2022) This feature is temporarily disabled");
    pub(super) const TEMPORARY: Self = Self::new(2, None, "(#2) Service temporarily unavailable").transient();
    pub(super) const REPORTED: Self = Self::new(1, Some(1_357_046), "(#1) An unknown error has occurred");

    /// The answer. `trace` is the `fbtrace_id` under which the platform would find the call again.
    pub(super) fn answer(self, trace: &str) -> Response {
        let mut error = json!({
            "message": self.message,
            "type": "OAuthException",
            "code": self.code,
            "fbtrace_id": trace,
        });
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = subcode.into();
        }
        if self.is_transient {
            error["is_transient"] = true.into();
        }
        let mut response = (self.status, Json(json!({ "error": error }))).into_response();
        if self.code == 190 {
            let why = HeaderValue::from_static("OAuth \"Facebook Platform\" \"invalid_token\"");
            response.headers_mut().insert(WWW_AUTHENTICATE, why);
        }
        response
    }
}

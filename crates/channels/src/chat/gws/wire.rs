//! Answers of this API on the wire (spec: digital-channels#6.3).

use axum::response::{IntoResponse, Response};
use gws::json;
use http::{HeaderValue, StatusCode, header::CACHE_CONTROL};
use serde::Serialize;

/// A good answer. It may hold a pass, so it cannot be printed.
pub(super) struct Answer(Response);

impl Answer {
    /// An answer as it is typed.
    pub fn of(answer: &impl Serialize) -> Self {
        Self(json(StatusCode::OK, answer))
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let Self(mut response) = self;
        only_for_one(&mut response);
        response
    }
}

/// It is only for one customer, so no cache on the way should keep it.
pub(super) fn only_for_one(response: &mut Response) {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

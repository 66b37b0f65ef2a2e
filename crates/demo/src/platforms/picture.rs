//! The picture that customers send.

use axum::{
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};

/// Where it is below [`super::MOUNT`].
pub(super) const PATH: &str = "/media/picture.png";

/// A blue dot, 24 by 24.
const PICTURE: &str = concat!(
    "iVBORw0KGgoAAAANSUhEUgAAABgAAAAYCAIAAABvFaqvAAAAR0lEQVR42mN4/foZVRDDqEEUGWSTdwITkWwQVlPwmMVAqim4zGIgwxSsZjGQ",
    "ZwqmWaMGDQeDqJaOqJmyqZnXqJn7R4taOAIAiAI40lGvlVwAAAAASUVORK5CYII=",
);

/// `GET /simulators/media/picture.png`
pub(super) async fn picture() -> Response {
    match BASE64_STANDARD.decode(PICTURE) {
        Ok(bytes) => ([(CONTENT_TYPE, "image/png")], bytes).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

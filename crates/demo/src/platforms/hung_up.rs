//! A connection closed without an answer.

use axum::{body::Body, response::Response};
use std::io;

/// An answer that never reaches the caller: its body fails before the first byte, and HTTP/1.1 connections
/// write the head together with the beginning of the body. So the connection is closed although the request was
/// read, and the caller cannot know what became of it.
pub(super) fn hung_up() -> Response {
    let failing = futures::stream::once(async { Err::<&[u8], _>(io::Error::other("hung up on purpose")) });
    Response::new(Body::from_stream(failing))
}

//! The body of an answer, which tells when its last part was handed over.

use super::phase::Answering;
use axum::body::{Body, Bytes};
use hyper::{
    Response, StatusCode,
    body::{Body as HttpBody, Frame, SizeHint},
};
use std::{
    pin::Pin,
    task::{Context, Poll},
};

/// A body that keeps its request counted as being answered.
pub struct Followed {
    body: Body,
    _answering: Option<Answering>,
}

/// Follows an answer to its end. One that upgrades the connection has none.
pub fn follow(answer: Response<Body>, answering: Answering) -> Response<Followed> {
    let is_upgrade = answer.status() == StatusCode::SWITCHING_PROTOCOLS;
    let answering = if is_upgrade {
        answering.upgraded();
        None
    } else {
        Some(answering)
    };
    answer.map(|body| Followed { body, _answering: answering })
}

impl HttpBody for Followed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

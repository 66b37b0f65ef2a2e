//! The body of a request, of which a part may be unread when the request is answered.

use axum::body::{Body, Bytes};
use futures::FutureExt;
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
};

/// How much of a body is thrown away so that its connection goes on, in bytes.
const SMALL: u64 = 64 * 1024;

/// The rest of a body that its handler did not read.
#[derive(Clone, Debug, Default)]
pub struct UnreadBody(Arc<Mutex<Option<Incoming>>>);

/// A body that leaves its unread rest behind.
struct TrackedBody {
    body: Option<Incoming>,
    rest: UnreadBody,
}

/// A body to give away, and its future rest; `None` when there is nothing to read.
pub fn lend(body: Incoming) -> (Body, Option<UnreadBody>) {
    if body.is_end_stream() {
        return (Body::empty(), None);
    }
    let rest = UnreadBody::default();
    (Body::new(TrackedBody { body: Some(body), rest: rest.clone() }), Some(rest))
}

impl UnreadBody {
    /// Whether the next request can follow: everything was read, or the little that was not is here already and is
    /// thrown away now. A client that asks first (`Expect: 100-continue`) sends no such rest.
    pub fn is_done(&self, asks_first: bool) -> bool {
        let Some(mut body) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() else {
            return true;
        };
        if asks_first {
            return false;
        }
        while body.size_hint().lower() <= SMALL && !body.is_end_stream() {
            match body.frame().now_or_never() {
                Some(Some(Ok(_))) => {}
                Some(None) => return true,
                Some(Some(Err(_))) | None => return false,
            }
        }
        body.is_end_stream()
    }
}

impl HttpBody for TrackedBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let frame = ready!(Pin::new(body).poll_frame(cx));
        if frame.is_none() {
            self.body = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), HttpBody::size_hint)
    }
}

impl Drop for TrackedBody {
    fn drop(&mut self) {
        if let Some(body) = self.body.take()
            && !body.is_end_stream()
        {
            *self.rest.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(body);
        }
    }
}

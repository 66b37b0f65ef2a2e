//! Request bodies: JSON whatever the content type says, in the alphabet that it declares, bounded in size and depth,
//! with words for what is wrong; and what they ask for, by `operationName`.

use crate::{auth::Caller, state::Api};
use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use domain::Refusal;
use edge::{Sender, Unread, in_utf_8, read_body};
use gws::{Body, Problem, Requests};
use http::HeaderMap;
use std::sync::Arc;

/// The largest body of a user, in bytes.
const MAX_BODY: usize = 1024 * 1024;
/// The largest body of a client that is not known yet, in bytes: two or three short texts.
const MAX_STRANGERS_BODY: usize = 16 * 1024;

/// A JSON object that a client posted.
#[derive(Debug, Default)]
pub struct Posted(pub Body);

impl Posted {
    /// Reads a body that came with these headers.
    pub fn of(headers: &HeaderMap, bytes: &Bytes) -> Result<Self, Problem> {
        Ok(Self(Body::parse(&text(headers, bytes)?)?))
    }
}

impl FromRequest<Arc<Api>> for Posted {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Arc<Api>) -> Result<Self, Problem> {
        let headers = request.headers().clone();
        let posted = Self::of(&headers, &read(request).await?)?;
        if let Ok(operation) = posted.0.operation() {
            edge::span::operation(operation);
        }
        Ok(posted)
    }
}

/// The text of a body in UTF-8, in whichever alphabet it came: HTTP 415 for one that is not known, 400 for bytes that
/// are not of it.
pub fn text(headers: &HeaderMap, bytes: &Bytes) -> Result<Bytes, Problem> {
    in_utf_8(headers, bytes).map_err(|why| Problem::new(why.status(), 2, why.to_string()))
}

/// Reads a whole body: up to 1 MiB from a user whom the gate let in, and 16 KiB from anybody else.
pub async fn read(request: Request) -> Result<Bytes, Problem> {
    let (head, body) = request.into_parts();
    let is_known = head.extensions.get::<Caller>().is_some();
    let (sender, most) =
        if is_known { (Sender::Known, MAX_BODY) } else { (Sender::Stranger, MAX_STRANGERS_BODY) };
    read_body(&head.extensions, body, sender, most).await.map_err(|why| {
        let words = match why {
            Unread::TooLarge => format!("The body is larger than {most} bytes"),
            Unread::TooSlow | Unread::Crowded => "The body did not come in time".into(),
            Unread::Broken => "The body could not be read".into(),
        };
        Problem::new(why.status(), 2, words)
    })
}

/// Reads a request. A name that is no operation at this address, nor a state of the centre where states are taken, is
/// counted under `place`, such as `/me/calls/{id}`, and refused.
pub fn asked<R: Requests>(api: &Api, body: &Body, place: &str) -> Result<R, Problem> {
    let operation = body.operation()?;
    let is_state = || {
        R::takes_states() && api.desk.centre().is_some_and(|centre| centre.agent_state(operation).is_some())
    };
    if !R::takes(operation) && !is_state() {
        api.unknown.count("POST", place, Some(operation));
        return Err(Refusal::UnknownOperation(operation.to_owned()).into());
    }
    Ok(R::read(body)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderValue, StatusCode, header::CONTENT_TYPE};

    #[test]
    fn a_body_is_read_in_the_alphabet_that_it_declares_and_no_letter_is_replaced() {
        let read = |kind: &'static str, body: &'static [u8]| {
            let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]);
            let text = Posted::of(&headers, &Bytes::from_static(body))
                .map(|Posted(body)| body.read::<gws::SessionMeasureRequest>().expect("a text").text);
            text.map_err(|problem| (problem.http.as_u16(), problem.code))
        };
        let latin = "application/json; charset=ISO-8859-1";
        assert_eq!(read(latin, b"{\"text\":\"Gr\xfc\xdfe\"}").as_deref(), Ok("Grüße"));
        assert_eq!(read("application/json", b"\xef\xbb\xbf{\"text\":\"x\"}").as_deref(), Ok("x"));
        assert_eq!(read("application/json", b"{\"text\":\"Gr\xfc\"}"), Err((400, 2)));
        assert_eq!(read("application/json; charset=klingon", b"{\"text\":\"x\"}"), Err((415, 2)));
    }

    fn posted(body: axum::body::Body) -> Request {
        Request::post("/").body(body).expect("a request")
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_come_is_answered_408() {
        let stalled =
            axum::body::Body::from_stream(futures::stream::pending::<Result<Bytes, std::io::Error>>());
        let problem = read(posted(stalled)).await.expect_err("nothing comes");
        assert_eq!((problem.http, problem.code), (StatusCode::REQUEST_TIMEOUT, 2));
    }

    #[tokio::test]
    async fn little_is_read_of_whom_the_gate_did_not_let_in() {
        let read = |bytes| read(posted(vec![b' '; bytes].into()));
        assert!(read(MAX_STRANGERS_BODY).await.is_ok());
        let problem = read(MAX_STRANGERS_BODY + 1).await.expect_err("refused");
        assert_eq!(problem.http, StatusCode::PAYLOAD_TOO_LARGE);
    }
}

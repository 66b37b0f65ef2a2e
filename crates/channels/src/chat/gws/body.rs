//! Bodies: JSON whatever the content type says, since widgets leave it out (spec: digital-channels#6.3), but in the
//! alphabet that it declares.

use super::trouble::Trouble;
use crate::chat::bounds::MAX_BODY_BYTES;
use axum::extract::{FromRequest, Request};
use edge::{Sender, in_utf_8, read_body};

/// A JSON object as it came.
pub(super) struct Body(pub gws::Body);

impl Body {
    /// Reads a body; one that is empty is an object without members.
    fn parse(bytes: &[u8]) -> Result<Self, Trouble> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self(gws::Body::default()));
        }
        Ok(Self(gws::Body::parse(bytes)?))
    }
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Trouble;

    async fn from_request(request: Request, _: &S) -> Result<Self, Trouble> {
        let (head, body) = request.into_parts();
        let bytes = read_body(&head.extensions, body, Sender::Stranger, MAX_BODY_BYTES).await?;
        Self::parse(&in_utf_8(&head.headers, &bytes)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gws::customer::CustomerOperation;
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    #[test]
    fn an_empty_body_names_no_operation() {
        for body in ["", " \r\n", "{}", r#"{"operationName":null}"#, r#"{"operationName":""}"#] {
            let Body(body) = Body::parse(body.as_bytes()).expect("a body");
            assert!(body.read::<CustomerOperation>().is_ok_and(|named| named.operation_name.is_none()));
        }
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for body in ["[]", "1", "null", "\"x\"", "{", "{'a':1}", "a=1&b=2", "{\"a\":\"\\ud800\"}"] {
            assert!(matches!(Body::parse(body.as_bytes()), Err(Trouble::Bad(_))), "{body}");
        }
        assert!(matches!(Body::parse(b"{\"a\":\"\xff\"}"), Err(Trouble::Bad(_))));
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |levels: usize| format!("{{\"a\":{}1{}}}", "[".repeat(levels), "]".repeat(levels));
        assert!(Body::parse(nested(63).as_bytes()).is_ok());
        assert!(Body::parse(nested(64).as_bytes()).is_err());
        assert!(Body::parse(nested(400_000).as_bytes()).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let parsed: Option<Map<String, Value>> = serde_json::from_slice(&bytes).ok();
            let empty = bytes.iter().all(u8::is_ascii_whitespace);
            prop_assert_eq!(Body::parse(&bytes).is_ok(), empty || parsed.is_some());
        }
    }
}

//! Bodies: JSON whatever the content type says, since widgets leave it out (spec: digital-channels#6.3), but in the
//! alphabet that it declares; bounded in size and depth.

use super::trouble::Trouble;
use crate::chat::bounds::MAX_BODY_BYTES;
use axum::extract::{FromRequest, Request};
use edge::{Sender, in_utf_8, read_body};
use serde_json::{Map, Value};

/// How deep JSON may nest. User data goes on to agents inside larger objects, which must stay readable.
pub(super) const MAX_DEPTH: usize = 64;

/// A JSON object as it came. Unknown members are ignored (spec: decisions#8).
#[derive(Debug, Default)]
pub(super) struct Body(Map<String, Value>);

impl Body {
    /// Reads a body; one that is empty is an object without members.
    fn parse(bytes: &[u8]) -> Result<Self, Trouble> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self::default());
        }
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(members)) if members.values().any(|value| is_deeper(value, MAX_DEPTH - 1)) => {
                Err(Trouble::Bad(format!("JSON nests deeper than {MAX_DEPTH} levels")))
            }
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(_) => Err(Trouble::Bad("The body is not a JSON object".into())),
            Err(fault) => {
                let (line, column) = (fault.line(), fault.column());
                Err(Trouble::Bad(format!("The body is not JSON: error at line {line}, column {column}")))
            }
        }
    }

    /// What the body asks for, to tell whether another body asks for the same.
    pub fn asks(&self) -> String {
        serde_json::to_string(&self.0).unwrap_or_default()
    }

    /// A text; one that is null or empty counts as left out.
    pub fn maybe_text(&self, name: &'static str) -> Result<Option<&str>, Trouble> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
            Some(_) => Err(Trouble::Bad(format!("'{name}' is not a string"))),
        }
    }

    /// A required text.
    pub fn text(&self, name: &'static str) -> Result<&str, Trouble> {
        self.maybe_text(name)?.ok_or(Trouble::Missing(name))
    }

    /// The pairs of an object that may be left out.
    pub fn pairs(&self, name: &'static str) -> Result<Map<String, Value>, Trouble> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(Map::new()),
            Some(Value::Object(pairs)) => Ok(pairs.clone()),
            Some(_) => Err(Trouble::Bad(format!("'{name}' is not an object"))),
        }
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

/// Whether a value has more levels of lists and objects than so many. The parser bounds how deep this recurses.
fn is_deeper(value: &Value, levels: usize) -> bool {
    let deeper = |inner: &Value| levels == 0 || is_deeper(inner, levels - 1);
    match value {
        Value::Array(items) => levels == 0 || items.iter().any(deeper),
        Value::Object(pairs) => levels == 0 || pairs.values().any(deeper),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_empty_body_has_no_members() {
        for body in ["", " \r\n", "{}", r#"{"operationName":null}"#, r#"{"operationName":""}"#] {
            let body = Body::parse(body.as_bytes()).expect("a body");
            assert!(matches!(body.maybe_text("operationName"), Ok(None)));
            assert!(matches!(body.text("operationName"), Err(Trouble::Missing("operationName"))));
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
    fn members_are_what_they_should_be() {
        let body = Body::parse(br#"{"text":7,"userData":[]}"#).expect("a body");
        assert!(matches!(body.text("text"), Err(Trouble::Bad(_))));
        assert!(matches!(body.pairs("userData"), Err(Trouble::Bad(_))));
        assert!(body.pairs("other").is_ok_and(|pairs| pairs.is_empty()));
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |levels: usize| format!("{{\"a\":{}1{}}}", "[".repeat(levels), "]".repeat(levels));
        assert!(Body::parse(nested(MAX_DEPTH - 1).as_bytes()).is_ok());
        assert!(Body::parse(nested(MAX_DEPTH).as_bytes()).is_err());
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

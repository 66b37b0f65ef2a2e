//! Request bodies: JSON objects, bounded in depth, with words for what is wrong.

use crate::members;
use domain::Refusal;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// How deep JSON may nest.
const MAX_DEPTH: usize = 64;

/// A JSON object as it came.
#[derive(Debug, Default)]
pub struct Body(Map<String, Value>);

impl Body {
    /// Reads a body in UTF-8. Unknown members are kept and ignored (spec: decisions#8).
    pub fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        if let Some(at) = too_deep(bytes) {
            return Err(Refusal::Invalid(format!("JSON nests deeper than {MAX_DEPTH} levels at byte {at}")));
        }
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(_) => Err(Refusal::Invalid("The body is not a JSON object".into())),
            Err(fault) => {
                let at = byte_of(bytes, fault.line(), fault.column());
                Err(Refusal::Invalid(format!("The body is not JSON: error at byte {at}")))
            }
        }
    }

    /// What the body asks for, as a type: [`Refusal::Missing`] names a member that has to be there, [`Refusal::Invalid`]
    /// one of a wrong type. Of several faults the one is told whose member the type declares first.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        members::read(&self.0)
    }

    /// The body as JSON text, its members in the order of their names.
    pub fn to_json(&self) -> String {
        serde_json::to_string(&self.0).unwrap_or_default()
    }

    /// The operation, which every POST on a resource names.
    pub fn operation(&self) -> Result<&str, Refusal> {
        match self.0.get("operationName") {
            None | Some(Value::Null) => Err(Refusal::Missing("operationName")),
            Some(Value::String(name)) => Ok(name),
            Some(_) => Err(Refusal::Invalid("'operationName' is not a string".into())),
        }
    }
}

/// Where nesting first exceeds the bound. Checked before parsing, so that no parser ever sees such a body.
fn too_deep(bytes: &[u8]) -> Option<usize> {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                depth += 1;
                if depth > MAX_DEPTH {
                    metrics::counter!("jackfield_bodies_refused_total", "why" => "depth").increment(1);
                    return Some(at);
                }
            }
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// The offset of a line and column, as serde counts them from 1.
fn byte_of(bytes: &[u8], line: usize, column: usize) -> usize {
    let lines_before = bytes.split_inclusive(|byte| *byte == b'\n').take(line.saturating_sub(1));
    lines_before.map(<[u8]>::len).sum::<usize>() + column.saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn single_quotes_are_refused_naming_the_byte() {
        let refusal = Body::parse(b"{\n  'operationName': 'Ready'\n}").expect_err("refused");
        assert_eq!(refusal, Refusal::Invalid("The body is not JSON: error at byte 4".into()));
    }

    #[test]
    fn depth_is_bounded_and_brackets_in_texts_do_not_count() {
        let deep = |n: usize| format!("{{\"a\":{}1{}}}", "[".repeat(n), "]".repeat(n));
        assert!(Body::parse(deep(MAX_DEPTH - 1).as_bytes()).is_ok());
        assert!(Body::parse(deep(MAX_DEPTH).as_bytes()).is_err());
        assert!(Body::parse(format!("{{\"a\":\"{}\\\"\"}}", "[".repeat(100)).as_bytes()).is_ok());
    }

    #[test]
    fn a_body_that_is_no_object_is_refused() {
        for body in ["[]", "1", "null", "\"x\"", ""] {
            let refusal = Body::parse(body.as_bytes()).expect_err("refused");
            assert!(matches!(refusal, Refusal::Invalid(_)), "{body}: {refusal}");
        }
    }
}

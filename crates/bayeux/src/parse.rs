//! From the bytes of a request to its messages.

use serde_json::Value;

use crate::RequestMessage;

/// Most messages in one body. The official clients send a handful; a bound keeps one request from
/// holding the hub's lock for long.
pub const MAX_BATCH: usize = 128;

/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Why a body is no Bayeux request. None of its messages was processed and no session is touched
/// (spec: bayeux-conformance#5, #6).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Not JSON, not UTF-8, or nested deeper than 128: HTTP 400, WebSocket close 1007 (spec: bayeux-conformance#5;
    /// RFC 6455 §7.4.1).
    #[error("not JSON: line {line}, column {column}")]
    Syntax {
        /// Line of the first offending byte, from 1.
        line: usize,
        /// Column of the first offending byte, from 1.
        column: usize,
    },
    /// JSON, but neither an object nor an array of objects: HTTP 400, close 1007 (spec: bayeux-conformance#5).
    #[error("neither an object nor an array of objects")]
    NotObjects,
    /// `[]`: HTTP 500 on the reference, never a 2xx (spec: bayeux-conformance#6); close 1008.
    #[error("an array without messages")]
    NoMessages,
    /// Nothing but white space: HTTP 200 with an empty body; an empty WebSocket frame is ignored
    /// (spec: bayeux-conformance#6, #69).
    #[error("an empty body")]
    EmptyBody,
    /// More than [`MAX_BATCH`] messages: HTTP 413 or 500 (spec: bayeux-conformance#13); close 1008.
    #[error("{0} messages in one body, at most {MAX_BATCH} are taken")]
    TooMany(usize),
}

/// Reads a body in UTF-8: one object counts as an array of one (spec: bayeux-conformance#1). A byte order mark before
/// it is passed over (RFC 8259 §8.1).
///
/// The host converts other charsets before (spec: bayeux-conformance#3) and bounds the size of the body
/// (spec: bayeux-conformance#13).
///
/// # Errors
/// [`Malformed`] names what is wrong; each variant tells the answer the reference gives.
pub fn parse(body: &[u8]) -> Result<Vec<RequestMessage>, Malformed> {
    let body = body.strip_prefix(MARK).unwrap_or(body);
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(Malformed::EmptyBody);
    }
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| Malformed::Syntax { line: error.line(), column: error.column() })?;
    match value {
        Value::Object(fields) => Ok(vec![RequestMessage::read(fields)]),
        Value::Array(entries) if entries.is_empty() => Err(Malformed::NoMessages),
        Value::Array(entries) if entries.len() > MAX_BATCH => Err(Malformed::TooMany(entries.len())),
        Value::Array(entries) => entries
            .into_iter()
            .map(|entry| match entry {
                Value::Object(fields) => Ok(RequestMessage::read(fields)),
                _ => Err(Malformed::NotObjects),
            })
            .collect(),
        _ => Err(Malformed::NotObjects),
    }
}

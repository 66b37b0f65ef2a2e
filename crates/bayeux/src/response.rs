//! The bytes of an answer: `[event, event, …, reply]`.

use crate::Reply;
use crate::reply::write_json;

/// Assembles one HTTP body or WebSocket frame. Events are written from JSON that was serialised when
/// the note was made, never parsed again (spec: bayeux-conformance#53, #79).
#[derive(Debug)]
pub struct Response {
    bytes: Vec<u8>,
}

impl Response {
    /// An empty array.
    pub fn new() -> Self {
        Self { bytes: vec![b'['] }
    }

    /// Adds an event. `data` must be one valid JSON value: it is trusted, because the host wrote it.
    /// Events of a connect go before its reply (spec: bayeux-conformance#27).
    pub fn event(&mut self, channel: &str, data: &[u8]) {
        self.separate();
        self.bytes.reserve(channel.len() + data.len() + 24);
        self.bytes.extend_from_slice(b"{\"channel\":");
        write_json(&mut self.bytes, channel);
        self.bytes.extend_from_slice(b",\"data\":");
        self.bytes.extend_from_slice(data);
        self.bytes.push(b'}');
    }

    /// Adds a reply.
    pub fn reply(&mut self, reply: &Reply) {
        self.separate();
        reply.write(&mut self.bytes);
    }

    /// Whether nothing was added: a frame not worth sending.
    pub fn is_empty(&self) -> bool {
        self.bytes.len() == 1
    }

    /// How many bytes there are so far: lets a host bound one response.
    pub fn len(&self) -> usize {
        self.bytes.len() + 1
    }

    /// The finished JSON array, UTF-8.
    pub fn finish(mut self) -> Vec<u8> {
        self.bytes.push(b']');
        self.bytes
    }

    fn separate(&mut self) {
        if !self.is_empty() {
            self.bytes.push(b',');
        }
    }
}

impl Default for Response {
    fn default() -> Self {
        Self::new()
    }
}

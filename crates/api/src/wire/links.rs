//! Addresses: every absolute one is built from the public URL (DESIGN §4).

use std::sync::Arc;

/// Builds addresses.
#[derive(Clone, Debug)]
pub struct Links {
    base: Arc<str>,
}

impl Links {
    /// Links below a public URL such as `http://localhost:8080`.
    pub fn new(public_url: &str) -> Self {
        Self { base: format!("{}/api/v2", public_url.trim_end_matches('/')).into() }
    }

    /// The absolute address of a path such as `/users/7f`.
    pub fn uri(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The address of the API itself.
    pub fn base(&self) -> &str {
        &self.base
    }
}

/// A name as a path segment.
pub fn escape(name: &str) -> String {
    percent_encoding::utf8_percent_encode(name, SEGMENT).to_string()
}

/// A path segment back as a name; bytes that are no UTF-8 are replaced.
pub fn unescape(segment: &str) -> String {
    percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

/// What a path segment cannot hold as it is (RFC 3986 §3.3).
const SEGMENT: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'@');

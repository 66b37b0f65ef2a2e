//! Addresses: every absolute one is built from the public URL (spec: decisions#3).

use std::{borrow::Cow, sync::Arc};

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

    /// The public URL, without a slash at its end.
    pub fn root(&self) -> &str {
        self.base.strip_suffix("/api/v2").unwrap_or(&self.base)
    }

    /// The path of the public URL: empty, unless a proxy serves this server below some path of its own.
    pub fn root_path(&self) -> &str {
        let authority = self.root().split_once("://").map_or(self.root(), |(_, rest)| rest);
        authority.find('/').map_or("", |at| &authority[at..])
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

/// A path segment back as a name; one whose bytes are no UTF-8 stays as it is, and names nothing.
pub fn unescape(segment: &str) -> String {
    let name = percent_encoding::percent_decode_str(segment).decode_utf8();
    name.map_or_else(|_| segment.to_owned(), Cow::into_owned)
}

/// Characters that must be escaped in a path segment (RFC 3986 §3.3).
const SEGMENT: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'@');

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_the_public_url_is_what_stands_behind_the_host() {
        for (url, path) in
            [("http://localhost:8080", ""), ("https://desk.example/", ""), ("https://example/desk/", "/desk")]
        {
            assert_eq!(Links::new(url).root_path(), path, "{url}");
        }
    }
}

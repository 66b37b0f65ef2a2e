//! Requests to others, their answers, and what can go wrong between the two.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{
    HeaderMap, HeaderValue, Method, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use reqwest::Url;

/// A request to another server. It may hold a secret, so it cannot be printed.
pub struct Ask {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// An answer, whatever its status: the caller judges it.
#[derive(Debug)]
pub struct HttpAnswer {
    /// The status. Redirects are not followed, so it may be one.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, not longer than `Rules::max_answer_bytes`.
    pub body: Vec<u8>,
}

/// Why there is no answer. No variant holds the URL's query or the body.
#[derive(Debug, thiserror::Error)]
pub enum HttpFault {
    /// Our own rules forbid the request. Nothing was sent.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// No connection was made. Nothing was sent, so it may be tried again.
    #[error("no connection: {0}")]
    NotSent(String),
    /// The connection was there and the answer was lost: **the other side may have done what was asked**.
    #[error("the answer was lost: {how}")]
    Lost {
        /// The status and the headers, if the answer was lost after them.
        head: Option<(StatusCode, HeaderMap)>,
        /// How it was lost.
        how: Loss,
    },
}

/// A rule about where requests may go (spec: channel-connectors#0.2.9).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    /// The URL is not `https`.
    #[error("only https is allowed")]
    NotHttps,
    /// The URL has a user or a password in it; those belong into headers.
    #[error("a URL must not hold a password")]
    Credentials,
    /// The host, with this port, is no configured peer.
    #[error("the host {0} is not among the allowed ones")]
    Host(String),
    /// The host is at an address that may not be reached, or at such addresses only.
    #[error("the host {0} is at a private address")]
    Address(String),
}

/// How an answer was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Loss {
    /// It took longer than `Rules::total`.
    #[error("it took too long")]
    TimedOut,
    /// It is longer than `Rules::max_answer_bytes`.
    #[error("it is too large")]
    TooLarge,
    /// The connection broke, or the answer is no HTTP.
    #[error("the connection broke")]
    Broken,
}

impl Ask {
    /// A `GET`.
    pub fn get(url: Url) -> Self {
        Self { method: Method::GET, url, headers: HeaderMap::new(), body: Vec::new() }
    }

    /// A `POST` of a body.
    pub fn post(url: Url, content_type: &'static str, body: Vec<u8>) -> Self {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(content_type))]);
        Self { method: Method::POST, url, headers, body }
    }

    /// With HTTP Basic credentials.
    #[must_use]
    pub fn basic(self, user: &str, password: &str) -> Self {
        let pair = STANDARD.encode(format!("{user}:{password}"));
        self.authorized(&format!("Basic {pair}"))
    }

    /// With a bearer token. A token that no header can hold is left out, and the other side will refuse.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.authorized(&format!("Bearer {token}"))
    }

    fn authorized(mut self, value: &str) -> Self {
        if let Ok(mut value) = HeaderValue::from_str(value) {
            value.set_sensitive(true);
            self.headers.insert(AUTHORIZATION, value);
        }
        self
    }
}

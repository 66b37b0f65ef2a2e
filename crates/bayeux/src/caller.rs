//! Who sent a batch, and everything about the moment that a pure machine must be told.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::Advice;

/// The circumstances of one request, supplied by the host.
pub struct RequestContext<'a> {
    /// The authenticated user; a session answers to the user of its handshake only.
    pub principal: Arc<str>,
    /// The host's login under which the request came, by a name that tells nothing. A session goes with the login of
    /// its latest request: [`crate::Hub::end_login`].
    pub login: Option<Arc<str>>,
    /// The value of the browser cookie, when the request (or the WebSocket's upgrade) had one.
    pub browser: Option<&'a str>,
    /// Whether the request proves by itself who sent it, with credentials of its own: then it may come
    /// without the browser cookie, which some clients never keep. Another cookie is still refused.
    pub vouched: bool,
    /// How the request came.
    pub transport: Transport,
    /// The time, milliseconds since 1970.
    pub now: u64,
    /// The mailbox position a session opened by this request starts after; read only for a handshake.
    pub start: u64,
    /// The newest position of the principal's mailbox: nobody can have received more than that.
    pub head: u64,
    /// Randomness for a session opened by this request; read only for a handshake.
    pub fresh: Fresh,
    /// The host's verdict on a handshake (spec: bayeux-conformance#20).
    pub admission: Admission,
    /// Whether the principal may subscribe to a channel or pattern, given without trailing slash.
    /// Not asked about `/**`, meta and service channels, which the protocol decides.
    pub may_subscribe: &'a dyn Fn(&str) -> bool,
}

/// The way a request came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// HTTP/1: one response per request, events ride in it. A browser has few connections, so it may
    /// hold only `Config::held_per_browser` of them (spec: bayeux-conformance#64).
    LongPolling,
    /// The same over HTTP/2 or later, where a browser's requests share a connection: not limited
    /// (spec: bayeux-conformance#64).
    Multiplexed,
    /// A socket: events may be pushed while a connect is held (spec: bayeux-conformance#68).
    WebSocket,
}

/// Two values of 128 random bits each, from a cryptographic source (spec: bayeux-conformance#17, #18).
#[derive(Clone, Copy)]
pub struct Fresh {
    /// Becomes the client id.
    pub session: u128,
    /// Becomes the browser cookie when there is none yet.
    pub browser: u128,
}

/// Whether a handshake may open a session.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Admission {
    /// It may.
    #[default]
    Granted,
    /// It may not: `403::handshake_denied` (spec: bayeux-conformance#20).
    Denied {
        /// What the client should do; `None` advises `reconnect: "none"`.
        advice: Option<Advice>,
        /// Members for the reply's `ext`.
        ext: Option<Map<String, Value>>,
    },
}

impl fmt::Debug for RequestContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("principal", &self.principal)
            .field("transport", &self.transport)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Fresh {
    /// Shows nothing: a client id in a log is a key to the session.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fresh")
    }
}

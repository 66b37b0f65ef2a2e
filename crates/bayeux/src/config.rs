//! What a deployment may choose; the defaults are the reference's.

use std::sync::Arc;

/// Settings of a hub. Every time is in milliseconds.
#[derive(Debug, Clone)]
pub struct Config {
    /// How long a connect is held, and the most a client's own advice may ask for (spec: bayeux-conformance#24, #25,
    /// #35: the HTTP layer's idle timeout must be longer).
    pub timeout_ms: u64,
    /// The pause advised between connects.
    pub interval_ms: u64,
    /// A session without a held connect expires this long after its last reply (spec: bayeux-conformance#33).
    pub max_interval_ms: u64,
    /// The pause advised to a second session of one browser; 0 turns such sessions away (spec: bayeux-conformance#64).
    pub multi_session_interval_ms: u64,
    /// Long-polling connects held at once for one browser; 0 is no limit (spec: bayeux-conformance#64).
    pub held_per_browser: u32,
    /// Other messages keep a session alive for at most this long without a connect (spec: bayeux-conformance#34).
    pub max_without_connect_ms: u64,
    /// The longest pause a client may ask for, which also lengthens its expiry (spec: bayeux-conformance#26).
    pub max_asked_interval_ms: u64,
    /// Handshakes beyond this many live sessions of one principal are refused.
    pub max_sessions_per_principal: usize,
    /// Subscriptions beyond this are refused, those before stay (spec: bayeux-conformance#50).
    pub max_subscriptions_per_session: usize,
    /// Whether a long-polling request must bring the session's browser cookie; off trusts the client
    /// id alone (spec: bayeux-conformance#63). The principal is compared in either case.
    pub bind_to_cookie: bool,
    /// What a handshake reply lists, in this order (spec: bayeux-conformance#14).
    pub connection_types: Arc<[String]>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            timeout_ms: 30_000,
            interval_ms: 0,
            max_interval_ms: 10_000,
            multi_session_interval_ms: 2_000,
            held_per_browser: 1,
            max_without_connect_ms: 60_000,
            max_asked_interval_ms: 3_600_000,
            max_sessions_per_principal: 64,
            max_subscriptions_per_session: 256,
            bind_to_cookie: true,
            connection_types: ["websocket", "long-polling"].map(String::from).into(),
        }
    }
}

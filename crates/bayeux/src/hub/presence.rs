//! Which principals listen, and whether their clients are heard of.

use std::collections::HashMap;
use std::sync::Arc;

use super::Hub;

/// How the clients of a principal were heard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Presence {
    /// Whether one of them waits for an answer: it is there.
    pub waits: bool,
    /// Another number than before means that one of them was heard since.
    pub activity: u64,
}

impl Hub {
    /// Every principal with a session. It looks at each session, so it is not for every request.
    pub fn presences(&self) -> HashMap<Arc<str>, Presence> {
        let mut all: HashMap<Arc<str>, Presence> = HashMap::with_capacity(self.principals.len());
        for session in self.sessions.values() {
            let presence = all.entry(session.principal.clone()).or_default();
            presence.waits |= session.held.is_some();
            // Whatever a client asks moves the end of its session on.
            presence.activity = presence.activity.max(session.expires);
        }
        all
    }
}

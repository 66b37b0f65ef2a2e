//! Which principals listen, and whether their clients are heard of.

use std::collections::HashMap;
use std::sync::Arc;

use super::Hub;
use crate::presence::Presence;

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

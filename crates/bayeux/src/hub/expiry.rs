//! Sessions whose clients are not heard of any more (spec: bayeux-conformance#33, #34).

use crate::ClientId;
use crate::reconnect::Reconnect;
use crate::session::SessionEndReason;

use super::Hub;

impl Hub {
    /// Removes the sessions that have expired and names them. Looks only at those that may have, so it
    /// can be called every second with any number of sessions. A held connect does not expire.
    pub fn sweep(&mut self, now: u64) -> Vec<ClientId> {
        let mut expired = Vec::new();
        while self.due.first().is_some_and(|(due, _)| *due <= now) {
            let Some((_, id)) = self.due.pop_first() else { break };
            let Some(session) = self.sessions.get_mut(&id) else { continue };
            let held = session.held.is_some();
            if held || session.expires > now {
                // A hold completed the next moment expires no earlier than this.
                let next = if held {
                    now.saturating_add(self.config.max_interval_ms.max(1))
                } else {
                    session.expires
                };
                session.due = next;
                self.due.insert((next, id));
            } else {
                self.end(&id, SessionEndReason::Expired, Reconnect::Handshake);
                self.totals.expired += 1;
                expired.push(id);
            }
        }
        self.interner.prune();
        self.volatile.expire(now.saturating_sub(self.config.max_without_connect_ms));
        expired
    }

    /// For so many milliseconds nobody could be heard, because the process stood still: every session expires so much
    /// later. To be called before the next sweep.
    pub fn stood_still(&mut self, by: u64) {
        self.due =
            std::mem::take(&mut self.due).into_iter().map(|(due, id)| (due.saturating_add(by), id)).collect();
        for session in self.sessions.values_mut() {
            session.expires = session.expires.saturating_add(by);
            session.due = session.due.saturating_add(by);
            session.last_connect = session.last_connect.saturating_add(by);
        }
    }

    /// A connect was answered: the session expires `max_interval` and its client's pause from now.
    pub(super) fn rest(&mut self, id: &ClientId, now: u64) {
        if let Some(session) = self.sessions.get(id) {
            let expires = now.saturating_add(self.config.max_interval_ms).saturating_add(session.pause);
            self.expire_at(id, expires);
        }
    }

    /// Another message came: the session lives longer, but not forever without a connect
    /// (spec: bayeux-conformance#34).
    pub(super) fn touch(&mut self, id: &ClientId, now: u64) {
        if let Some(session) = self.sessions.get(id) {
            let pause = session.pause;
            let last =
                session.last_connect.saturating_add(self.config.max_without_connect_ms).saturating_add(pause);
            let expires = now.saturating_add(self.config.max_interval_ms).saturating_add(pause).min(last);
            let expires = expires.max(session.expires);
            self.expire_at(id, expires);
        }
    }

    /// The expiry order is put right only when a session expires earlier than it says; a later expiry
    /// is noticed by the sweep. So a connect costs no change of the order.
    fn expire_at(&mut self, id: &ClientId, expires: u64) {
        let Some(session) = self.sessions.get_mut(id) else { return };
        session.expires = expires;
        if expires < session.due {
            self.due.remove(&(session.due, id.clone()));
            session.due = expires;
            self.due.insert((expires, id.clone()));
        }
    }
}

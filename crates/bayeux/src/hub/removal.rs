//! The ends of a session: by its client, by the host, and of all of them at shutdown.

use crate::hold::Released;
use crate::message::RequestMessage;
use crate::reconnect::Reconnect;
use crate::reply::Reply;
use crate::session::{Session, SessionEndReason};
use crate::{ClientId, RequestContext};

use super::Hub;

impl Hub {
    /// spec: bayeux-conformance#65.
    pub(super) fn disconnect(&mut self, message: RequestMessage, from: &RequestContext<'_>) -> Reply {
        let Some(id) = self.find(&message, from) else {
            return Reply::unknown(message, from.now);
        };
        self.end(&id, SessionEndReason::Disconnected, Reconnect::None);
        Reply::ok(message, from.now)
    }

    /// Ends a session from the server's side. Its held connect, if any, is released and completes with
    /// `reconnect` (spec: bayeux-conformance#66: `None`; `Handshake` for a session too far behind its mailbox);
    /// later connects are answered 402 and told to handshake (spec: bayeux-conformance#30). `false` when it is not
    /// known.
    pub fn remove(&mut self, id: &ClientId, reconnect: Reconnect) -> bool {
        self.end(id, SessionEndReason::Removed, reconnect).is_some()
    }

    /// Ends every session of a principal as `remove` does, for instance after its password changed;
    /// tells how many there were.
    pub fn remove_principal(&mut self, principal: &str, reconnect: Reconnect) -> usize {
        let ids = self.sessions_of(principal).to_vec();
        ids.iter().filter(|id| self.remove(id, reconnect)).count()
    }

    /// Ends every session of a principal that goes with a login of the host, which has ended. `told` lets a connect
    /// that is held bring the notes there are and then end its session, for a client that has logged out by itself;
    /// otherwise nothing more is delivered. Held connects complete with `reconnect: "none"`.
    pub fn end_login(&mut self, principal: &str, login: &str, told: bool) {
        for id in self.sessions_of(principal).to_vec() {
            let Some(session) = self.sessions.get_mut(&id) else { continue };
            if session.login.as_deref() != Some(login) {
                continue;
            }
            match session.held.as_ref().filter(|_| told) {
                Some(held) => {
                    session.leaving = Some(Reconnect::None);
                    let generation = held.generation;
                    self.released.push(Released { session: id, generation });
                }
                None => drop(self.remove(&id, Reconnect::None)),
            }
        }
    }

    /// Begins an orderly shutdown (spec: bayeux-conformance#38): every held connect is released and completes
    /// with its notes and this advice, and so does every later connect at once. The sessions stay:
    /// with `Retry` a client goes on with the process that adopts its record, and misses nothing;
    /// with `Handshake` it begins again, after whatever its new session starts after.
    pub fn drain(&mut self, reconnect: Reconnect) {
        self.draining = Some(reconnect);
        let held = self.sessions.iter().filter_map(|(id, session)| {
            let generation = session.held.as_ref()?.generation;
            Some(Released { session: id.clone(), generation })
        });
        self.released.extend(held);
    }

    /// Takes a session out of every index; a held connect is released.
    pub(super) fn end(
        &mut self,
        id: &ClientId,
        cause: SessionEndReason,
        reconnect: Reconnect,
    ) -> Option<Session> {
        let session = self.sessions.remove(id)?;
        self.due.remove(&(session.due, id.clone()));
        if let Some(ids) = self.principals.get_mut(&session.principal) {
            ids.retain(|other| other != id);
            if ids.is_empty() {
                self.principals.remove(&session.principal);
                self.volatile.forget(&session.principal);
            }
        }
        if let Some(held) = &session.held {
            self.held -= 1;
            self.free_browser(session.browser.clone().filter(|_| held.counted));
            self.endings.insert(held.generation, reconnect);
            self.released.push(Released { session: id.clone(), generation: held.generation });
        }
        self.forget(id, &session, cause);
        Some(session)
    }
}

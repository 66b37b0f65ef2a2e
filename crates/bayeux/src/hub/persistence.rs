//! Sessions as rows: what the host writes, and how a session comes back from one.

use crate::session::{Acked, Session, SessionChange, SessionEndReason, SessionRecord};
use crate::{ClientId, Subscriptions};

use super::Hub;

impl Hub {
    /// What has changed since the last call, each session once. To be written before an answer given
    /// since then leaves. A connect never changes anything here.
    pub fn take_changes(&mut self) -> Vec<SessionChange> {
        let gone =
            std::mem::take(&mut self.gone).into_iter().map(|(id, cause)| SessionChange::Gone { id, cause });
        let unsaved = std::mem::take(&mut self.unsaved);
        let put = unsaved.iter().filter_map(|id| self.record(id)).map(SessionChange::Put);
        put.chain(gone).collect()
    }

    /// The acknowledgements that moved since the last call, the latest of each session. To be written
    /// when convenient, for instance every few seconds.
    pub fn take_acks(&mut self) -> Vec<Acked> {
        let ids = std::mem::take(&mut self.acked);
        ids.into_iter()
            .filter_map(|id| {
                let position = self.sessions.get(&id)?.acked;
                Some(Acked { id, position })
            })
            .collect()
    }

    /// The record of a session with acknowledgements as it is now; `None` for other sessions.
    pub fn record(&self, id: &ClientId) -> Option<SessionRecord> {
        let session = self.sessions.get(id).filter(|session| session.ack)?;
        Some(SessionRecord {
            id: id.clone(),
            principal: session.principal.clone(),
            browser: session.browser.clone(),
            revision: session.revision,
            subscriptions: session.subscriptions.iter().map(String::from).collect(),
            start: session.start,
            acked: session.acked,
        })
    }

    /// Takes in a session from its record: all of them at start, or one that another node opened. Its
    /// expiry begins now, so downtime does not count. Of a session already here only what is newer in
    /// the record is taken over.
    pub fn adopt(&mut self, record: SessionRecord, now: u64) {
        if let Some(session) = self.sessions.get_mut(&record.id) {
            session.acked = session.acked.max(record.acked);
            if record.revision > session.revision {
                session.revision = record.revision;
                session.subscriptions = self.interner.share(set(&record.subscriptions));
            }
            return;
        }
        self.gone.retain(|(id, _)| *id != record.id);
        self.totals.adopted += 1;
        let acked = record.acked.max(record.start);
        let session = Session {
            principal: record.principal,
            browser: record.browser,
            login: None,
            leaving: None,
            subscriptions: self.interner.share(set(&record.subscriptions)),
            revision: record.revision,
            ack: true,
            // Perhaps it has never connected: an answer at once is right in either case (spec: bayeux-conformance#22).
            connected: false,
            correct_advice: false,
            start: record.start,
            cursor: acked,
            acked,
            held: None,
            heard: self.volatile.version(),
            pause: self.config.interval_ms,
            last_connect: now,
            expires: 0,
            due: 0,
        };
        self.admit(record.id, session, now);
    }

    pub(super) fn save(&mut self, id: &ClientId) {
        if self.sessions.get(id).is_some_and(|session| session.ack) {
            self.unsaved.insert(id.clone());
        }
    }

    pub(super) fn forget(&mut self, id: &ClientId, session: &Session, cause: SessionEndReason) {
        self.unsaved.remove(id);
        self.acked.remove(id);
        if session.ack {
            self.gone.push((id.clone(), cause));
        }
    }
}

fn set(names: &[String]) -> Subscriptions {
    Subscriptions::new(names.iter().map(String::as_str))
}

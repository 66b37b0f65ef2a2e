//! All sessions of one node.

mod connect;
mod expiry;
mod handshake;
mod persistence;
mod presence;
mod removal;
mod subscribe;
mod volatile;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::hold::{Hold, Released};
use crate::message::RequestMessage;
use crate::reconnect::Reconnect;
use crate::reply::Reply;
use crate::session::{Session, SessionEndReason};
use crate::subscriptions::Interner;
use crate::volatile::Board;

use crate::{ClientId, Config, RequestContext, Subscriptions, Transport, text};

/// The protocol's state. A plain value: the host wraps it in a mutex, and no call but `broadcast` and
/// `drain` does work that grows with the number of sessions.
#[derive(Debug)]
pub struct Hub {
    config: Config,
    sessions: HashMap<ClientId, Session>,
    /// Bounded by `Config::max_sessions_per_principal`, so walking one list is cheap.
    principals: HashMap<Arc<str>, Vec<ClientId>>,
    /// Long-polling connects held, by browser cookie (spec: bayeux-conformance#64).
    browsers: HashMap<Arc<str>, u32>,
    interner: Interner,
    volatile: Board,
    /// One entry per session: when to look whether it has expired.
    due: BTreeSet<(u64, ClientId)>,
    generation: u64,
    held: usize,
    released: Vec<Released>,
    /// What to tell the holds of sessions that are gone; emptied as they complete.
    endings: HashMap<u64, Reconnect>,
    draining: Option<Reconnect>,
    unsaved: HashSet<ClientId>,
    gone: Vec<(ClientId, SessionEndReason)>,
    acked: HashSet<ClientId>,
    totals: Totals,
}

/// The answer to one message of a batch, in the order of the batch.
#[derive(Debug)]
pub enum MessageAnswer {
    /// Ready to send.
    Reply(Reply),
    /// A connect to be completed. At most one per batch: its last connect.
    Hold(Hold),
}

/// The whole request fails with HTTP 500; nothing of it was carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BatchRefused {
    /// A handshake came together with other messages (spec: bayeux-conformance#19).
    #[error("a handshake must be alone in its request")]
    HandshakeNotAlone,
}

/// Sizes at this moment, for gauges; all return to 0 when every session has ended (spec: bayeux-conformance#80), the
/// lists with the next sweep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Live sessions.
    pub sessions: usize,
    /// Connects held.
    pub held: usize,
    /// Principals with a session.
    pub principals: usize,
    /// Browsers with a long-polling connect held.
    pub browsers: usize,
    /// Distinct subscription lists.
    pub lists: usize,
    /// Entries in the expiry order.
    pub timers: usize,
    /// Principals with volatile messages of their own.
    pub told: usize,
    /// Ended sessions whose held connect the host has not completed yet.
    pub endings: usize,
}

/// Events since the hub was made, for counters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Sessions opened by a handshake.
    pub opened: u64,
    /// Handshakes refused.
    pub denied: u64,
    /// Connects accepted.
    pub connects: u64,
    /// Connects ended by a newer one of the same session (spec: bayeux-conformance#32).
    pub superseded: u64,
    /// Messages for a session not known, or of somebody else.
    pub unknown: u64,
    /// Sessions expired.
    pub expired: u64,
    /// Sessions adopted from a record.
    pub adopted: u64,
}

impl Hub {
    /// A hub without sessions.
    pub fn new(config: Config) -> Self {
        Self {
            config,
            sessions: HashMap::new(),
            principals: HashMap::new(),
            browsers: HashMap::new(),
            interner: Interner::default(),
            volatile: Board::default(),
            due: BTreeSet::new(),
            generation: 0,
            held: 0,
            released: Vec::new(),
            endings: HashMap::new(),
            draining: None,
            unsaved: HashSet::new(),
            gone: Vec::new(),
            acked: HashSet::new(),
            totals: Totals::default(),
        }
    }

    /// Carries out the messages of one request in order.
    ///
    /// Afterwards the host wakes what `take_released` names, writes what `take_changes` gives before
    /// it lets any answer out, and completes the `Hold` if there is one.
    ///
    /// # Errors
    /// [`BatchRefused`] when a handshake is not alone; then nothing was carried out.
    pub fn receive(
        &mut self,
        batch: Vec<RequestMessage>,
        from: &RequestContext<'_>,
    ) -> Result<Vec<MessageAnswer>, BatchRefused> {
        if batch.len() > 1 && batch.iter().any(RequestMessage::is_handshake) {
            return Err(BatchRefused::HandshakeNotAlone);
        }
        let last_connect = batch.iter().rposition(RequestMessage::is_connect);
        let answer = |(place, message): (usize, RequestMessage)| match message.channel.as_deref() {
            Some("/meta/handshake") => MessageAnswer::Reply(self.handshake(message, from)),
            Some("/meta/connect") => self.connect(message, from, last_connect == Some(place)),
            Some("/meta/subscribe") => MessageAnswer::Reply(self.subscribe(message, from)),
            Some("/meta/unsubscribe") => MessageAnswer::Reply(self.unsubscribe(message, from)),
            Some("/meta/disconnect") => MessageAnswer::Reply(self.disconnect(message, from)),
            _ => MessageAnswer::Reply(self.publish(message, from)),
        };
        Ok(batch.into_iter().enumerate().map(answer).collect())
    }

    /// Whether the session lives here; if not, a host with a store may `adopt` its record first.
    pub fn knows(&self, id: &str) -> bool {
        self.sessions.contains_key(id)
    }

    /// What the hold's session listens to, to be read without the hub. `None` when the hold has been
    /// released, so that a host which asks before it waits cannot miss that.
    pub fn listening(&self, hold: &Hold) -> Option<Arc<Subscriptions>> {
        let session = self.sessions.get(&hold.session)?;
        let current = session.held.as_ref().is_some_and(|held| held.generation == hold.generation);
        current.then(|| session.subscriptions.clone())
    }

    /// What a session listens to; `None` when it is not known.
    pub fn subscriptions(&self, id: &ClientId) -> Option<Arc<Subscriptions>> {
        self.sessions.get(id).map(|session| session.subscriptions.clone())
    }

    /// The live sessions of a principal, in the order they were opened.
    pub fn sessions_of(&self, principal: &str) -> &[ClientId] {
        self.principals.get(principal).map_or(&[], Vec::as_slice)
    }

    /// The mailbox position up to which no live session of the principal needs notes any more; `None`
    /// without a session here. A host with records trims to the lowest of this and of the records of
    /// sessions it has not adopted.
    pub fn low_water(&self, principal: &str) -> Option<u64> {
        let ids = self.principals.get(principal)?;
        ids.iter().filter_map(|id| self.sessions.get(id)).map(Session::floor).min()
    }

    /// The mailbox position up to which a session needs no notes any more; `None` when it is not known.
    pub fn floor(&self, id: &ClientId) -> Option<u64> {
        self.sessions.get(id).map(Session::floor)
    }

    /// Holds with something to do now, since the last call. The host finds the waiting task by session
    /// and generation and has it ask `is_due`; a hold no task waits for any more is ignored.
    pub fn take_released(&mut self) -> Vec<Released> {
        std::mem::take(&mut self.released)
    }

    /// How many sessions live here.
    pub fn len(&self) -> usize {
        self.sessions.len()
    }

    /// Whether no session lives here.
    pub fn is_empty(&self) -> bool {
        self.sessions.is_empty()
    }

    /// Sizes for gauges.
    pub fn sizes(&self) -> Sizes {
        Sizes {
            sessions: self.sessions.len(),
            held: self.held,
            principals: self.principals.len(),
            browsers: self.browsers.len(),
            lists: self.interner.len(),
            timers: self.due.len(),
            told: self.volatile.principals(),
            endings: self.endings.len(),
        }
    }

    /// Counts for counters.
    pub fn totals(&self) -> Totals {
        self.totals
    }

    /// The session a message may act for. A session of another user is as unknown as one that never
    /// was, and so is one of another browser when the request is bound to a cookie (spec: bayeux-conformance#63); a
    /// WebSocket is not, because its cookie is that of the upgrade and may be older than the session.
    fn find(&mut self, message: &RequestMessage, from: &RequestContext<'_>) -> Option<ClientId> {
        let bound = self.config.bind_to_cookie && from.transport != Transport::WebSocket;
        let found = message.client_id.as_deref().and_then(|id| self.sessions.get_key_value(id)).filter(
            |(_, session)| {
                session.principal == from.principal
                    && (!bound
                        || session.browser.is_none()
                        || session.browser.as_deref() == from.browser
                        || from.vouched && from.browser.is_none())
            },
        );
        if found.is_none() {
            self.totals.unknown += 1;
        }
        let id = found.map(|(id, _)| id.clone())?;
        if let Some(session) = self.sessions.get_mut(&id).filter(|session| session.login != from.login) {
            session.login.clone_from(&from.login);
        }
        Some(id)
    }

    /// Clients only listen, so every publish fails; which error tells what else was wrong with it
    /// (spec: bayeux-conformance#54).
    fn publish(&mut self, message: RequestMessage, from: &RequestContext<'_>) -> Reply {
        let Some(id) = self.find(&message, from) else {
            return Reply::unknown(message, from.now);
        };
        self.touch(&id, from.now);
        let error = match message.channel.as_deref() {
            None => text::CHANNEL_MISSING,
            Some(channel) if !channel.starts_with('/') => text::CHANNEL_INVALID,
            Some(channel) if channel.starts_with("/meta/") => text::META_DENIED,
            Some(_) => text::PUBLISH_DENIED,
        };
        Reply::refused(message, from.now, error)
    }
}

//! A connect that waits for notes or for its time.

use crate::message::TimeSync;
use crate::reply::Reply;
use crate::{Advice, ClientId};

/// A connect to be answered by the host. It ends in exactly one of `Hub::complete` and `Hub::abandon`;
/// both take it by value.
///
/// The host gathers the notes after `after` and completes the hold as soon as there is one to deliver or
/// `Hub::is_due` says so, which it asks at `until` and when the hold is among `Hub::take_released`.
#[derive(Debug)]
#[must_use = "a hold that is neither completed nor abandoned keeps its session for ever"]
pub struct Hold {
    pub(crate) session: ClientId,
    pub(crate) generation: u64,
    pub(crate) after: u64,
    pub(crate) until: u64,
    pub(crate) pushes: bool,
    pub(crate) id: Option<String>,
    pub(crate) received: u64,
    pub(crate) timesync: Option<TimeSync>,
    pub(crate) advice: Option<Advice>,
}

impl Hold {
    /// The session whose connect this is.
    pub fn session(&self) -> &ClientId {
        &self.session
    }

    /// Tells this connect from earlier and later ones; unique within a hub.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The mailbox position the client has everything up to: notes above it are to be delivered.
    pub fn after(&self) -> u64 {
        self.after
    }

    /// When to answer without notes, milliseconds since 1970; not later than now for an answer at
    /// once (spec: bayeux-conformance#22, #23).
    pub fn until(&self) -> u64 {
        self.until
    }

    /// Whether events may be sent in their own frames while this connect stays held, each batch after
    /// a `Hub::pushed` (spec: bayeux-conformance#58, #68).
    pub fn pushes(&self) -> bool {
        self.pushes
    }
}

/// How a hold ended.
#[derive(Debug, PartialEq)]
pub enum Completed {
    /// Send the events gathered, then this reply (spec: bayeux-conformance#27).
    Deliver(Reply),
    /// The session ended meanwhile: send only this reply (spec: bayeux-conformance#65, #66).
    Ended(Reply),
    /// A newer connect of the session has taken over: HTTP 500 and no events, nothing on a WebSocket
    /// (spec: bayeux-conformance#32, #71).
    Superseded,
}

/// A hold whose task must be woken: it was released, or there is something volatile for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// The hold's session.
    pub session: ClientId,
    /// The hold's generation.
    pub generation: u64,
}

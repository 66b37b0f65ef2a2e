//! One session, in memory and as the row a host keeps.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Reconnect, Subscriptions};

/// The `clientId`: 128 random bits in hexadecimal, a secret between server and client (spec: bayeux-conformance#17).
/// Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientId(Arc<str>);

impl ClientId {
    /// The id as it stands in messages.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for ClientId {
    fn from(id: &str) -> Self {
        Self(id.into())
    }
}

impl Borrow<str> for ClientId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What must be kept of a session so that it survives a restart or moves to another node. Only
/// sessions with the acknowledgement extension have one: the others' place in the mailbox is known to
/// nobody but the process that served them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRecord {
    /// The session.
    pub id: ClientId,
    /// The user it is bound to.
    pub principal: Arc<str>,
    /// The browser cookie it is bound to.
    pub browser: Option<Arc<str>>,
    /// Counts the changes of the subscriptions, so that of two records the newer is known.
    pub revision: u32,
    /// Channels and patterns, sorted.
    pub subscriptions: Vec<String>,
    /// The mailbox position it began after.
    pub start: u64,
    /// The highest position its client has acknowledged when the record was made.
    pub acked: u64,
}

/// What a host writes, in the order of `Hub::take_changes`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionChange {
    /// Insert or replace the session's row.
    Put(SessionRecord),
    /// Delete it.
    Gone {
        /// The session.
        id: ClientId,
        /// Why: with several nodes, an expiry here is no reason to delete a row another node serves.
        cause: SessionEndReason,
    },
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionEndReason {
    /// Its client disconnected.
    Disconnected,
    /// Its client was not heard of for too long (spec: bayeux-conformance#33).
    Expired,
    /// The host ended it (spec: bayeux-conformance#66).
    Removed,
}

/// How far a session's client has acknowledged its mailbox; safe to write late or never, a lost one
/// only keeps notes longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acked {
    /// The session.
    pub id: ClientId,
    /// Every note up to this position has arrived.
    pub position: u64,
}

#[derive(Debug)]
pub(crate) struct Session {
    pub principal: Arc<str>,
    pub browser: Option<Arc<str>>,
    /// The host's login it goes with. Not in its record: a client that resumes the session shows one.
    pub login: Option<Arc<str>>,
    /// It ends when its held connect is answered, with this advice.
    pub leaving: Option<Reconnect>,
    pub subscriptions: Arc<Subscriptions>,
    pub revision: u32,
    pub ack: bool,
    /// Whether a connect was answered here: the first is never held (spec: bayeux-conformance#22).
    pub connected: bool,
    /// The last advice was a passing one: the next reply must correct it (spec: bayeux-conformance#64).
    pub correct_advice: bool,
    pub start: u64,
    /// Sent up to here.
    pub cursor: u64,
    /// Acknowledged up to here; never falls, although a repeated connect may ask for older notes.
    pub acked: u64,
    pub held: Option<HeldConnect>,
    /// The version up to which it has heard what is volatile. Not in its record: another process counts
    /// its own.
    pub heard: u64,
    /// The pause the client was last told or asked for, milliseconds; lengthens its expiry
    /// (spec: bayeux-conformance#26).
    pub pause: u64,
    /// When the last connect was answered, milliseconds.
    pub last_connect: u64,
    /// When it expires unless held.
    pub expires: u64,
    /// Where it stands in the hub's expiry order; never after `expires` unless held.
    pub due: u64,
}

#[derive(Debug)]
pub(crate) struct HeldConnect {
    pub generation: u64,
    /// Whether it counts against its browser's limit (spec: bayeux-conformance#64).
    pub counted: bool,
}

impl SessionRecord {
    /// Takes back what the mailbox, whose newest position is `head`, cannot have held: a client may have claimed it.
    #[must_use]
    pub fn cut_to(self, head: u64) -> Self {
        Self { start: self.start.min(head), acked: self.acked.min(head), ..self }
    }
}

impl Session {
    /// Notes up to here are of no use to this session any more.
    pub fn floor(&self) -> u64 {
        if self.ack { self.acked.max(self.start) } else { self.cursor }
    }
}

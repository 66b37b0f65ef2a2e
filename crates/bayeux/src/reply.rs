//! What the server says: replies, advice and the extensions in them.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::message::{RequestMessage, Subscription, TimeSync};
use crate::reconnect::Reconnect;
use crate::{ClientId, text};

/// The answer to one message; serialises to exactly the members bayeux-conformance#12 lists.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reply {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<Cow<'static, str>>,
    successful: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subscription: Option<Subscription>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    welcome: Option<Box<Welcome>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<Advice>,
    #[serde(skip_serializing_if = "ReplyExt::is_empty")]
    ext: ReplyExt,
}

/// The members only a successful handshake has (spec: bayeux-conformance#14).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Welcome {
    pub version: &'static str,
    pub minimum_version: &'static str,
    pub client_id: ClientId,
    pub supported_connection_types: Arc<[String]>,
    #[serde(skip)]
    pub set_browser: Option<Arc<str>>,
}

/// What a client is told to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Advice {
    /// How to go on.
    pub reconnect: Reconnect,
    /// Pause before the next connect or handshake, milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<u64>,
    /// How long a connect may be held, milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u64>,
    /// Set while another session of the same browser is held (spec: bayeux-conformance#64).
    #[serde(rename = "multiple-clients", skip_serializing_if = "std::ops::Not::not")]
    pub multiple_clients: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct ReplyExt {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ack: Option<AckReply>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timesync: Option<TimeSyncReply>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Map<String, Value>>,
}

impl ReplyExt {
    fn is_empty(&self) -> bool {
        self.ack.is_none() && self.timesync.is_none() && self.policy.is_none()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum AckReply {
    Flag(bool),
    Object { enabled: bool, batch: u64 },
    Position(u64),
}

/// `ts`: clock at receipt, `p`: milliseconds spent, `a`: how far the client's estimate is off
/// (spec: bayeux-conformance#61).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct TimeSyncReply {
    tc: i64,
    ts: u64,
    p: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    a: Option<i64>,
}

impl TimeSyncReply {
    pub fn new(asked: TimeSync, received: u64, now: u64) -> Self {
        /// A client within this many milliseconds needs no correction; the reference's own target.
        const ACCURATE_MS: u64 = 25;
        let TimeSync { tc, l, o } = asked;
        let server = i64::try_from(received).unwrap_or(i64::MAX);
        let off = tc.saturating_add(o).saturating_add(l).saturating_sub(server);
        // A client with lag 0 has not measured yet: what it calls its offset is not accurate.
        let accurate = l != 0 && off.unsigned_abs() < ACCURATE_MS;
        Self { tc, ts: received, p: now.saturating_sub(received), a: (!accurate).then_some(off) }
    }
}

impl Reply {
    /// Whether the request was carried out.
    pub fn successful(&self) -> bool {
        self.successful
    }

    /// The error text of [`text`], when it was not.
    pub fn error(&self) -> Option<&'static str> {
        self.error
    }

    /// The session a handshake opened.
    pub fn opened(&self) -> Option<&ClientId> {
        self.welcome.as_ref().map(|welcome| &welcome.client_id)
    }

    /// The browser cookie value the host must set with this answer; only on a long-polling handshake
    /// that brought none (spec: bayeux-conformance#18).
    pub fn set_browser(&self) -> Option<&str> {
        self.welcome.as_ref().and_then(|welcome| welcome.set_browser.as_deref())
    }

    /// The reply's JSON.
    pub fn to_json(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(128);
        self.write(&mut out);
        out
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        write_json(out, self);
    }

    /// A success for `message`, received and answered at `now`.
    pub(crate) fn ok(message: RequestMessage, now: u64) -> Self {
        Self::answer(message, now, None)
    }

    /// A refusal of `message` with one of the texts of [`text`].
    pub(crate) fn refused(message: RequestMessage, now: u64, error: &'static str) -> Self {
        Self::answer(message, now, Some(error))
    }

    /// As bayeux-conformance#30 has it for a connect, #31 (no advice) for anything else.
    pub(crate) fn unknown(message: RequestMessage, now: u64) -> Self {
        let advice = message
            .is_connect()
            .then_some(Advice { interval: Some(0), ..Advice::only(Reconnect::Handshake) });
        Self { advice, ..Self::refused(message, now, text::UNKNOWN_CLIENT) }
    }

    fn answer(message: RequestMessage, now: u64, error: Option<&'static str>) -> Self {
        let timesync = message.ext.timesync.map(|asked| TimeSyncReply::new(asked, now, now));
        Self {
            id: message.id,
            channel: message.channel.map(Cow::Owned),
            successful: error.is_none(),
            error,
            subscription: message.subscription,
            welcome: None,
            advice: None,
            ext: ReplyExt { timesync, ..ReplyExt::default() },
        }
    }

    /// A connect's reply.
    pub(crate) fn connect(id: Option<String>, advice: Option<Advice>, ext: ReplyExt) -> Self {
        let channel = Some(Cow::Borrowed("/meta/connect"));
        Self { id, channel, successful: true, error: None, subscription: None, welcome: None, advice, ext }
    }

    pub(crate) fn advised(mut self, advice: Advice) -> Self {
        self.advice = Some(advice);
        self
    }

    pub(crate) fn failed(mut self) -> Self {
        self.successful = false;
        self
    }

    pub(crate) fn welcoming(mut self, welcome: Welcome, ack: Option<AckReply>) -> Self {
        self.welcome = Some(Box::new(welcome));
        self.ext.ack = ack;
        self
    }

    pub(crate) fn extended(mut self, policy: Option<Map<String, Value>>) -> Self {
        self.ext.policy = policy;
        self
    }
}

impl Advice {
    /// Advice that names nothing but the way to go on.
    pub fn only(reconnect: Reconnect) -> Self {
        Self { reconnect, interval: None, timeout: None, multiple_clients: false }
    }
}

/// Writes into memory what is made of strings, numbers and JSON values: that cannot fail.
pub(crate) fn write_json(out: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) {
    serde_json::to_writer(out, value).expect("memory takes every string, number and JSON value");
}

//! One message as a client sent it, read as leniently as the field needs.

use serde::Serialize;
use serde_json::{Map, Value};

/// A request message. Members of the wrong JSON type count as absent, because the reference accepts
/// nearly anything (spec: bayeux-conformance#11, #15, #16, #37, #62).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RequestMessage {
    /// Where the message goes; decides everything, the HTTP path never does (spec: bayeux-conformance#2).
    pub channel: Option<String>,
    /// The session it claims to come from.
    pub client_id: Option<String>,
    /// The client's message id; a number is kept as its text, so that 7 is echoed as "7" (spec: bayeux-conformance#11).
    pub id: Option<String>,
    /// The channels of a subscribe or unsubscribe.
    pub subscription: Option<Subscription>,
    /// The transport the client believes it uses; never an error (spec: bayeux-conformance#37).
    pub connection_type: Option<String>,
    /// What the client asks of a connect's timing.
    pub advice: Option<AskedAdvice>,
    /// The extensions this crate knows; others are dropped (spec: bayeux-conformance#62).
    pub ext: Ext,
    /// Whether a `data` member was present: what makes a message a publish.
    pub has_data: bool,
}

/// The `subscription` member: one name or several, echoed in the form it came in (spec: bayeux-conformance#40).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Subscription {
    /// A single channel name.
    One(String),
    /// An array of names, taken in order.
    Many(Vec<String>),
}

impl Subscription {
    /// The names in the order they were given.
    pub fn names(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Many(names) => names,
        }
    }
}

/// Timing a client asks for in a connect, in milliseconds (spec: bayeux-conformance#23, #24, #26).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AskedAdvice {
    /// Longest hold of this connect; 0 asks for an answer at once.
    pub timeout: Option<u64>,
    /// Pause the client will make before its next connect.
    pub interval: Option<u64>,
}

/// The extensions a request may carry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ext {
    /// The acknowledgement extension (spec: bayeux-conformance#57–60).
    pub ack: Option<Ack>,
    /// The clock extension (spec: bayeux-conformance#61).
    pub timesync: Option<TimeSync>,
}

/// The forms `ext.ack` takes. All official JavaScript generations (3.1, 5, 9) send a boolean in the
/// handshake and a number in each connect; the object is the form their replies know as the new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ack {
    /// `true` or `false` in a handshake.
    Flag(bool),
    /// `{"enabled": …}` in a handshake.
    Object(bool),
    /// The last number received, in a connect; a negative one is read as 0.
    Position(u64),
}

/// What a client tells about its clock, in milliseconds (spec: bayeux-conformance#61).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeSync {
    /// The client's clock when it sent the message.
    pub tc: i64,
    /// The network lag it has measured.
    pub l: i64,
    /// The offset to the server's clock it has computed.
    pub o: i64,
}

impl RequestMessage {
    /// Whether this is a handshake: only then does the host need `Caller::start`.
    pub fn is_handshake(&self) -> bool {
        self.channel.as_deref() == Some("/meta/handshake")
    }

    /// Whether this is a connect, the one message that may be held.
    pub fn is_connect(&self) -> bool {
        self.channel.as_deref() == Some("/meta/connect")
    }

    pub(crate) fn read(mut fields: Map<String, Value>) -> Self {
        Self {
            channel: string(fields.remove("channel")),
            client_id: string(fields.remove("clientId")),
            id: match fields.remove("id") {
                Some(Value::Number(n)) => Some(n.to_string()),
                other => string(other),
            },
            subscription: fields.remove("subscription").and_then(subscription),
            connection_type: string(fields.remove("connectionType")),
            advice: fields.get("advice").and_then(Value::as_object).map(|advice| AskedAdvice {
                timeout: advice.get("timeout").and_then(whole),
                interval: advice.get("interval").and_then(whole),
            }),
            ext: fields.get("ext").and_then(Value::as_object).map(ext).unwrap_or_default(),
            has_data: fields.contains_key("data"),
        }
    }
}

/// The sessions a batch speaks for, in order and with repeats: a host with several nodes adopts
/// those its hub does not know before `Hub::receive`.
pub fn named_sessions(batch: &[RequestMessage]) -> impl Iterator<Item = &str> {
    batch.iter().filter(|message| !message.is_handshake()).filter_map(|message| message.client_id.as_deref())
}

fn string(value: Option<Value>) -> Option<String> {
    match value {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

fn subscription(value: Value) -> Option<Subscription> {
    match value {
        Value::Null => None,
        Value::Array(entries) => Some(Subscription::Many(entries.into_iter().map(name).collect())),
        other => Some(Subscription::One(name(other))),
    }
}

/// An entry that is no string keeps its JSON text: no such text starts with a slash, so it is refused
/// as an invalid name rather than overlooked.
fn name(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

fn ext(fields: &Map<String, Value>) -> Ext {
    let ack = fields.get("ack").and_then(|value| match value {
        Value::Bool(on) => Some(Ack::Flag(*on)),
        Value::Object(form) => Some(Ack::Object(form.get("enabled") == Some(&Value::Bool(true)))),
        // The Java client family starts at -1, the JavaScript one at 0: both mean "nothing yet".
        Value::Number(_) => Some(Ack::Position(whole(value).unwrap_or(0))),
        _ => None,
    });
    let timesync = fields.get("timesync").and_then(|value| {
        let part = |key| value.get(key).and_then(signed);
        Some(TimeSync { tc: part("tc")?, l: part("l").unwrap_or(0), o: part("o").unwrap_or(0) })
    });
    Ext { ack, timesync }
}

/// A non-negative whole number, also when a client wrote it as 1500.0; `None` below zero.
fn whole(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| signed(value).and_then(|n| u64::try_from(n).ok()))
}

#[expect(clippy::cast_possible_truncation, reason = "a float cast saturates, which is what is wanted")]
fn signed(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_f64().map(|n| n.round() as i64))
}

//! What both CometD clients share: the messages, and what a session remembers.

use super::HttpFault;
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};

/// A notification as the application hears it.
#[derive(Clone, Debug)]
pub struct Notification {
    /// The topic.
    pub channel: String,
    /// The `data`, untouched.
    pub data: Box<RawValue>,
}

impl Notification {
    /// The `data`, parsed.
    pub fn json(&self) -> Value {
        serde_json::from_str(self.data.get()).unwrap_or_default()
    }
}

/// How to go on after a connect, as the server advises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Connect again.
    Connect,
    /// The session is gone: shake hands and subscribe again.
    Handshake,
    /// Stop.
    Stop,
}

/// What a connect brought.
#[derive(Clone, Debug)]
pub struct ConnectResult {
    /// Notifications, in the order in which they came.
    pub events: Vec<Notification>,
    /// How to go on.
    pub next: Next,
}

/// Why a Bayeux exchange failed.
#[derive(Debug, thiserror::Error)]
pub enum BayeuxFault {
    /// The transport failed; the session may live on.
    #[error(transparent)]
    Transport(#[from] HttpFault),
    /// The server answered something other than Bayeux; the HTTP status, and the body.
    #[error("answered {0}: {1}")]
    Answer(u16, String),
    /// The server refused the message, with this error.
    #[error("refused: {0}")]
    Refused(String),
}

/// A message from the server.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServerMessage {
    pub channel: Option<String>,
    pub id: Option<String>,
    pub successful: Option<bool>,
    pub error: Option<String>,
    pub client_id: Option<String>,
    pub data: Option<Box<RawValue>>,
    pub advice: Option<Advice>,
    pub ext: Option<Ext>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Advice {
    reconnect: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Ext {
    ack: Option<Value>,
}

impl ServerMessage {
    /// Sorts what came into notifications, in order, and replies on a channel; the rest is nobody's.
    pub fn sort(messages: Vec<Self>, channel: &str, events: &mut Vec<Notification>, replies: &mut Vec<Self>) {
        for message in messages {
            if message.channel.as_deref() == Some(channel) {
                replies.push(message);
            } else if let (Some(channel), Some(data)) = (message.channel, message.data) {
                events.push(Notification { channel, data });
            }
        }
    }

    fn refusal(&self) -> Option<BayeuxFault> {
        let why = || self.error.clone().unwrap_or_else(|| "no reason given".into());
        (self.successful != Some(true)).then(|| BayeuxFault::Refused(why()))
    }
}

/// What a client remembers of its session, as the official clients do.
#[derive(Debug)]
pub(super) struct ClientSession {
    connection_type: &'static str,
    wants_acks: bool,
    /// Whether the server takes part in the extension.
    acks: bool,
    /// What it said last; echoed with every connect.
    batch: u64,
    client_id: String,
    sent: u64,
}

impl ClientSession {
    pub const fn new(connection_type: &'static str, wants_acks: bool) -> Self {
        Self { connection_type, wants_acks, acks: false, batch: 0, client_id: String::new(), sent: 0 }
    }

    /// The number of the last message made.
    pub fn last_id(&self) -> String {
        self.sent.to_string()
    }

    fn next_id(&mut self) -> String {
        self.sent += 1;
        self.last_id()
    }

    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    pub const fn acks(&self) -> bool {
        self.acks
    }

    pub const fn batch(&self) -> u64 {
        self.batch
    }

    pub fn handshake(&mut self) -> String {
        json!([{
            "id": self.next_id(), "channel": "/meta/handshake", "version": "1.0", "minimumVersion": "1.0",
            "supportedConnectionTypes": [self.connection_type], "ext": {"ack": self.wants_acks},
        }])
        .to_string()
    }

    pub fn shaken(&mut self, reply: &ServerMessage) -> Result<(), BayeuxFault> {
        reply.refusal().map_or(Ok(()), Err)?;
        self.client_id = reply.client_id.clone().unwrap_or_default();
        let (acks, batch) = match reply.ext.as_ref().and_then(|ext| ext.ack.as_ref()) {
            Some(Value::Bool(acks)) => (*acks, 0),
            Some(ack) => (ack["enabled"] == true, ack["batch"].as_u64().unwrap_or(0)),
            None => (false, 0),
        };
        (self.acks, self.batch) = (acks && self.wants_acks, batch);
        Ok(())
    }

    pub fn subscribe(&mut self, channels: &[&str]) -> String {
        let messages: Vec<Value> = channels
            .iter()
            .map(|channel| {
                let id = self.next_id();
                json!({"id": id, "channel": "/meta/subscribe", "clientId": self.client_id, "subscription": channel})
            })
            .collect();
        Value::from(messages).to_string()
    }

    pub fn subscribed(reply: &ServerMessage) -> Result<(), BayeuxFault> {
        reply.refusal().map_or(Ok(()), Err)
    }

    /// A connect; with a time in milliseconds for which the server may hold it, if given.
    pub fn connect(&mut self, hold: Option<u64>) -> String {
        let id = self.next_id();
        let mut message = json!({
            "id": id, "channel": "/meta/connect", "clientId": self.client_id,
            "connectionType": self.connection_type,
        });
        if self.acks {
            message["ext"] = json!({"ack": self.batch});
        }
        if let Some(hold) = hold {
            message["advice"] = json!({"timeout": hold});
        }
        Value::from(vec![message]).to_string()
    }

    /// Takes a connect's reply; only now may its events be shown, for only now will they be acknowledged.
    pub fn connected(&mut self, reply: &ServerMessage) -> Result<Next, BayeuxFault> {
        if self.acks
            && reply.successful == Some(true)
            && let Some(batch) = reply.ext.as_ref().and_then(|ext| ext.ack.as_ref()).and_then(Value::as_u64)
        {
            self.batch = batch;
        }
        match reply.advice.as_ref().and_then(|advice| advice.reconnect.as_deref()) {
            Some("handshake") => Ok(Next::Handshake),
            Some("none") => Ok(Next::Stop),
            _ => reply.refusal().map_or(Ok(Next::Connect), Err),
        }
    }

    pub fn disconnect(&mut self) -> String {
        let id = self.next_id();
        json!([{"id": id, "channel": "/meta/disconnect", "clientId": self.client_id}]).to_string()
    }
}

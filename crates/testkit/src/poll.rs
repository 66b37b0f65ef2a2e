//! A notification session over long polling.

use crate::Client;
use serde_json::{Value, json};

/// A session with the acknowledgement extension, through the endpoint itself.
pub struct Poll<'a> {
    client: &'a Client<'a>,
    id: String,
    /// The number last received.
    pub ack: u64,
}

impl<'a> Poll<'a> {
    /// Opens a session, subscribes, and has the first connect, which is never held, behind it.
    pub async fn open(client: &'a Client<'a>, topic: &str) -> Self {
        let shake = json!({"channel": "/meta/handshake", "version": "1.0", "minimumVersion": "1.0", "ext": {"ack": true}});
        let reply = client.post("/notifications", shake).await.json;
        client.told(&reply[0]);
        let id = reply[0]["clientId"].as_str().expect("a session").to_owned();
        let mut poll = Self { client, id, ack: 0 };
        let subscribe = json!({"channel": "/meta/subscribe", "clientId": poll.id, "subscription": topic});
        let reply = client.post("/notifications", subscribe).await.json;
        client.told(&reply[0]);
        assert_eq!(reply[0]["successful"], true, "{topic}");
        poll.connect(0).await;
        poll
    }

    /// The id of the session.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The messages of one connect, held for so many milliseconds at most.
    pub async fn connect(&mut self, hold: u64) -> Vec<Value> {
        let connect = json!({
            "channel": "/meta/connect",
            "clientId": self.id,
            "connectionType": "long-polling",
            "advice": {"timeout": hold},
            "ext": {"ack": self.ack},
        });
        let Value::Array(mut answer) = self.client.post("/notifications", connect).await.json else {
            panic!("no messages")
        };
        for message in &answer {
            self.client.told(message);
        }
        let reply = answer.pop().expect("a reply");
        assert_eq!(reply["successful"], true, "{reply}");
        self.ack = reply["ext"]["ack"].as_u64().expect("a number");
        answer
    }
}

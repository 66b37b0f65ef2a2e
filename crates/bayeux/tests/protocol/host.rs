//! A host in miniature: one hub, one mailbox, a clock set by hand.

use std::sync::Arc;

use bayeux::{
    Admission, BatchRefused, ClientId, Completed, Config, Fresh, Hold, Hub, MessageAnswer, RequestContext,
    Response, Transport, parse,
};
use serde_json::{Value, json};

/// When every test begins, milliseconds.
pub const DAWN: u64 = 1_000_000;

/// Who speaks: one user at one browser over one transport.
#[derive(Clone)]
pub struct Who {
    pub principal: &'static str,
    pub login: Option<&'static str>,
    pub browser: Option<String>,
    pub vouched: bool,
    pub transport: Transport,
}

/// A user whose every request carries a cookie of its own.
pub fn polling(principal: &'static str) -> Who {
    let browser = Some(format!("browser of {principal}"));
    Who { principal, login: None, browser, vouched: false, transport: Transport::LongPolling }
}

/// The same user on a WebSocket.
pub fn socket(principal: &'static str) -> Who {
    Who { transport: Transport::WebSocket, ..polling(principal) }
}

pub struct Note {
    pub position: u64,
    pub spellings: Vec<&'static str>,
    pub data: String,
}

pub struct TestHost {
    pub hub: Hub,
    pub now: u64,
    pub start: u64,
    pub mailbox: Vec<Note>,
    pub admission: Admission,
    fresh: u128,
}

impl TestHost {
    pub fn new() -> Self {
        Self::with(Config::default())
    }

    pub fn with(config: Config) -> Self {
        let hub = Hub::new(config);
        Self { hub, now: DAWN, start: 0, mailbox: Vec::new(), admission: Admission::Granted, fresh: 0 }
    }

    pub fn try_send(&mut self, who: &Who, body: &Value) -> Result<Vec<MessageAnswer>, BatchRefused> {
        self.fresh += 1;
        let batch = parse(body.to_string().as_bytes()).expect("the test's body is well formed");
        let caller = RequestContext {
            principal: Arc::from(who.principal),
            login: who.login.map(Arc::from),
            browser: who.browser.as_deref(),
            vouched: who.vouched,
            transport: who.transport,
            now: self.now,
            start: self.start,
            head: self.mailbox.last().map_or(self.start, |note| note.position).max(self.start),
            fresh: Fresh { session: self.fresh, browser: self.fresh << 64 },
            admission: self.admission.clone(),
            may_subscribe: &|channel| !channel.starts_with("/v2/others/"),
        };
        self.hub.receive(batch, &caller)
    }

    pub fn send(&mut self, who: &Who, body: &Value) -> Vec<MessageAnswer> {
        self.try_send(who, body).expect("the batch is taken")
    }

    /// Sends one message that must be answered at once, without a hold.
    pub fn reply(&mut self, who: &Who, body: &Value) -> Value {
        let mut answers = self.replies(who, body);
        assert_eq!(answers.len(), 1);
        answers.remove(0)
    }

    pub fn replies(&mut self, who: &Who, body: &Value) -> Vec<Value> {
        let json = |answer| match answer {
            MessageAnswer::Reply(reply) => serde_json::from_slice(&reply.to_json()).unwrap(),
            MessageAnswer::Hold(hold) => panic!("held: {hold:?}"),
        };
        self.send(who, body).into_iter().map(json).collect()
    }

    /// Sends one connect that must not be refused.
    pub fn hold(&mut self, who: &Who, body: &Value) -> Hold {
        match self.send(who, body).pop() {
            Some(MessageAnswer::Hold(hold)) => hold,
            other => panic!("not held: {other:?}"),
        }
    }

    /// A connect of the session with nothing special about it.
    pub fn connect(&mut self, who: &Who, id: &str) -> Hold {
        self.hold(who, &json!({"channel": "/meta/connect", "clientId": id, "connectionType": "long-polling"}))
    }

    pub fn connect_ack(&mut self, who: &Who, id: &str, ack: i64) -> Hold {
        self.hold(who, &json!({"channel": "/meta/connect", "clientId": id, "ext": {"ack": ack}}))
    }

    /// What a host does when a hold has to end: gather, complete, write.
    pub fn finish(&mut self, hold: Hold) -> Vec<Value> {
        let told = self.hub.take_volatile(&hold);
        match self.complete(hold) {
            (events, Completed::Deliver(reply)) => {
                let mut response = Response::new();
                for (channel, data) in &events {
                    response.event(channel, data.as_bytes());
                }
                for message in &told {
                    response.event(&message.channel, message.data.as_bytes());
                }
                response.reply(&reply);
                serde_json::from_slice(&response.finish()).unwrap()
            }
            (_, other) => panic!("not delivered: {other:?}"),
        }
    }

    pub fn complete(&mut self, hold: Hold) -> (Vec<(&'static str, String)>, Completed) {
        let (events, looked) = self.gather(&hold);
        (events, self.hub.complete(hold, looked, self.now))
    }

    pub fn gather(&self, hold: &Hold) -> (Vec<(&'static str, String)>, u64) {
        let Some(listens) = self.hub.listening(hold) else { return (Vec::new(), hold.after()) };
        let notes = self.mailbox.iter().filter(|note| note.position > hold.after());
        let looked = self.mailbox.last().map_or(hold.after(), |note| note.position);
        (notes.filter_map(|note| Some((listens.pick(&note.spellings)?, note.data.clone()))).collect(), looked)
    }

    /// Puts a note into the mailbox; positions leave gaps.
    pub fn note(&mut self, channel: &'static str, data: &Value) {
        let position = self.mailbox.last().map_or(10, |note| note.position + 3);
        self.mailbox.push(Note { position, spellings: vec![channel], data: data.to_string() });
    }

    /// Opens a session and returns its id.
    pub fn open(&mut self, who: &Who) -> String {
        self.shake(who, &json!({}))
    }

    pub fn open_ack(&mut self, who: &Who) -> String {
        self.shake(who, &json!({"ack": true}))
    }

    fn shake(&mut self, who: &Who, ext: &Value) -> String {
        let reply = self.reply(who, &json!({"channel": "/meta/handshake", "version": "1.0", "ext": ext}));
        reply["clientId"].as_str().unwrap().to_owned()
    }

    /// Opens a session that hears everything and has had its first, immediate connect.
    pub fn listening(&mut self, who: &Who) -> String {
        let id = self.open(who);
        self.subscribe(who, &id, "/**");
        let hold = self.connect(who, &id);
        self.finish(hold);
        id
    }

    pub fn subscribe(&mut self, who: &Who, id: &str, channel: &str) -> Value {
        self.reply(who, &json!({"channel": "/meta/subscribe", "clientId": id, "subscription": channel}))
    }

    /// The names a session is subscribed to.
    pub fn names(&self, id: &str) -> Vec<String> {
        self.hub.subscriptions(&ClientId::from(id)).unwrap().iter().map(String::from).collect()
    }

    /// Whether the session still exists, asked without prolonging it.
    pub fn alive(&self, id: &str) -> bool {
        self.hub.knows(id)
    }
}

//! Agents: they take what is offered or refuse it, talk, work together, set dispositions, complete, set dispositions again,
//! and log out in the middle of it.

mod colleagues;
mod offers;

use super::{
    customer::{Rooms, note},
    ledger::{Ledger, Outcome, What},
};
use anyhow::{Result, ensure};
use offers::offers;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};
use world::client::{ClientIdentity, Http, HttpAnswer, HttpFault, ServerAddress};

/// How long a request may take before the agent gives up on it.
const PATIENCE: Duration = Duration::from_secs(15);
/// How often an agent says that they are ready, in case an offer lapsed and made them not ready.
const READY: Duration = Duration::from_secs(5);
/// How long there must be nothing to do after closing time before an agent goes.
const IDLE: Duration = Duration::from_secs(4);
/// In one of how many turns an agent logs out, whatever they have, and in again.
const LOGS_OUT: u32 = 150;
/// How many times an agent speaks before they complete.
const TALK: u32 = 4;

/// An agent at their desktop.
#[derive(Debug)]
pub struct Agent {
    http: Http,
    name: String,
    ledger: Arc<Ledger>,
    chance: fastrand::Rng,
    count: u32,
    /// What the agent said in each chat.
    said: BTreeMap<String, u32>,
    /// Chats the agent has completed, for a disposition that comes late.
    completed: Vec<String>,
    /// Whether the agent takes calls, too.
    calls: bool,
    /// The addresses of all agents by their names; empty where nobody works together.
    colleagues: Arc<BTreeMap<String, String>>,
    /// Whom the agent asked into which chat, and how.
    asked: BTreeSet<String>,
    /// Chats in which the agent spoke to agents alone.
    whispered: BTreeSet<String>,
}

impl Agent {
    /// An agent of the demo centre, who works with colleagues and takes calls, or not.
    pub fn new(
        target: &ServerAddress,
        name: &str,
        colleagues: Arc<BTreeMap<String, String>>,
        calls: bool,
        ledger: Arc<Ledger>,
        chance: fastrand::Rng,
    ) -> Self {
        let http = Http::new(target.clone(), ClientIdentity::basic(name, demo::centre::PASSWORD));
        Self {
            http,
            name: name.to_owned(),
            ledger,
            chance,
            count: 0,
            said: BTreeMap::new(),
            completed: Vec::new(),
            calls,
            colleagues,
            asked: BTreeSet::new(),
            whispered: BTreeSet::new(),
        }
    }

    /// Begins to work: logs in to chat and perhaps the telephone, and is ready for chats. Once more changes nothing.
    pub async fn begin(&mut self) -> Result<()> {
        let channels: &[&str] = if self.calls { &["chat", "voice"] } else { &["chat"] };
        let start = json!({"operationName": "StartContactCenterSession", "channels": channels});
        let answer = self.post("/me", &start).await;
        ensure!(Outcome::of(&answer) == Outcome::Acknowledged, "{answer:?}");
        let answer = self.post("/me/channels/chat", &json!({"operationName": "Ready"})).await;
        ensure!(Outcome::of(&answer) == Outcome::Acknowledged, "{answer:?}");
        Ok(())
    }

    /// Works until closing time, and until nothing is left to do.
    pub async fn work(mut self, closing: watch::Receiver<bool>) -> Result<Self> {
        let (mut busy, mut ready) = (Instant::now(), Instant::now());
        loop {
            self.rest(50..300).await;
            let closed = *closing.borrow();
            let Some(chats) = self.chats().await else { continue };
            for chat in &chats {
                busy = Instant::now();
                self.turn(chat, closed).await;
            }
            if !closed && self.chance.u32(..4) == 0 {
                self.late().await;
            }
            if !closed && !self.colleagues.is_empty() && self.chance.u32(..LOGS_OUT) == 0 {
                drop(self.post("/me", &json!({"operationName": "EndContactCenterSession"})).await);
                self.rest(0..1_500).await;
                drop(self.begin().await);
            }
            if ready.elapsed() > READY {
                ready = Instant::now();
                drop(self.begin().await);
            }
            if closed && busy.elapsed() > IDLE {
                return Ok(self);
            }
        }
    }

    /// The chats the agent has now.
    async fn chats(&mut self) -> Option<Vec<Value>> {
        let got = tokio::time::timeout(PATIENCE, self.http.get("/api/v2/me/chats?fields=*")).await;
        let answer = got.ok()?.ok()?;
        answer.status.is_success().then(|| answer.json()["chats"].as_array().cloned())?
    }

    /// Does one thing in a chat, as its state allows.
    async fn turn(&mut self, chat: &Value, closed: bool) {
        let Some(id) = chat["id"].as_str() else { return };
        let path = format!("/me/chats/{id}");
        let said = self.said.get(id).copied().unwrap_or(0);
        match chat["state"].as_str() {
            Some("Invited") if !self.colleagues.is_empty() && self.chance.u32(..12) == 0 => {
                drop(self.post(&path, &json!({"operationName": "Reject"})).await);
            }
            Some("Invited") => {
                drop(self.post(&path, &json!({"operationName": "Accept", "nickname": self.name})).await);
            }
            Some("Chatting") if !closed && (said < TALK || self.chance.u32(..4) > 0) => {
                if !self.colleagues.is_empty() && self.with_colleagues(chat, id).await {
                    return;
                }
                if self.chance.u32(..5) == 0 {
                    self.dispose(id, What::LiveDisposition).await;
                } else {
                    self.say(id).await;
                }
            }
            // Who only advises does not end it.
            Some("Chatting") if !offers(chat, "Complete") => self.leave(id).await,
            Some(_) => self.complete(id).await,
            None => {}
        }
    }

    async fn say(&mut self, id: &str) {
        let name = self.next('m');
        let body = json!({"operationName": "SendMessage", "text": name});
        let answer = self.post(&format!("/me/chats/{id}"), &body).await;
        self.ledger.asked(What::AgentMessage, &name, Outcome::of(&answer));
        *self.said.entry(id.to_owned()).or_default() += 1;
    }

    async fn dispose(&mut self, id: &str, what: What) {
        let name = self.next(if what == What::LiveDisposition { 'd' } else { 'l' });
        let body = json!({"operationName": "SetDisposition", "disposition": name});
        let answer = self.post(&format!("/me/chats/{id}"), &body).await;
        self.ledger.asked(what, &name, Outcome::of(&answer));
    }

    async fn complete(&mut self, id: &str) {
        let name = format!("{id}/{}", self.name);
        let answer = self.post(&format!("/me/chats/{id}"), &json!({"operationName": "Complete"})).await;
        let outcome = Outcome::of(&answer);
        // The same completion is asked for again when the first answer was lost and it turns out not to be done. One that
        // is refused says nothing: the part may have ended otherwise before, and does in the end.
        let before = self.ledger.outcome(What::Completion, &name);
        if outcome == Outcome::Acknowledged || before.is_none() && outcome == Outcome::Unknown {
            self.ledger.asked(What::Completion, &name, outcome);
        }
        if outcome == Outcome::Acknowledged {
            self.completed.push(id.to_owned());
        }
    }

    /// Sets a disposition of a chat that is over.
    async fn late(&mut self) {
        if let Some(id) = self.completed.pop() {
            self.dispose(&id, What::LateDisposition).await;
        }
    }

    fn next(&mut self, kind: char) -> String {
        self.count += 1;
        format!("{}{kind}{}", self.name.trim_end_matches(demo::centre::DOMAIN), self.count)
    }

    async fn post(&mut self, path: &str, body: &Value) -> Result<HttpAnswer, HttpFault> {
        let path = format!("/api/v2{path}");
        let sent = self.http.post_json(&path, body.to_string());
        let late = |_| HttpFault::Lost("no answer in time".into());
        tokio::time::timeout(PATIENCE, sent).await.map_err(late)?
    }

    async fn rest(&mut self, millis: std::ops::Range<u64>) {
        sleep(Duration::from_millis(self.chance.u64(millis))).await;
    }
}

/// Reads the chats whose customers cannot, because the answer to their request was lost, through their agents; and what
/// agents said to each other, of which no customer may know.
pub async fn read(agents: &mut [Agent], rooms: &Rooms, ledger: &Ledger) -> Result<()> {
    for agent in agents {
        let orphans = agent.said.keys().filter(|id| !rooms.contains_key(*id));
        let chats: BTreeSet<String> = orphans.chain(&agent.whispered).cloned().collect();
        for id in chats {
            let answer = agent.http.get(&format!("/api/v2/me/chats/{id}/messages")).await?.json();
            for message in answer["messages"].as_array().into_iter().flatten() {
                let mine = message["from"]["nickname"] == agent.name.as_str();
                let from_customer = message["from"]["type"] == "Customer";
                if mine && message["visibility"] == "Agents" {
                    if let Some(text) = message["text"].as_str() {
                        ledger.found(What::ToAgents, text);
                    }
                } else if (mine || from_customer) && !rooms.contains_key(&id) {
                    note(ledger, message, from_customer);
                }
            }
        }
    }
    Ok(())
}

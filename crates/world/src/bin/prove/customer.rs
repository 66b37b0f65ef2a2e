//! Customers: they come, speak, wait for answers, and leave; or are left.

use super::{
    ledger::{Ledger, Outcome, What},
    table::{Table, TableRow},
};
use anyhow::{Result, bail};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::sleep,
};
use world::client::{ClientIdentity, Http, ServerAddress};

const SERVICE: &str = "/genesys/2/chat/customer-support";
/// How long a request may take before the customer gives up on it.
const PATIENCE: Duration = Duration::from_secs(15);

/// A chat, as its customer holds it.
#[derive(Clone, Debug)]
pub struct CustomerChat {
    id: String,
    user_id: String,
    secure_key: String,
}

/// Rooms by the id of the chat.
pub type Rooms = BTreeMap<String, CustomerChat>;

/// All customers.
#[derive(Debug)]
pub struct Customers {
    target: ServerAddress,
    ledger: Arc<Ledger>,
    chance: fastrand::Rng,
    count: Arc<AtomicU32>,
}

impl Customers {
    /// Customers who come in at a target.
    pub fn new(target: ServerAddress, ledger: Arc<Ledger>, chance: fastrand::Rng) -> Self {
        Self { target, ledger, chance, count: Arc::default() }
    }

    /// Keeps so many of them busy until closing time; answers the rooms of all that ever came in.
    pub fn spawn(mut self, at_once: usize, closing: &watch::Receiver<bool>) -> JoinHandle<Rooms> {
        let mut chairs = JoinSet::new();
        for _ in 0..at_once {
            let visit = Visit {
                http: Http::new(self.target.clone(), ClientIdentity::Cookies),
                ledger: self.ledger.clone(),
                chance: self.chance.fork(),
                count: self.count.clone(),
            };
            chairs.spawn(visit.one_after_another(closing.clone()));
        }
        tokio::spawn(async move { chairs.join_all().await.into_iter().flatten().collect() })
    }
}

struct Visit {
    http: Http,
    ledger: Arc<Ledger>,
    chance: fastrand::Rng,
    count: Arc<AtomicU32>,
}

impl Visit {
    async fn one_after_another(mut self, closing: watch::Receiver<bool>) -> Vec<(String, CustomerChat)> {
        let mut rooms = Vec::new();
        while !*closing.borrow() {
            if let Some(room) = self.enter().await {
                rooms.push((room.id.clone(), room.clone()));
                self.talk(&room, &closing).await;
            }
            self.rest(100..800).await;
        }
        rooms
    }

    /// Comes in. A chat whose answer was lost has no customer who could open it; an agent will end it.
    async fn enter(&mut self) -> Option<CustomerChat> {
        let answer = self.ask(SERVICE, &[("nickname", "Ina"), ("subject", "Proof")]).await.ok()?;
        let text = |name: &str| answer[name].as_str().map(str::to_owned);
        Some(CustomerChat { id: text("chatId")?, user_id: text("userId")?, secure_key: text("secureKey")? })
    }

    async fn talk(&mut self, room: &CustomerChat, closing: &watch::Receiver<bool>) {
        for _ in 0..self.chance.u32(3..20) {
            self.rest(100..900).await;
            if *closing.borrow() {
                break;
            }
            let name = format!("c{}", self.count.fetch_add(1, Ordering::Relaxed));
            let (outcome, ended) = self.say(room, &name).await;
            self.ledger.asked(What::CustomerMessage, &name, outcome);
            if ended {
                return;
            }
        }
        // Until the answer tells that the customer has left; otherwise they would be waited for.
        for _ in 0..100 {
            match self.ask(&format!("{SERVICE}/{}/disconnect", room.id), &fields(room, &[])).await {
                Ok(answer) if answer["chatEnded"] == true => return,
                _ => self.rest(100..500).await,
            }
        }
    }

    async fn say(&mut self, room: &CustomerChat, text: &str) -> (Outcome, bool) {
        let path = format!("{SERVICE}/{}/send", room.id);
        let fields = fields(room, &[("message", text)]);
        let sent = tokio::time::timeout(PATIENCE, self.http.post_form(&path, &fields)).await;
        let Ok(answer) = sent else { return (Outcome::Unknown, false) };
        let outcome = Outcome::of(&answer);
        let ended = answer.is_ok_and(|answer| answer.json()["chatEnded"] == true);
        // The last words of a chat that ended under them are accepted or not; both are told by `statusCode`.
        (outcome, ended)
    }

    async fn ask(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Value> {
        Ok(tokio::time::timeout(PATIENCE, self.http.post_form(path, fields)).await??.json())
    }

    async fn rest(&mut self, millis: std::ops::Range<u64>) {
        sleep(Duration::from_millis(self.chance.u64(millis))).await;
    }
}

fn fields<'r>(room: &'r CustomerChat, more: &[(&'r str, &'r str)]) -> Vec<(&'r str, &'r str)> {
    let mut fields = vec![("userId", room.user_id.as_str()), ("secureKey", room.secure_key.as_str())];
    fields.extend_from_slice(more);
    fields
}

/// Reads every transcript from beginning to end, and writes what stands in it into the ledger. In each, entries
/// must be in order.
pub async fn read(target: &ServerAddress, rooms: &Rooms, ledger: &Ledger, table: &mut Table) -> Result<()> {
    let mut http = Http::new(target.clone(), ClientIdentity::Cookies);
    let mut order = TableRow::default();
    for room in rooms.values() {
        let mut position = 1;
        let mut last = 0;
        loop {
            let from = position.to_string();
            let path = format!("{SERVICE}/{}/refresh", room.id);
            let answer = http.post_form(&path, &fields(room, &[("transcriptPosition", &from)])).await?.json();
            let Some(messages) = answer["messages"].as_array() else {
                bail!("the transcript of {} cannot be read: {answer}", room.id)
            };
            for message in messages {
                let index = message["index"].as_u64().unwrap_or(0);
                order.expect(&format!("{}#{index} after {last}", room.id), u32::from(index > last));
                last = index;
                note(ledger, message, message["from"]["type"] == "Client");
            }
            let next = answer["nextPosition"].as_u64().unwrap_or(0);
            if next <= position {
                break;
            }
            position = next;
        }
    }
    table.add("transcript entries in order", order);
    table.remark(format!("{} chats by customers", rooms.len()));
    Ok(())
}

/// Writes a text message of a transcript into the ledger.
pub fn note(ledger: &Ledger, message: &Value, from_customer: bool) {
    let what = if from_customer { What::CustomerMessage } else { What::AgentMessage };
    let is_text = message["type"] == "Message" || message["type"] == "Text";
    if let (true, Some(text)) = (is_text, message["text"].as_str()) {
        ledger.found(what, text);
    }
}

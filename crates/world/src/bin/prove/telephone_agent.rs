//! Agents in calls: they answer, hold, ask colleagues, hand calls over, confer, swap, hang up, and set dispositions, during a
//! call and after it.

use super::ledger::{Ledger, Outcome, What};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout},
};
use world::client::{ClientIdentity, Http, HttpAnswer, HttpFault, ServerAddress};

/// How long a request may take before the agent gives up on it.
const PATIENCE: Duration = Duration::from_secs(15);
/// How often an agent says that they are ready, in case a call that nobody took made them not ready.
const READY: Duration = Duration::from_secs(5);
/// How long there must be no call after closing time before an agent goes.
const IDLE: Duration = Duration::from_secs(4);
/// How many things an agent does in a call before they may hang up.
const TALK: u32 = 5;
/// How many calls that are over an agent remembers, for a disposition that comes late.
const REMEMBERED: usize = 4;

/// An agent at their telephone.
pub struct TelephoneAgent {
    http: Http,
    name: String,
    number: u32,
    ledger: Arc<Ledger>,
    chance: fastrand::Rng,
    count: u32,
    /// How much was done in each call.
    turns: BTreeMap<String, u32>,
    over: VecDeque<String>,
    /// Swaps, and colleagues taken out, that were acknowledged: what they did, others undo.
    acknowledged: [u32; 2],
}

impl TelephoneAgent {
    /// An agent of the demo centre, from 1.
    pub fn new(target: &ServerAddress, number: u32, ledger: Arc<Ledger>, chance: fastrand::Rng) -> Self {
        let name = demo::centre::agent_name(number);
        let http = Http::new(target.clone(), ClientIdentity::basic(&name, demo::centre::PASSWORD));
        let (turns, over) = (BTreeMap::new(), VecDeque::new());
        Self { http, name, number, ledger, chance, count: 0, turns, over, acknowledged: [0; 2] }
    }

    /// Works until closing time, and until no call is left.
    pub async fn work(mut self, closing: watch::Receiver<bool>) -> Self {
        let mut busy = Instant::now();
        let mut ready: Option<Instant> = None;
        loop {
            let pause = Duration::from_millis(self.chance.u64(100..500));
            sleep(pause).await;
            let closed = *closing.borrow();
            if !closed && ready.is_none_or(|ready| ready.elapsed() > READY) {
                ready = Some(Instant::now());
                drop(self.post("/me/channels/voice", &json!({"operationName": "Ready"})).await);
            }
            let Some(calls) = self.calls().await else { continue };
            if !calls.is_empty() {
                busy = Instant::now();
                self.turn(&calls, closed).await;
            }
            if !closed
                && self.chance.u32(..10) == 0
                && let Some(id) = self.over.pop_front()
            {
                self.dispose(&id).await;
            }
            if closed && busy.elapsed() > IDLE {
                return self;
            }
        }
    }

    /// The calls that the agent has now; `None` when the server does not say.
    pub async fn calls(&mut self) -> Option<Vec<Value>> {
        let got = timeout(PATIENCE, self.http.get("/api/v2/me/calls?fields=*")).await;
        let answer = got.ok()?.ok()?;
        answer.status.is_success().then(|| answer.json()["calls"].as_array().cloned())?
    }

    /// Who this is.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many swaps, and how many colleagues taken out, were acknowledged.
    pub const fn acknowledged(&self) -> [u32; 2] {
        self.acknowledged
    }

    /// Does one thing, as the calls allow it.
    async fn turn(&mut self, calls: &[Value], closed: bool) {
        let asking = calls.iter().find(|call| call["parentCallUri"].is_string());
        let call = calls.iter().find(|call| call["state"] == "Ringing").or(asking).or_else(|| calls.first());
        let Some((call, id)) = call.and_then(|call| Some((call, call["id"].as_str()?))) else { return };
        if call["state"] == "Ringing" {
            let operation = if self.chance.u32(..12) == 0 { "Reject" } else { "Answer" };
            self.does(id, &json!({"operationName": operation})).await;
            return;
        }
        let turns = self.turns.entry(id.to_owned()).or_default();
        *turns += 1;
        let done = *turns > TALK && self.chance.u32(..4) == 0;
        if asking.is_some_and(|asking| asking["id"] == id) {
            let main = calls.iter().find(|main| main["id"] != id);
            return self.consult(call, id, main, done || closed).await;
        }
        if closed || done {
            self.hangs_up(id).await;
            self.over.push_back(id.to_owned());
            if self.over.len() > REMEMBERED {
                self.over.pop_front();
            }
            return;
        }
        match self.chance.u32(..20) {
            0..4 => self.dispose(id).await,
            4..8 => self.asks_colleague(call, id, "Initiate").await,
            8 => self.asks_colleague(call, id, "SingleStep").await,
            9..13 if offers(call, "RemoveParticipantFromConference") => self.takes_out(call, id).await,
            13..15 if offers(call, "Hold") => {
                self.does(id, &json!({"operationName": "Hold"})).await;
            }
            _ if offers(call, "Retrieve") => {
                self.does(id, &json!({"operationName": "Retrieve"})).await;
            }
            _ => {}
        }
    }

    /// Is in the middle of asking somebody.
    async fn consult(&mut self, call: &Value, id: &str, main: Option<&Value>, done: bool) {
        let operation = match self.chance.u32(..20) {
            0..4 if offers(call, "SwapCalls") => {
                let main = main.and_then(|main| main["id"].as_str()).unwrap_or_default();
                let body = json!({"operationName": "SwapCalls", "otherCallUri": format!("/me/calls/{main}")});
                let swapped = self.does(id, &body).await;
                self.acknowledged[0] += u32::from(swapped);
                return;
            }
            4..7 => return self.dispose(id).await,
            7..11 if offers(call, "CompleteTransfer") && offers(call, "CompleteConference") => {
                "CompleteTransfer"
            }
            11..15 if offers(call, "CompleteConference") => "CompleteConference",
            // Handed over while it rings.
            15 if offers(call, "CompleteTransfer") => "CompleteTransfer",
            16 => return self.hangs_up(id).await,
            _ if done || main.is_none() => return self.hangs_up(id).await,
            _ => return,
        };
        let answer = self.post(&format!("/me/calls/{id}"), &json!({"operationName": operation})).await;
        let outcome = Outcome::of(&answer);
        // A second one that is refused says nothing of the first, whose answer was lost.
        let before = self.ledger.outcome(What::Completed, id);
        if before != Some(Outcome::Unknown) || outcome == Outcome::Acknowledged {
            self.ledger.asked(What::Completed, id, outcome);
        }
    }

    /// Calls somebody in, with a name in the user data by which it is found again.
    async fn asks_colleague(&mut self, call: &Value, id: &str, how: &str) {
        let for_all = self.chance.bool();
        let operation = format!("{how}{}", if for_all { "Conference" } else { "Transfer" });
        if !offers(call, &operation) {
            return;
        }
        let others: Vec<u32> = (1..=demo::centre::AGENTS).filter(|other| *other != self.number).collect();
        let Some(target) = self.chance.choice(&others) else { return };
        let name = self.next('q');
        let body = json!({
            "operationName": operation,
            "destination": {"phoneNumber": (5_000 + target).to_string()},
            "userData": {"Asked": name},
        });
        let answer = self.post(&format!("/me/calls/{id}"), &body).await;
        self.ledger.asked(What::Asked, &name, Outcome::of(&answer));
    }

    /// Takes a colleague out of a conference.
    async fn takes_out(&mut self, call: &Value, id: &str) {
        let others = call["participants"].as_array().into_iter().flatten();
        let mut numbers = others.filter_map(|other| other["phoneNumber"].as_str());
        let Some(number) = numbers.rfind(|number| number.starts_with("50")) else { return };
        let body = json!({"operationName": "RemoveParticipantFromConference", "participant": number});
        let taken_out = self.does(id, &body).await;
        self.acknowledged[1] += u32::from(taken_out);
    }

    async fn dispose(&mut self, id: &str) {
        let name = self.next('v');
        let body = json!({"operationName": "SetCallDisposition", "disposition": name});
        let answer = self.post(&format!("/me/calls/{id}"), &body).await;
        self.ledger.asked(What::CallDisposition, &name, Outcome::of(&answer));
    }

    /// Does something whose outcome is seen in what the agent has then; answers whether it was acknowledged.
    async fn does(&mut self, id: &str, body: &Value) -> bool {
        let answer = self.post(&format!("/me/calls/{id}"), body).await;
        Outcome::of(&answer) == Outcome::Acknowledged
    }

    async fn hangs_up(&mut self, id: &str) {
        self.does(id, &json!({"operationName": "Hangup"})).await;
    }

    fn next(&mut self, kind: char) -> String {
        self.count += 1;
        format!("{}{kind}{}", self.name.trim_end_matches(demo::centre::DOMAIN), self.count)
    }

    async fn post(&mut self, path: &str, body: &Value) -> Result<HttpAnswer, HttpFault> {
        let path = format!("/api/v2{path}");
        let sent = self.http.post_json(&path, body.to_string());
        let late = |_| HttpFault::Lost("no answer in time".into());
        timeout(PATIENCE, sent).await.map_err(late)?
    }
}

fn offers(call: &Value, operation: &str) -> bool {
    call["capabilities"].as_array().into_iter().flatten().any(|offered| offered == operation)
}

//! Calls that are handed over: of twenty a second each is consulted about, half are transferred, half become conferences.

use super::{journalled::told, setup::runtime};
use crate::{
    called,
    lane::{Cookies, Lane},
    notification_session::NotificationSession,
    setting::Setting,
    stats::{Durations, cores, rate},
};
use anyhow::Context;
use phone::Incoming;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::sync::Mutex;

/// Agents whom the queue offers calls; as many more are their colleagues, one each.
const AGENTS: usize = 120;
const PER_SECOND: usize = 20;
const SECONDS: usize = 30;
const LENGTH: Duration = Duration::from_secs(4);
/// How long an agent who has come into a conference stays.
const TOGETHER: Duration = Duration::from_millis(500);
/// How long to wait for what is told last.
const SOON: Duration = Duration::from_secs(10);
/// What is told of a call that is transferred: the agent of its ringing, talking and holding, of the consultation's dialling,
/// that it can be swapped now, of the consultation's talking, and of the release of both; the colleague of ringing, talking,
/// the customer, and release.
const NOTES_TRANSFERRED: usize = 12;
/// Of one that becomes a conference: the agent also of talking again and of the colleague, the colleague that the agent has
/// left.
const NOTES_TOGETHER: usize = 15;
/// How often the journal tells what of a call that is transferred. What two parties do at the same time may come in either
/// order.
const TRANSFERRED: [(&str, usize); 11] = [
    ("call.began", 1),
    ("call.queued", 1),
    ("call.joined", 4),
    ("call.established", 4),
    ("call.held", 1),
    ("call.line-began", 1),
    ("call.moved", 1),
    ("call.released", 4),
    ("call.ended", 1),
    ("agent.slot-taken", 3),
    ("agent.slot-freed", 3),
];
/// The same of a conference, which goes on with the colleague in the agent's place.
const TOGETHER_THEN_TWO: [(&str, usize); 11] = [
    ("call.began", 1),
    ("call.queued", 1),
    ("call.joined", 4),
    ("call.established", 5),
    ("call.held", 1),
    ("call.line-began", 1),
    ("call.moved", 2),
    ("call.released", 4),
    ("call.ended", 1),
    ("agent.slot-taken", 3),
    ("agent.slot-freed", 3),
];

/// What came of the agents' requests.
#[derive(Default)]
struct Tally {
    transferred: AtomicUsize,
    together: AtomicUsize,
    failed: AtomicUsize,
    notes: AtomicUsize,
    asked: Mutex<Durations>,
    completed: Mutex<Durations>,
    complaints: Mutex<BTreeMap<String, usize>>,
}

pub fn measure(setting: &Setting) -> anyhow::Result<Value> {
    let runtime = runtime()?;
    let value = runtime.block_on(async {
        let (node, dir) = called::node(setting, AGENTS * 2)?;
        let (_line, phones) = called::phones(node.sip, AGENTS * 2, &Incoming::default()).await?;
        let colleagues = called::colleagues(node.port, AGENTS + 1..=AGENTS * 2).await?;
        let lanes = called::ready_agents(node.port, AGENTS).await?;
        let tally = Arc::new(Tally::default());
        for (agent, lane) in (1..).zip(lanes) {
            let session = session(node.port, agent).await?;
            let agent = Agent { number: agent, port: node.port, cookies: lane.into_cookies() };
            tokio::spawn(agent.work(session, tally.clone()));
        }
        for agent in AGENTS + 1..=AGENTS * 2 {
            tokio::spawn(listen(session(node.port, agent).await?, tally.clone()));
        }
        let calls = setting.scaled(PER_SECOND * SECONDS);
        let (before, began) = (node.processor()?, Instant::now());
        let ended = called::Callers::start(node.sip, calls, PER_SECOND, LENGTH)?.ended().await?;
        let (spent, took) = (node.processor()?.saturating_sub(before), began.elapsed());
        let count = |of: &AtomicUsize| of.load(Ordering::Relaxed);
        let expected =
            || count(&tally.transferred) * NOTES_TRANSFERRED + count(&tally.together) * NOTES_TOGETHER;
        let last = Instant::now();
        while count(&tally.notes) < expected() && last.elapsed() < SOON {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        // Whatever comes too often should be seen as well.
        tokio::time::sleep(Duration::from_millis(500)).await;
        drop((phones, colleagues, node));
        let told = told(&dir.path().join("data")).await?;
        let of_kind = |kinds: &[(&str, usize)]| -> usize {
            told.iter().filter(|(events, _)| is_of(events, kinds)).map(|(_, times)| times).sum()
        };
        let otherwise: BTreeMap<String, usize> = told
            .iter()
            .filter(|(events, _)| !is_of(events, &TRANSFERRED) && !is_of(events, &TOGETHER_THEN_TWO))
            .map(|(events, times)| (events.join(" "), *times))
            .collect();
        let (asked, completed) = (
            std::mem::take(&mut *tally.asked.lock().await),
            std::mem::take(&mut *tally.completed.lock().await),
        );
        anyhow::Ok(json!({
            "agents": AGENTS * 2,
            "asked_per_second": PER_SECOND,
            "calls_per_second": rate(calls, ended.took.saturating_sub(LENGTH)),
            "calls": calls,
            "successful": ended.successful,
            "failed": ended.failed,
            "retransmissions": ended.retransmissions,
            "transferred": count(&tally.transferred),
            "conferences": count(&tally.together),
            "requests_failed": count(&tally.failed),
            "complaints": *tally.complaints.lock().await,
            "initiate": asked.summary(),
            "complete": completed.summary(),
            "server_cores": cores(spent, took),
            "transfers_journalled_as_expected": of_kind(&TRANSFERRED),
            "conferences_journalled_as_expected": of_kind(&TOGETHER_THEN_TWO),
            "journalled_otherwise": otherwise,
            "notes_expected": expected(),
            "notes_delivered": count(&tally.notes),
        }))
    });
    runtime.shutdown_background();
    value
}

/// Whether these events are of these kinds, each so often.
fn is_of(events: &[&str], kinds: &[(&str, usize)]) -> bool {
    let count = |kind: &str| events.iter().filter(|event| **event == kind).count();
    let all = kinds.iter().map(|(_, times)| times).sum::<usize>();
    events.len() == all && kinds.iter().all(|(kind, times)| count(kind) == *times)
}

async fn session(port: u16, agent: usize) -> anyhow::Result<NotificationSession> {
    let lane = Lane::open(port, &crate::centre::name(agent), crate::centre::PASSWORD).await?;
    let mut session = NotificationSession::open(lane).await?;
    // What the login itself caused does not count.
    while session.drain().await? > 0 {}
    Ok(session)
}

/// A colleague, who has only to listen: their phone answers.
async fn listen(mut session: NotificationSession, tally: Arc<Tally>) {
    while let Ok(came) = session.poll().await {
        tally.notes.fetch_add(came, Ordering::Relaxed);
    }
}

/// An agent: as soon as a customer talks with them they ask their colleague, and as soon as that one has answered they hand
/// the call over, or take the colleague in and leave after a while.
struct Agent {
    number: usize,
    port: u16,
    cookies: Cookies,
}

impl Agent {
    async fn work(self, mut session: NotificationSession, tally: Arc<Tally>) {
        let mut customer = String::new();
        let mut count = self.number;
        while let Ok(heard) = session.heard().await {
            for data in heard {
                tally.notes.fetch_add(1, Ordering::Relaxed);
                let text = |name: &str| data["call"][name].as_str().unwrap_or_default().to_owned();
                let is_up =
                    data["notificationType"] == "StatusChange" && data["call"]["state"] == "Established";
                let asks = text("callType") != "Consult";
                // Of the customer's call that is told once more when the two come together.
                if !is_up || (asks && customer == text("id")) {
                    continue;
                }
                if asks {
                    customer = text("id");
                    count += 1;
                }
                if let Err(why) = self.act(&customer, asks, count.is_multiple_of(2), &tally).await {
                    tally.failed.fetch_add(1, Ordering::Relaxed);
                    let why = why.to_string();
                    let why = why.split_once(": ").map_or(why.clone(), |(_, why)| why.to_owned());
                    *tally.complaints.lock().await.entry(why).or_default() += 1;
                }
            }
        }
    }

    /// Asks the colleague, or completes what asking was for.
    async fn act(&self, call: &str, asks: bool, hands_over: bool, tally: &Tally) -> anyhow::Result<()> {
        // The server closes connections that are quiet for long.
        let mut lane = Lane::open(self.port, "", "").await?;
        lane.speak_for(&self.cookies);
        let path = format!("/api/v2/me/calls/{call}");
        let began = Instant::now();
        if asks {
            let operation = if hands_over { "InitiateTransfer" } else { "InitiateConference" };
            lane.command(&path, &called::asks(operation, self.number + AGENTS)).await?;
            tally.asked.lock().await.add(began.elapsed());
            return Ok(());
        }
        let operation = if hands_over { "CompleteTransfer" } else { "CompleteConference" };
        lane.command(&path, &format!(r#"{{"operationName":"{operation}"}}"#)).await?;
        tally.completed.lock().await.add(began.elapsed());
        if hands_over {
            tally.transferred.fetch_add(1, Ordering::Relaxed);
            return Ok(());
        }
        tally.together.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(TOGETHER).await;
        lane.command(&path, r#"{"operationName":"Hangup"}"#).await.context("leaving a conference")
    }
}

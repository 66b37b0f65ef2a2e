//! Short calls through a queue to five hundred agents: signalling, routing, journal and notifications together.

use super::{journalled::told, setup::runtime};
use crate::{
    called,
    lane::Lane,
    notification_session::NotificationSession,
    setting::Setting,
    stats::{cores, rate},
};
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

const AGENTS: usize = 500;
const PER_SECOND: usize = 320;
const SECONDS: usize = 30;
const LENGTH: Duration = Duration::from_secs(1);
/// What an agent is told of a call: it rings, they talk, it is over.
const NOTES: usize = 3;
/// What the journal tells of a call that an agent takes at once and whose caller hangs up.
const EVENTS: [&str; 11] = [
    "call.began",
    "call.joined",
    "call.queued",
    "call.established",
    "call.joined",
    "agent.slot-taken",
    "call.established",
    "call.released",
    "call.released",
    "agent.slot-freed",
    "call.ended",
];

pub fn measure(setting: &Setting) -> anyhow::Result<Value> {
    let runtime = runtime()?;
    let value = runtime.block_on(async {
        let (node, dir) = called::node(setting, AGENTS)?;
        let (_line, phones) = called::phones(node.sip, AGENTS, &Incoming::default()).await?;
        let mut lanes = called::ready_agents(node.port, AGENTS).await?;
        let delivered = Arc::new(AtomicUsize::new(0));
        for (agent, _) in (1..).zip(&lanes) {
            let lane = Lane::open(node.port, &crate::centre::name(agent), crate::centre::PASSWORD).await?;
            let mut session = NotificationSession::open(lane).await?;
            // What the login itself caused does not count.
            while session.drain().await? > 0 {}
            let delivered = delivered.clone();
            tokio::spawn(async move {
                while let Ok(came) = session.poll().await {
                    delivered.fetch_add(came, Ordering::Relaxed);
                }
            });
        }
        let calls = setting.scaled(PER_SECOND * SECONDS);
        let (before, began) = (node.processor()?, Instant::now());
        let ended = called::Callers::start(node.sip, calls, PER_SECOND, LENGTH)?.ended().await?;
        let (spent, took) = (node.processor()?.saturating_sub(before), began.elapsed());
        let last = Instant::now();
        while delivered.load(Ordering::Relaxed) < calls * NOTES && last.elapsed() < Duration::from_secs(10) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        // Whatever comes too often should be seen as well.
        tokio::time::sleep(Duration::from_millis(500)).await;
        lanes.clear();
        drop((phones, node));
        let told = told(&dir.path().join("data")).await?;
        let as_they_should = told.get(EVENTS.as_slice()).copied().unwrap_or(0);
        let otherwise: BTreeMap<String, usize> = told
            .iter()
            .filter(|(events, _)| **events != EVENTS)
            .map(|(events, times)| (events.join(" "), *times))
            .collect();
        anyhow::Ok(json!({
            "agents": AGENTS,
            "asked_per_second": PER_SECOND,
            // The last call begins so long before the run ends.
            "calls_per_second": rate(calls, ended.took.saturating_sub(LENGTH)),
            "calls": calls,
            "successful": ended.successful,
            "failed": ended.failed,
            "retransmissions": ended.retransmissions,
            "server_cores": cores(spent, took),
            "events_expected": calls * EVENTS.len(),
            "events": told.iter().map(|(events, times)| events.len() * times).sum::<usize>(),
            "calls_journalled_as_expected": as_they_should,
            "journalled_otherwise": otherwise,
            "notes_expected": calls * NOTES,
            "notes_delivered": delivered.load(Ordering::Relaxed),
        }))
    });
    runtime.shutdown_background();
    value
}

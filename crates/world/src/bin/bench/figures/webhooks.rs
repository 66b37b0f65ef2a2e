//! Webhooks of an SMS provider: from one to the notification on a WebSocket, and a thousand a second for a while.

use super::setup::runtime;
use crate::{
    carried::{self, NUMBER, Phones, Provider, SERVICE},
    figures::idle::{Socket, megabytes},
    setting::Setting,
    stats::{Durations, rate},
};
use anyhow::Context;
use desk::ports::Store;
use domain::{Key, State, message::Content};
use serde_json::{Value, json};
use std::{
    collections::{HashMap, hash_map::Entry},
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use store_sqlite::SqliteStore;

const PER_SECOND: u32 = 200;
const SECONDS: u32 = 10;
const CUSTOMERS: usize = 200;
const LANES: usize = 16;

/// From webhook to WebSocket at 200 a second.
pub fn latency(setting: &Setting) -> anyhow::Result<Value> {
    runtime()?.block_on(async {
        let provider = Provider::start().await?;
        let (node, _dir) = carried::node(setting, &provider, 1)?;
        let mut agent = carried::ready_agent(node.port, 1).await?;
        begin(node.port, CUSTOMERS).await?;
        take(&mut agent, CUSTOMERS).await?;
        let mut socket = Socket::open(node.port, 1).await?;
        let asked: WebhookTimes = WebhookTimes::default();
        let start = Instant::now() + Duration::from_millis(300);
        let total = PER_SECOND * SECONDS;
        for lane in 0..LANES {
            let (asked, port) = (asked.clone(), node.port);
            tokio::spawn(async move {
                let mut phones = Phones::open(port).await?;
                for number in (lane..total as usize).step_by(LANES) {
                    let due = start + Duration::from_secs(1) * u32::try_from(number)? / PER_SECOND;
                    tokio::time::sleep_until(due.into()).await;
                    asked.lock().unwrap_or_else(PoisonError::into_inner).insert(number, Instant::now());
                    phones
                        .say(number % CUSTOMERS, &format!("SMn{number}"), &format!("bench-n{number}."))
                        .await?;
                }
                anyhow::Ok(())
            });
        }
        let mut latencies = Durations::default();
        while latencies.count() < total as usize {
            let text = socket.next(Duration::from_secs(10)).await?;
            let heard = Instant::now();
            for part in text.split("bench-n").skip(1) {
                let number: String = part.chars().take_while(char::is_ascii_digit).collect();
                let at = asked.lock().unwrap_or_else(PoisonError::into_inner).remove(&number.parse()?);
                if let Some(at) = at {
                    latencies.add(heard - at);
                }
            }
        }
        Ok(json!({"per_second": PER_SECOND, "latency": latencies.summary()}))
    })
}

type WebhookTimes = Arc<Mutex<HashMap<usize, Instant>>>;

/// Opens so many conversations.
pub(super) async fn begin(port: u16, customers: usize) -> anyhow::Result<()> {
    let lanes = (0..LANES).map(|lane| async move {
        let mut phones = Phones::open(port).await?;
        for customer in (lane..customers).step_by(LANES) {
            phones.say(customer, &format!("SMfirst{customer}"), "Hello").await?;
        }
        anyhow::Ok(())
    });
    futures::future::try_join_all(lanes).await.map(drop)
}

/// Accepts offers until the agent has so many conversations; answers their addresses by the customer's.
pub(super) async fn take(
    agent: &mut crate::lane::Lane,
    wanted: usize,
) -> anyhow::Result<HashMap<String, String>> {
    let start = Instant::now();
    let mut accepted = HashMap::new();
    while accepted.len() < wanted {
        anyhow::ensure!(start.elapsed() < Duration::from_secs(120), "only {} were offered", accepted.len());
        for (address, path) in carried::held(agent).await? {
            if let Entry::Vacant(place) = accepted.entry(address) {
                agent.command(&path, r#"{"operationName":"Accept","nickname":"Tom"}"#).await?;
                place.insert(path);
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(accepted)
}

const FLOOD_PER_SECOND: usize = 1_000;
const FLOOD_SECONDS: usize = 60;
const FLOOD_LANES: usize = 32;
/// A multiple of the lanes, so that all of a customer's messages come over one of them.
const FLOOD_CUSTOMERS: usize = 62 * FLOOD_LANES;
/// Of a hundred webhooks so many come again, at the same time over another connection.
const DOUBLED: usize = 20;
/// Of a hundred so many are held up until the same customer's next message has come.
const LATE: usize = 5;

/// A thousand different webhooks a second, some twice and some late, and what is found of them afterwards.
pub fn sustained(setting: &Setting) -> anyhow::Result<Value> {
    runtime()?.block_on(async {
        let provider = Provider::start().await?;
        let (node, dir) = carried::node(setting, &provider, 1)?;
        let total = setting.scaled(FLOOD_PER_SECOND * FLOOD_SECONDS);
        let (start, again) = (Instant::now() + Duration::from_millis(300), Arc::new(AtomicU64::new(0)));
        let lanes = (0..FLOOD_LANES).map(|lane| {
            let (again, port) = (again.clone(), node.port);
            tokio::spawn(async move { flood(port, lane, total, start, &again).await })
        });
        let lanes: Vec<_> = lanes.collect();
        let mut memory = Vec::new();
        while !lanes.iter().all(tokio::task::JoinHandle::is_finished) {
            tokio::time::sleep(Duration::from_secs(1)).await;
            memory.push(node.memory()?);
        }
        let mut latencies = Durations::default();
        for lane in lanes {
            latencies.extend(lane.await??);
        }
        let took = start.elapsed();
        let settled = memory.get(memory.len() / 4).copied().unwrap_or_default();
        let last = memory.last().copied().unwrap_or_default();
        drop(node);
        let (found, doubled) = count(&dir.path().join("data")).await?;
        Ok(json!({
            "asked_per_second": FLOOD_PER_SECOND,
            "webhooks_per_second": rate(latencies.count(), took),
            "different": total,
            "doubled_on_the_way": again.load(Ordering::Relaxed),
            "answered": latencies.summary(),
            "lost": total.saturating_sub(found),
            "doubled": doubled,
            "memory_after_a_quarter_mb": megabytes(settled),
            "memory_at_the_end_mb": megabytes(last),
        }))
    })
}

/// One lane's share. What is late comes behind the next of the same customer.
async fn flood(
    port: u16,
    lane: usize,
    total: usize,
    start: Instant,
    again: &AtomicU64,
) -> anyhow::Result<Durations> {
    let (mut first, mut second) = (Phones::open(port).await?, Phones::open(port).await?);
    let mut latencies = Durations::default();
    for number in (lane..total).step_by(FLOOD_LANES) {
        let due = start + Duration::from_secs(1) * u32::try_from(number)? / u32::try_from(FLOOD_PER_SECOND)?;
        tokio::time::sleep_until(due.into()).await;
        if is_late(number, total) {
            continue;
        }
        let sent = Instant::now();
        if number / FLOOD_LANES % 100 >= 100 - DOUBLED {
            let (one, other) = futures::join!(say(&mut first, number), say(&mut second, number));
            one.and(other)?;
            again.fetch_add(1, Ordering::Relaxed);
        } else {
            say(&mut first, number).await?;
        }
        latencies.add(sent.elapsed());
        if let Some(late) = number.checked_sub(FLOOD_CUSTOMERS).filter(|late| is_late(*late, total)) {
            let sent = Instant::now();
            say(&mut first, late).await?;
            latencies.add(sent.elapsed());
        }
    }
    Ok(latencies)
}

/// Whether a message is held up: never two of one customer in a row, and none without a next.
fn is_late(number: usize, total: usize) -> bool {
    let chosen = |number: usize| number / FLOOD_LANES % 100 < LATE;
    chosen(number) && number + FLOOD_CUSTOMERS < total && !chosen(number + FLOOD_CUSTOMERS)
}

async fn say(phones: &mut Phones, number: usize) -> anyhow::Result<()> {
    phones.say(number % FLOOD_CUSTOMERS, &format!("SMn{number}"), &format!("bench-n{number}.")).await
}

/// How many different messages the journal holds, and how many twice.
async fn count(data: &Path) -> anyhow::Result<(usize, usize)> {
    let store = SqliteStore::open(data, store_sqlite::Options::default())?;
    let mut seen: HashMap<String, usize> = HashMap::new();
    for customer in 0..FLOOD_CUSTOMERS {
        let thread = desk::address(SERVICE, NUMBER, &Phones::number(customer)).thread;
        let state = store.state(&Key::Thread(thread)).await?;
        let Some(State::Thread(thread)) = state.as_deref() else { continue };
        let session = thread.latest.as_ref().context("a thread without a conversation")?;
        for message in store.messages(session, 1, u32::MAX, usize::MAX).await?.entries {
            if let Content::Text { text, .. } = message.content {
                *seen.entry(text).or_default() += 1;
            }
        }
    }
    let doubled = seen.values().filter(|times| **times > 1).count();
    Ok((seen.len(), doubled))
}

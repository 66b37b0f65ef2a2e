//! Ten thousand open conversations of a provider's customers, and messages both ways across them.

use super::{
    setup::runtime,
    webhooks::{begin, take},
};
use crate::{
    carried::{self, EACH, Phones, Provider},
    figures::idle::{Socket, megabytes},
    setting::Setting,
    stats::Durations,
};
use serde_json::{Map, Value, json};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

const CONVERSATIONS: usize = 10_000;
/// Messages a second in each direction: what is asked for, and more.
const RATES: [(u32, u32); 3] = [(1, 30), (100, 15), (500, 15)];
const LANES: u32 = 16;

type RequestTimes = Arc<Mutex<HashMap<String, Instant>>>;

pub fn measure(setting: &Setting) -> anyhow::Result<Value> {
    let runtime = runtime()?;
    let value = runtime.block_on(async {
        let provider = Provider::start().await?;
        let wanted = setting.scaled(CONVERSATIONS);
        let agents = wanted.div_ceil(EACH);
        let (node, _dir) = carried::node(setting, &provider, agents)?;
        begin(node.port, wanted).await?;
        // One after the other, so that each has as many as they may.
        let mut paths = HashMap::new();
        let asked: RequestTimes = RequestTimes::default();
        let latencies: Arc<Mutex<Durations>> = Arc::default();
        for agent in 1..=agents {
            let mut lane = carried::ready_agent(node.port, agent).await?;
            let share = EACH.min(wanted - paths.len());
            let taken = take(&mut lane, share).await?;
            paths.extend(taken.into_iter().map(|(address, path)| (address, (agent, path))));
            let socket = Socket::open(node.port, agent).await?;
            tokio::spawn(listen(socket, asked.clone(), latencies.clone()));
        }
        tokio::time::sleep(Duration::from_secs(5)).await;
        let (quiet, paths) = (node.memory()?, Arc::new(paths));
        let mut figures = Map::new();
        for (per_second, seconds) in RATES {
            std::mem::take(&mut *latencies.lock().unwrap_or_else(PoisonError::into_inner));
            let outward =
                both_ways(node.port, &provider, &paths, &asked, wanted, (per_second, seconds)).await?;
            let inward = std::mem::take(&mut *latencies.lock().unwrap_or_else(PoisonError::into_inner));
            figures.insert(
                format!("{per_second}_a_second_each_way"),
                json!({"webhook_to_websocket": inward.summary(), "request_to_provider": outward.summary()}),
            );
        }
        anyhow::Ok(json!({
            "conversations": wanted,
            "agents": agents,
            "memory_mb": megabytes(quiet),
            "memory_after_the_load_mb": megabytes(node.memory()?),
            "rates": figures,
        }))
    });
    runtime.shutdown_background();
    value
}

/// Notes how long each message of a customer's took to its agent.
async fn listen(mut socket: Socket, asked: RequestTimes, latencies: Arc<Mutex<Durations>>) {
    while let Ok(text) = socket.next(Duration::from_secs(600)).await {
        let heard = Instant::now();
        for part in text.split("bench-in-").skip(1) {
            let word: String = part.chars().take_while(char::is_ascii_alphanumeric).collect();
            let at = asked.lock().unwrap_or_else(PoisonError::into_inner).remove(&word);
            if let Some(at) = at {
                latencies.lock().unwrap_or_else(PoisonError::into_inner).add(heard - at);
            }
        }
    }
}

type Paths = HashMap<String, (usize, String)>;

/// Messages both ways at a rate; answers how long those of agents took to the provider.
async fn both_ways(
    port: u16,
    provider: &Provider,
    paths: &Arc<Paths>,
    asked: &RequestTimes,
    conversations: usize,
    (per_second, seconds): (u32, u32),
) -> anyhow::Result<Durations> {
    let start = Instant::now() + Duration::from_millis(300);
    let total = per_second * seconds;
    let lanes = (0..LANES.min(per_second)).map(|lane| {
        let (paths, asked, lanes) = (paths.clone(), asked.clone(), LANES.min(per_second));
        tokio::spawn(async move {
            let mut phones = Phones::open(port).await?;
            let mut agents: HashMap<usize, crate::lane::Lane> = HashMap::new();
            let mut sent = Vec::new();
            for number in (lane..total).step_by(lanes as usize) {
                let due = start + Duration::from_secs(1) * number / per_second;
                tokio::time::sleep_until(due.into()).await;
                // Spread over all of them, by a step that meets each once.
                let customer = number as usize * 7_919 % conversations;
                let word = format!("r{per_second}n{number}");
                asked.lock().unwrap_or_else(PoisonError::into_inner).insert(word.clone(), Instant::now());
                phones.say(customer, &format!("SM{word}"), &format!("bench-in-{word}.")).await?;
                let Some((agent, path)) = paths.get(&Phones::number(customer)) else { continue };
                if !agents.contains_key(agent) {
                    agents.insert(*agent, carried::agent(port, *agent).await?);
                }
                let Some(lane) = agents.get_mut(agent) else { continue };
                let text = format!("bench-out-{word}");
                sent.push((text.clone(), Instant::now()));
                lane.command(path, &format!(r#"{{"operationName":"SendMessage","text":"{text}"}}"#)).await?;
            }
            anyhow::Ok(sent)
        })
    });
    let mut sent = Vec::new();
    for lane in lanes.collect::<Vec<_>>() {
        sent.extend(lane.await??);
    }
    let mut latencies = Durations::default();
    for (text, at) in sent {
        let patience = Instant::now() + Duration::from_secs(20);
        let came = loop {
            match provider.came(&text) {
                Some(came) => break came,
                None if Instant::now() > patience => anyhow::bail!("the provider never had '{text}'"),
                None => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        };
        latencies.add(came.saturating_duration_since(at));
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    Ok(latencies)
}

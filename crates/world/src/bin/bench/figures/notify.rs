//! From a request to its notification on an open WebSocket, at 500 operations a second.

use super::setup::{accepted, customer, node, ready_agent, runtime};
use crate::{centre, figures::idle::Socket, lane::Lane, setting::Setting, stats::Durations};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

const PER_SECOND: u32 = 500;
const SECONDS: u32 = 10;
const LANES: u32 = 8;

type SentTimes = Arc<Mutex<HashMap<u32, Instant>>>;

pub fn measure(setting: &Setting) -> anyhow::Result<Value> {
    runtime()?.block_on(async {
        let (node, _dir) = node(setting, 1)?;
        let mut agent = ready_agent(node.port, 1).await?;
        customer(node.port).await?;
        let path = accepted(&mut agent, 1).await?.remove(0);
        let mut socket = Socket::open(node.port, 1).await?;
        let asked: SentTimes = SentTimes::default();
        let start = Instant::now() + Duration::from_millis(200);
        for lane in 0..LANES {
            let (asked, path, port) = (asked.clone(), path.clone(), node.port);
            tokio::spawn(async move { load(port, lane, start, &path, &asked).await });
        }
        let mut latencies = Durations::default();
        let total = PER_SECOND * SECONDS;
        while latencies.count() < total as usize {
            let text = socket.next(Duration::from_secs(5)).await?;
            let heard = Instant::now();
            for part in text.split(r#""bench":"n"#).skip(1) {
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

/// One lane's share of the operations, each at its own moment.
async fn load(port: u16, lane: u32, start: Instant, path: &str, asked: &SentTimes) -> anyhow::Result<()> {
    let mut connection = Lane::open(port, &centre::name(1), centre::PASSWORD).await?;
    for number in (lane..PER_SECOND * SECONDS).step_by(LANES as usize) {
        let due = start + Duration::from_secs(1) * number / PER_SECOND;
        tokio::time::sleep_until(due.into()).await;
        let body = format!(r#"{{"operationName":"UpdateUserData","userData":{{"bench":"n{number}"}}}}"#);
        asked.lock().unwrap_or_else(PoisonError::into_inner).insert(number, Instant::now());
        connection.command(path, &body).await?;
    }
    Ok(())
}

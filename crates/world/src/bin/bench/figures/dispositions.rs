//! Durable `SetDisposition` over 64 keep-alive connections on three conversations of one agent, and the same
//! commands on the bare store in the same run.

use super::setup::{accepted, customer, directory, node, ready_agent, runtime};
use crate::{
    centre, in_process,
    lane::Lane,
    setting::Setting,
    stats::{Durations, rate},
};
use domain::{
    Command, InteractionId,
    command::{AgentAct, SessionAct},
};
use serde_json::{Value, json};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

const CONNECTIONS: usize = 64;
const CONVERSATIONS: usize = 3;
const WARM_UP: Duration = Duration::from_secs(1);
const SPAN: Duration = Duration::from_secs(10);

pub fn measure(setting: &Setting) -> anyhow::Result<Value> {
    let runtime = runtime()?;
    let (count, took, latencies) = runtime.block_on(over_http(setting))?;
    let (bare_count, bare_took) = runtime.block_on(bare())?;
    let (over_http, bare) = (rate(count, took), rate(bare_count, bare_took));
    #[expect(clippy::cast_precision_loss, reason = "a ratio of two rates")]
    let ratio = (over_http as f64 / bare.max(1) as f64 * 100.0).round() / 100.0;
    Ok(json!({
        "per_second": over_http,
        "latency": latencies.summary(),
        "bare_store_per_second": bare,
        "ratio_to_bare_store": ratio,
    }))
}

async fn over_http(setting: &Setting) -> anyhow::Result<(usize, Duration, Durations)> {
    let (node, _dir) = node(setting, 1)?;
    let mut agent = ready_agent(node.port, 1).await?;
    for _ in 0..CONVERSATIONS {
        customer(node.port).await?;
    }
    let paths = Arc::new(accepted(&mut agent, CONVERSATIONS).await?);
    let start = Instant::now();
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|lane| {
            let paths = paths.clone();
            let port = node.port;
            tokio::spawn(async move {
                let mut connection = Lane::open(port, &centre::name(1), centre::PASSWORD).await?;
                let mut latencies = Durations::default();
                let mut at = lane;
                while start.elapsed() < WARM_UP + SPAN {
                    at += 1;
                    let body = format!(r#"{{"operationName":"SetDisposition","disposition":"D{at}"}}"#);
                    let asked = Instant::now();
                    connection.command(&paths[at % paths.len()], &body).await?;
                    if start.elapsed() > WARM_UP {
                        latencies.add(asked.elapsed());
                    }
                }
                anyhow::Ok(latencies)
            })
        })
        .collect();
    let mut all = Durations::default();
    for task in tasks {
        all.extend(task.await??);
    }
    Ok((all.count(), SPAN, all))
}

async fn bare() -> anyhow::Result<(usize, Duration)> {
    let dir = directory()?;
    let desk = in_process::desk(&dir.path().join("data"), 1).await?;
    let channels = vec![super::setup::medium()?.as_str().into()];
    let agent = centre::id(1);
    let log_in = AgentAct::LogIn { channels, place: None };
    desk.perform(Command::Agent { agent: agent.clone(), act: log_in }).await?;
    let ready = AgentAct::SetState { channel: None, operation: "Ready".into(), wrap_up: None };
    desk.perform(Command::Agent { agent: agent.clone(), act: ready }).await?;
    let mut sessions: Vec<InteractionId> = Vec::new();
    for _ in 0..CONVERSATIONS {
        sessions.push(in_process::talk(&desk, 1).await?);
    }
    let sessions = Arc::new(sessions);
    let start = Instant::now();
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|lane| {
            let (desk, sessions, agent) = (desk.clone(), sessions.clone(), agent.clone());
            tokio::spawn(async move {
                let (mut done, mut at) = (0, lane);
                while start.elapsed() < SPAN / 2 {
                    at += 1;
                    let act = SessionAct::SetDisposition { value: format!("D{at}"), key: None };
                    let session = sessions[at % sessions.len()].clone();
                    desk.perform(Command::Session { session, agent: agent.clone(), act }).await?;
                    done += 1;
                }
                anyhow::Ok(done)
            })
        })
        .collect();
    let mut count = 0;
    for task in tasks {
        count += task.await??;
    }
    Ok((count, start.elapsed()))
}

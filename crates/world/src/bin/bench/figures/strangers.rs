//! What strangers cost: memory after a morning of logins and under stalled requests, and what an agent notices.

use super::{
    idle::megabytes,
    setup::{accepted, customer, directory, ready_agent, runtime},
};
use crate::{centre, lane::Lane, node::Node, setting::Setting, stats::Durations};
use anyhow::Context;
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpSocket,
};

const AGENTS: usize = 500;
/// Agents who log in at the same time.
const AT_ONCE: usize = 16;
const STRANGERS: usize = 1_000;
/// Addresses that they come from.
const ADDRESSES: usize = 100;
/// What each of them sends of a body that never ends: less than a customer may, so that it is not refused for its size.
const SENT: usize = 200_000;
/// How long an agent works, quiet and beside the strangers.
const SPAN: Duration = Duration::from_secs(20);
/// After how long a stranger who was cut off comes back.
const BACK: Duration = Duration::from_secs(5);
/// Between two commands of the agent.
const PAUSE: Duration = Duration::from_millis(10);

pub fn measure(setting: &Setting) -> anyhow::Result<Value> {
    let runtime = runtime()?;
    let value = runtime.block_on(async {
        let dir = directory()?;
        let config = dir.path().join("bench.toml");
        let agents = setting.scaled(AGENTS);
        std::fs::write(
            &config,
            centre::settings_hashed(agents, &centre::strong_hash()?, |_| String::new())?,
        )?;
        let node = Node::start(setting, &dir.path().join("data"), Some(&config))?;
        let started = node.memory()?;

        let mut lanes =
            stream::iter(1..=agents).map(|agent| ready_agent(node.port, agent)).buffer_unordered(AT_ONCE);
        let mut logged_in = Vec::new();
        while let Some(lane) = lanes.next().await {
            logged_in.push(lane?);
        }
        drop(lanes);
        let after_logins = node.memory()?;

        drop(logged_in);
        let mut agent = ready_agent(node.port, 1).await?;
        let path = talking(&mut agent, node.port, agents).await?;
        let quiet = commands(&mut agent, &path).await?;
        let crowd = Arc::new(Crowd::default());
        let strangers: Vec<_> = (0..setting.scaled(STRANGERS))
            .map(|number| tokio::spawn(crowd.clone().stall(node.port, number)))
            .collect();
        let (beside, most) = tokio::join!(commands(&mut agent, &path), most_memory(&node));
        crowd.over.store(true, Ordering::Relaxed);
        for stranger in &strangers {
            stranger.abort();
        }
        anyhow::Ok(json!({
            "agents": agents,
            "started_mb": megabytes(started),
            "after_logins_mb": megabytes(after_logins),
            "strangers": strangers.len(),
            "cut_and_back": crowd.cut.load(Ordering::Relaxed),
            "most_beside_strangers_mb": megabytes(most?),
            "quiet": quiet.summary(),
            "beside_strangers": beside?.summary(),
        }))
    });
    runtime.shutdown_background();
    value
}

/// A conversation of the agent's. Others who are ready may be offered a customer as well, so some come.
async fn talking(agent: &mut Lane, port: u16, agents: usize) -> anyhow::Result<String> {
    for other in 2..=agents {
        let mut lane = Lane::open(port, &centre::name(other), centre::PASSWORD).await?;
        lane.command("/api/v2/me", r#"{"operationName":"NotReady"}"#).await?;
    }
    customer(port).await?;
    accepted(agent, 1).await?.pop().context("no conversation")
}

/// How long the agent's commands take, one after the other with pauses.
async fn commands(agent: &mut Lane, path: &str) -> anyhow::Result<Durations> {
    let start = Instant::now();
    let mut all = Durations::default();
    while start.elapsed() < SPAN {
        let body = format!(r#"{{"operationName":"SetDisposition","disposition":"D{}"}}"#, all.count());
        let asked = Instant::now();
        agent.command(path, &body).await?;
        all.add(asked.elapsed());
        tokio::time::sleep(PAUSE).await;
    }
    Ok(all)
}

/// The most memory that the server held meanwhile.
async fn most_memory(node: &Node) -> anyhow::Result<u64> {
    let start = Instant::now();
    let mut most = 0;
    while start.elapsed() < SPAN {
        most = most.max(node.memory()?);
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    Ok(most)
}

/// Strangers, each with a request whose body never ends; whoever is cut off comes back.
#[derive(Default)]
struct Crowd {
    over: AtomicBool,
    cut: AtomicUsize,
}

impl Crowd {
    async fn stall(self: Arc<Self>, port: u16, number: usize) {
        let address = Ipv4Addr::new(127, 0, 1, u8::try_from(number % ADDRESSES).unwrap_or(0) + 1);
        while !self.over.load(Ordering::Relaxed) {
            // However it ended: no answer is wanted.
            stalled(address, port).await.ok();
            self.cut.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(BACK).await;
        }
    }
}

/// One request, until the server ends it.
async fn stalled(from: Ipv4Addr, port: u16) -> anyhow::Result<()> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((from, 0).into())?;
    let mut stream = socket.connect((Ipv4Addr::LOCALHOST, port).into()).await?;
    let head = format!(
        "POST /genesys/2/chat/{} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\nnickname=",
        centre::SERVICE,
        SENT + 1_000
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&vec![b'x'; SENT]).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(())
}

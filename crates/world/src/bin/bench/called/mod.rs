//! A centre whose agents have phones, and the callers who reach them through a queue.

mod queue;
mod sipp;
mod tap;

pub use queue::QUEUE;
pub use sipp::Callers;
pub use tap::Tap;

use crate::{centre, figures, lane::Lane, node::Node, setting::Setting};
use anyhow::Context;
use futures::{StreamExt, stream};
use phone::{Account, Incoming, Phone, PhoneLine};
use std::{
    fmt::Write as _,
    net::{Ipv4Addr, SocketAddr},
    ops::RangeInclusive,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// The number of the first agent's phone, less one.
const FIRST: usize = 100_000;
/// How long registrations hold: for longer than anything is measured.
const EXPIRES: Duration = Duration::from_secs(3_600);
/// How many log in or register at the same time.
const AT_ONCE: usize = 16;
/// How long a phone that has registered may take to be known.
const SOON: Duration = Duration::from_secs(10);

/// The number of an agent's phone.
pub fn number(agent: usize) -> String {
    (FIRST + agent).to_string()
}

/// A server with so many agents, each with a phone that may register, in one queue for calls.
pub fn node(setting: &Setting, agents: usize) -> anyhow::Result<(Node, TempDir)> {
    let dir = figures::directory()?;
    let mut text = "[sip]\npeers = [\"127.0.0.1\"]\n\n".to_owned();
    for agent in 1..=agents {
        writeln!(text, "[[sip.phones]]\ndn = \"{}\"\npassword = \"{}\"\n", number(agent), centre::PASSWORD)?;
    }
    writeln!(text, "[[queues]]\nname = \"Calls\"\nrouting_point = \"{QUEUE}\"\noffer_seconds = 30\n")?;
    text += &centre::settings_with(agents, |agent| format!("phone_number = \"{}\"\n", number(agent)))?;
    let config = dir.path().join("bench.toml");
    std::fs::write(&config, text)?;
    let node = Node::start(setting, &dir.path().join("data"), Some(&config))?;
    Ok((node, dir))
}

/// Registers the phones of the first so many agents with what speaks SIP at an address, all over one socket.
pub async fn phones(
    sip: SocketAddr,
    agents: usize,
    incoming: &Incoming,
) -> anyhow::Result<(PhoneLine, Vec<Phone>)> {
    let line = PhoneLine::open((Ipv4Addr::LOCALHOST, 0).into(), sip).await?;
    let registered = stream::iter(1..=agents).map(|agent| {
        let phone = line.phone(Account::new(number(agent)).password(centre::PASSWORD));
        phone.on_incoming(incoming.clone());
        async move {
            phone.register(EXPIRES).await.context("a phone cannot register")?;
            anyhow::Ok(phone)
        }
    });
    let mut registered = registered.buffered(AT_ONCE);
    let mut phones = Vec::new();
    while let Some(phone) = registered.next().await {
        phones.push(phone?);
    }
    drop(registered);
    Ok((line, phones))
}

/// Makes the first so many agents ready for calls; answers their connections.
pub async fn ready_agents(port: u16, agents: usize) -> anyhow::Result<Vec<Lane>> {
    agents_at_work(port, 1..=agents, "Ready").await
}

/// Logs agents in who take no calls of a queue, only those of their colleagues; answers their connections.
pub async fn colleagues(port: u16, agents: RangeInclusive<usize>) -> anyhow::Result<Vec<Lane>> {
    agents_at_work(port, agents, "NotReady").await
}

async fn agents_at_work(port: u16, agents: RangeInclusive<usize>, state: &str) -> anyhow::Result<Vec<Lane>> {
    let state = format!(r#"{{"operationName":"{state}"}}"#);
    let state = state.as_str();
    let ready = stream::iter(agents).map(|agent| async move {
        let mut lane = Lane::open(port, &centre::name(agent), centre::PASSWORD).await?;
        let start = r#"{"operationName":"StartContactCenterSession","channels":["voice"]}"#;
        // That the agent's phone has registered is written down a moment after the phone was told.
        let begun = Instant::now();
        while let Err(why) = lane.command("/api/v2/me", start).await {
            if begun.elapsed() > SOON {
                return Err(why);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        lane.command("/api/v2/me", state).await?;
        anyhow::Ok(lane)
    });
    let mut ready = ready.buffered(AT_ONCE);
    let mut lanes = Vec::new();
    while let Some(lane) = ready.next().await {
        lanes.push(lane?);
    }
    Ok(lanes)
}

/// The addresses of the calls that an agent has in a state, with their types.
pub async fn calls_in(lane: &mut Lane, state: &str) -> anyhow::Result<Vec<(String, String)>> {
    let answer = lane.get("/api/v2/me/calls?fields=*").await?;
    let answer: serde_json::Value = serde_json::from_slice(answer.body)?;
    let calls = answer["calls"].as_array().context("no list")?.iter();
    let text = |call: &serde_json::Value, name: &str| call[name].as_str().unwrap_or_default().to_owned();
    let calls = calls.filter(|call| call["state"] == state);
    Ok(calls.map(|call| (format!("/api/v2/me/calls/{}", text(call, "id")), text(call, "callType"))).collect())
}

/// The same, once there is one.
pub async fn call_in(lane: &mut Lane, state: &str, call_type: &str) -> anyhow::Result<String> {
    let begun = Instant::now();
    while begun.elapsed() < SOON {
        let calls = calls_in(lane, state).await?;
        if let Some((path, _)) = calls.into_iter().find(|(_, found)| found == call_type) {
            return Ok(path);
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    anyhow::bail!("an agent has no call {call_type} that is {state}")
}

/// The request by which an agent asks a colleague.
pub fn asks(operation: &str, agent: usize) -> String {
    let number = number(agent);
    format!(r#"{{"operationName":"{operation}","destination":{{"phoneNumber":"{number}"}}}}"#)
}

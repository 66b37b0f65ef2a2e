//! Ten thousand open chats, three agents in each tenth one: from a customer's words to every agent who reads them.

use super::setup::{directory, medium, ready_agent, runtime};
use crate::{
    centre,
    figures::idle::{Socket, megabytes},
    lane::Lane,
    node::Node,
    setting::Setting,
    stats::Durations,
};
use anyhow::Context;
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

const CHATS: usize = 10_000;
/// Every how many chats there are three agents.
const OF_SEVERAL: usize = 10;
/// How many chats an agent may have.
const EACH: usize = 100;
const PER_SECOND: u32 = 200;
const SECONDS: u32 = 30;
const LANES: u32 = 16;
/// How many requests are under way at the same time while the chats are opened.
const AT_ONCE: usize = 16;
const FORM: &str = "application/x-www-form-urlencoded";

/// A chat as its customer holds it: the address to speak to, and what goes with every request.
struct Guest {
    path: String,
    keys: String,
}

/// What was said, when, and how often it was heard.
#[derive(Default)]
struct Heard {
    asked: HashMap<String, (Instant, bool)>,
    of_one: Durations,
    of_several: Durations,
}

type Hearing = Arc<Mutex<Heard>>;

pub fn measure(setting: &Setting) -> anyhow::Result<Value> {
    let runtime = runtime()?;
    let value = runtime.block_on(async {
        let chats = setting.scaled(CHATS);
        let of_several = chats.div_ceil(OF_SEVERAL);
        // Those who serve; behind them those who are asked, and then those who are invited.
        let (serve, help) = (chats.div_ceil(EACH), of_several.div_ceil(EACH));
        let dir = directory()?;
        let node = start(setting, dir.path(), serve + 2 * help)?;
        let before = node.memory()?;
        let hearing = Hearing::default();
        let mut lanes = Vec::new();
        for agent in 1..=serve + 2 * help {
            lanes.push(ready_agent(node.port, agent).await?);
            // Who helps is ready once nobody waits any more.
            if agent > serve {
                lanes[agent - 1].command("/api/v2/me", r#"{"operationName":"NotReady"}"#).await?;
            }
            let socket = Socket::open(node.port, agent).await?;
            tokio::spawn(listen(socket, hearing.clone()));
        }
        let guests: Vec<Guest> =
            stream::iter(0..chats).map(|_| comes(node.port)).buffer_unordered(AT_ONCE).try_collect().await?;
        let served = accepted(&mut lanes[..serve], chats).await?;
        for (number, guest) in guests.iter().step_by(OF_SEVERAL).enumerate() {
            let id = guest.path.rsplit('/').next().context("no id")?;
            let agent = *served.get(id).with_context(|| format!("nobody has {id}"))?;
            for (operation, first) in [("Consult", serve), ("Invite", serve + help)] {
                helps(&mut lanes, (agent, first + number / EACH), id, operation).await?;
            }
        }
        tokio::time::sleep(Duration::from_secs(5)).await;
        let open = node.memory()?;
        speak(node.port, Arc::new(guests), &hearing).await?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let heard = std::mem::take(&mut *hearing.lock().unwrap_or_else(PoisonError::into_inner));
        anyhow::Ok(json!({
            "chats": chats,
            "with_three_agents": of_several,
            "agents": lanes.len(),
            "per_second": PER_SECOND,
            "expected": expected(chats),
            "customer_to_every_agent_of_three": heard.of_several.summary(),
            "customer_to_the_only_agent": heard.of_one.summary(),
            "provisioned_mb": megabytes(before),
            "open_mb": megabytes(open),
            "after_the_load_mb": megabytes(node.memory()?),
            "bytes_per_chat": open.saturating_sub(before) / chats as u64,
        }))
    });
    runtime.shutdown_background();
    value
}

/// A server that was started with its journal, in which the settings were applied before.
fn start(setting: &Setting, dir: &Path, agents: usize) -> anyhow::Result<Node> {
    let config = dir.join("bench.toml");
    let capacity = format!("[centre.capacity]\n{} = {EACH}\n\n", medium()?);
    std::fs::write(&config, capacity + &centre::settings(agents)?)?;
    drop(Node::start(setting, &dir.join("data"), Some(&config))?);
    Node::start(setting, &dir.join("data"), None)
}

/// A customer comes.
async fn comes(port: u16) -> anyhow::Result<Guest> {
    let mut lane = Lane::open(port, "", "").await?;
    let service = format!("/genesys/2/chat/{}", centre::SERVICE);
    let answer = lane.post(&service, FORM, "nickname=Ines&subject=Bench").await?;
    let answer: Value = serde_json::from_slice(answer.body)?;
    let text = |name: &str| answer[name].as_str().with_context(|| format!("no {name}: {answer}"));
    let keys =
        format!("userId={}&secureKey={}&alias={}", text("userId")?, text("secureKey")?, text("alias")?);
    Ok(Guest { path: format!("{service}/{}", text("chatId")?), keys })
}

/// Has the agents take all that they are offered; the place of each chat's agent by its id.
async fn accepted(lanes: &mut [Lane], chats: usize) -> anyhow::Result<HashMap<String, usize>> {
    let patience = Instant::now() + Duration::from_secs(600);
    let mut served = HashMap::new();
    while served.len() < chats {
        anyhow::ensure!(Instant::now() < patience, "{} of {chats} chats were offered", served.len());
        for (agent, lane) in lanes.iter_mut().enumerate() {
            let answer = lane.get("/api/v2/me/chats?fields=*").await?;
            let answer: Value = serde_json::from_slice(answer.body)?;
            for chat in answer["chats"].as_array().context("no list")? {
                let id = chat["id"].as_str().context("no id")?;
                if chat["state"] == "Invited" {
                    accept(lane, id).await?;
                    served.insert(id.to_owned(), agent);
                }
            }
        }
    }
    Ok(served)
}

async fn accept(lane: &mut Lane, id: &str) -> anyhow::Result<()> {
    lane.command(&format!("/api/v2/me/chats/{id}"), r#"{"operationName":"Accept","nickname":"Tom"}"#).await
}

/// An agent asks or invites another, who accepts.
async fn helps(
    lanes: &mut [Lane],
    (agent, helper): (usize, usize),
    id: &str,
    operation: &str,
) -> anyhow::Result<()> {
    lanes[helper].command("/api/v2/me", r#"{"operationName":"Ready"}"#).await?;
    let target = centre::id(helper + 1);
    let body = format!(r#"{{"operationName":"{operation}","targetPath":"/users/{target}"}}"#);
    lanes[agent].command(&format!("/api/v2/me/chats/{id}"), &body).await?;
    accept(&mut lanes[helper], id).await
}

/// Customers speak, all of them in turn, at their rate.
async fn speak(port: u16, guests: Arc<Vec<Guest>>, hearing: &Hearing) -> anyhow::Result<()> {
    let start = Instant::now() + Duration::from_millis(200);
    let lanes = (0..LANES).map(|lane| {
        let (guests, hearing) = (guests.clone(), hearing.clone());
        tokio::spawn(async move {
            let mut connection = Lane::open(port, "", "").await?;
            for number in (lane..PER_SECOND * SECONDS).step_by(LANES as usize) {
                let due = start + Duration::from_secs(1) * number / PER_SECOND;
                tokio::time::sleep_until(due.into()).await;
                let place = place(number, guests.len());
                let (guest, word) = (&guests[place], format!("bench-{number}."));
                let asked = (Instant::now(), place.is_multiple_of(OF_SEVERAL));
                hearing.lock().unwrap_or_else(PoisonError::into_inner).asked.insert(word.clone(), asked);
                let body = format!("{}&message={word}", guest.keys);
                let answer = connection.post(&format!("{}/send", guest.path), FORM, &body).await?;
                anyhow::ensure!(answer.status == 200, "not taken: {}", String::from_utf8_lossy(answer.body));
            }
            anyhow::Ok(())
        })
    });
    for lane in lanes.collect::<Vec<_>>() {
        lane.await??;
    }
    Ok(())
}

/// Which chat the customer is in who speaks next: spread over all of them, by a step that meets each once.
const fn place(number: u32, chats: usize) -> usize {
    number as usize * 7_919 % chats
}

/// How often agents must hear something.
fn expected(chats: usize) -> usize {
    let hearers = |number| if place(number, chats).is_multiple_of(OF_SEVERAL) { 3 } else { 1 };
    (0..PER_SECOND * SECONDS).map(hearers).sum()
}

/// Notes how long each message of a customer's took to this agent.
async fn listen(mut socket: Socket, hearing: Hearing) {
    while let Ok(text) = socket.next(Duration::from_secs(3_600)).await {
        let heard = Instant::now();
        for part in text.split(r#""text":"bench-"#).skip(1) {
            let number: String = part.chars().take_while(char::is_ascii_digit).collect();
            let mut hearing = hearing.lock().unwrap_or_else(PoisonError::into_inner);
            let Some((at, of_several)) = hearing.asked.get(&format!("bench-{number}.")).copied() else {
                continue;
            };
            let latencies = if of_several { &mut hearing.of_several } else { &mut hearing.of_one };
            latencies.add(heard - at);
        }
    }
}

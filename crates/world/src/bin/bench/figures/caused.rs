//! Notifications of which each is caused by a request of its own over REST, against the real binary: from the moment
//! before the request is written to the notification at the agent's own client.

use super::setup::{node, ready_agent, runtime};
use crate::{
    centre,
    figures::idle::Socket,
    lane::{Cookies, Lane},
    notification_session::NotificationSession,
    setting::Setting,
    stats::{Durations, cores, rate},
};
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

const SPAN: Duration = Duration::from_secs(15);
/// How many connect at the same time.
const AT_ONCE: usize = 64;
const REQUEST: &str = r#"{"operationName":"NotReady"}"#;

/// When the requests were written whose notifications have not come yet.
type RequestTimes = Arc<Mutex<VecDeque<Instant>>>;

/// How an agent hears.
enum AgentClient {
    Polls(NotificationSession),
    Socket(Box<Socket>),
}

/// So many agents of a crowd ask over one connection: a process would need more than the 20,000 files that many systems
/// allow it, and the server closes the silent connections of one address beyond 1,024.
const SHARING: usize = 16;

pub fn many_long_polling(setting: &Setting) -> anyhow::Result<Value> {
    measure(setting, 2_000, 8_000, 1, false)
}

pub fn many_websocket(setting: &Setting) -> anyhow::Result<Value> {
    measure(setting, 2_000, 8_000, 1, true)
}

pub fn crowd_long_polling(setting: &Setting) -> anyhow::Result<Value> {
    measure(setting, 10_000, 2_000, SHARING, false)
}

pub fn crowd_websocket(setting: &Setting) -> anyhow::Result<Value> {
    measure(setting, 10_000, 2_000, SHARING, true)
}

fn measure(
    setting: &Setting,
    agents: usize,
    per_second: u32,
    sharing: usize,
    websocket: bool,
) -> anyhow::Result<Value> {
    let agents = setting.scaled(agents);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rates are small and positive"
    )]
    let per_second = (f64::from(per_second) * setting.scale.min(1.0)) as u32;
    let runtime = runtime()?;
    let value = runtime.block_on(async {
        let (node, _dir) = node(setting, agents)?;
        let port = node.port;
        let opened: Vec<_> = stream::iter(1..=agents)
            .map(|agent| async move {
                let cookies = ready_agent(port, agent).await?.into_cookies();
                anyhow::Ok((cookies, client(port, agent, websocket).await?))
            })
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        let start = Instant::now() + Duration::from_secs(3);
        let pause = Duration::from_secs(1) * u32::try_from(agents)? / per_second;
        let mut tasks = Vec::with_capacity(agents);
        let mut askers = Vec::with_capacity(agents);
        for opened in opened {
            let (cookies, client) = opened?;
            let asked = RequestTimes::default();
            tasks.push(tokio::spawn(hear(client, asked.clone(), start)));
            askers.push((cookies, asked));
        }
        let mut asking = Vec::new();
        let lanes = u32::try_from(agents.div_ceil(sharing))?;
        for at in 0..lanes {
            let askers: Vec<_> = askers.split_off(askers.len().saturating_sub(sharing));
            let lane = Lane::open(port, "", "").await?;
            // Spread over the pause, so that the requests do not come in waves.
            let pause = pause / u32::try_from(askers.len())?;
            asking.push(tokio::spawn(ask(lane, askers, start + pause * at / lanes, pause, start + SPAN)));
        }
        tokio::time::sleep_until(start.into()).await;
        let before = node.processor()?;
        tokio::time::sleep_until((start + SPAN).into()).await;
        let spent = node.processor()?.saturating_sub(before);
        let mut requests = 0;
        for task in asking {
            requests += task.await??;
        }
        let mut all = Durations::default();
        for task in tasks {
            all.extend(task.await??);
        }
        let heard = all.count();
        anyhow::Ok(json!({
            "agents": agents,
            "asked_per_second": per_second,
            "requests": requests,
            "notifications": heard,
            "delivered_per_second": rate(heard, SPAN),
            "server_cores": cores(spent, SPAN),
            "server_seconds_per_thousand": crate::stats::millis(spent) / 1.0_f64.max(f64::from(u32::try_from(heard)?)),
            "latency": all.summary(),
        }))
    });
    runtime.shutdown_background();
    value
}

async fn client(port: u16, agent: usize, websocket: bool) -> anyhow::Result<AgentClient> {
    if websocket {
        return Ok(AgentClient::Socket(Box::new(Socket::open(port, agent).await?)));
    }
    let lane = Lane::open(port, &centre::name(agent), centre::PASSWORD).await?;
    Ok(AgentClient::Polls(NotificationSession::open(lane).await?))
}

/// Writes a request at each of its moments, for one agent after the other; one that is answered late makes the next one
/// late, never two at once. Answers how many were written.
async fn ask(
    mut lane: Lane,
    askers: Vec<(Cookies, RequestTimes)>,
    first: Instant,
    pause: Duration,
    end: Instant,
) -> anyhow::Result<usize> {
    let (mut due, mut count) = (first, 0);
    for (cookies, asked) in askers.iter().cycle() {
        if due >= end || Instant::now() >= end {
            break;
        }
        tokio::time::sleep_until(due.into()).await;
        lane.speak_for(cookies);
        asked.lock().unwrap_or_else(PoisonError::into_inner).push_back(Instant::now());
        lane.command("/api/v2/me", REQUEST).await?;
        count += 1;
        due += pause;
    }
    Ok(count)
}

async fn hear(mut client: AgentClient, asked: RequestTimes, start: Instant) -> anyhow::Result<Durations> {
    let mut latencies = Durations::default();
    let end = start + SPAN + Duration::from_secs(3);
    while let Ok(came) = tokio::time::timeout_at(end.into(), client.next()).await {
        let (came, now) = (came?, Instant::now());
        let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
        for _ in 0..came {
            // What the login itself caused was asked by nobody.
            if let Some(at) = asked.pop_front() {
                latencies.add(now - at);
            }
        }
    }
    Ok(latencies)
}

impl AgentClient {
    /// Waits for something; answers how many notifications it was.
    async fn next(&mut self) -> anyhow::Result<usize> {
        match self {
            Self::Polls(session) => session.poll().await,
            Self::Socket(socket) => {
                let text = socket.next(Duration::from_secs(3_600)).await?;
                Ok(text.matches(r#""messageType":"#).count())
            }
        }
    }
}

//! Two thousand long-polling agents, four notifications a second each: from the command to the client.

use super::setup::{directory, runtime};
use crate::{
    centre, in_process,
    lane::Lane,
    notification_session::NotificationSession,
    setting::Setting,
    stats::{Durations, rate},
};
use domain::{Command, command::AgentAct};
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

const AGENTS: usize = 2_000;
const PER_AGENT: u32 = 4;
const SPAN: Duration = Duration::from_secs(15);

/// When the commands were given whose notifications have not come yet.
type CommandTimes = Arc<Mutex<VecDeque<Instant>>>;

pub fn measure(setting: &Setting) -> anyhow::Result<Value> {
    let agents = setting.scaled(AGENTS);
    let runtime = runtime()?;
    let value = runtime.block_on(async {
        let dir = directory()?;
        let desk = in_process::desk(&dir.path().join("data"), agents).await?;
        let port = in_process::serve(desk.clone()).await?;
        let medium = super::setup::medium()?;
        let mut sessions = stream::iter(1..=agents)
            .map(|agent| {
                let (desk, medium) = (desk.clone(), medium.clone());
                async move {
                    let channels = vec![medium.as_str().into()];
                    let act = AgentAct::LogIn { channels, place: None };
                    desk.perform(Command::Agent { agent: centre::id(agent), act }).await?;
                    let lane = Lane::open(port, &centre::name(agent), centre::PASSWORD).await?;
                    let mut session = NotificationSession::open(lane).await?;
                    // What the login itself caused does not count.
                    while session.drain().await? > 0 {}
                    anyhow::Ok((agent, session))
                }
            })
            .buffer_unordered(64);
        let start = Instant::now() + Duration::from_secs(20);
        let mut tasks = Vec::new();
        while let Some(opened) = sessions.next().await {
            let (agent, session) = opened?;
            let asked = CommandTimes::default();
            let heard = tokio::spawn(hear(session, asked.clone(), start));
            let desk = desk.clone();
            tokio::spawn(async move {
                // Spread over the quarter second, so that the commands do not come in waves.
                let pause = Duration::from_secs(1) / PER_AGENT;
                let mut due = start + pause * u32::try_from(agent % 1000).unwrap_or(0) / 1000;
                while due < start + SPAN {
                    tokio::time::sleep_until(due.into()).await;
                    asked.lock().unwrap_or_else(PoisonError::into_inner).push_back(Instant::now());
                    let act =
                        AgentAct::SetState { channel: None, operation: "NotReady".into(), wrap_up: None };
                    desk.perform(Command::Agent { agent: centre::id(agent), act }).await?;
                    due += pause;
                }
                anyhow::Ok(())
            });
            tasks.push(heard);
        }
        anyhow::ensure!(Instant::now() < start, "connecting took too long");
        let mut all = Durations::default();
        for task in tasks {
            all.extend(task.await??);
        }
        let expected = agents as u64 * SPAN.as_secs() * u64::from(PER_AGENT);
        anyhow::Ok(json!({
            "agents": agents,
            "per_agent_per_second": PER_AGENT,
            "expected": expected,
            "delivered_per_second": rate(all.count(), SPAN),
            "latency": all.summary(),
        }))
    });
    runtime.shutdown_background();
    value
}

async fn hear(
    mut session: NotificationSession,
    asked: CommandTimes,
    start: Instant,
) -> anyhow::Result<Durations> {
    let mut latencies = Durations::default();
    let end = start + SPAN + Duration::from_secs(5);
    while let Ok(came) = tokio::time::timeout_at(end.into(), session.poll()).await {
        let now = Instant::now();
        let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
        for _ in 0..came? {
            if let Some(at) = asked.pop_front() {
                latencies.add(now - at);
            }
        }
    }
    Ok(latencies)
}

//! Durable notes to five hundred long-polling agents as fast as possible.

use super::setup::{directory, runtime};
use crate::{
    centre, in_process, lane::Lane, notification_session::NotificationSession, setting::Setting, stats::rate,
};
use domain::{Command, command::AgentAct};
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

const AGENTS: usize = 500;
/// Commands under way at the same time for each agent.
const IN_FLIGHT: usize = 8;
const SPAN: Duration = Duration::from_secs(10);

pub fn measure(setting: &Setting) -> anyhow::Result<Value> {
    let agents = setting.scaled(AGENTS);
    let runtime = runtime()?;
    let value = runtime.block_on(async {
        let dir = directory()?;
        let desk = in_process::desk(&dir.path().join("data"), agents).await?;
        let port = in_process::serve(desk.clone()).await?;
        let (delivered, committed) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        for agent in 1..=agents {
            let channels = vec![super::setup::medium()?.as_str().into()];
            let act = AgentAct::LogIn { channels, place: None };
            desk.perform(Command::Agent { agent: centre::id(agent), act }).await?;
            let lane = Lane::open(port, &centre::name(agent), centre::PASSWORD).await?;
            let mut session = NotificationSession::open(lane).await?;
            let delivered = delivered.clone();
            tokio::spawn(async move {
                while let Ok(came) = session.poll().await {
                    delivered.fetch_add(came, Ordering::Relaxed);
                }
            });
        }
        let start = Instant::now();
        for number in 0..agents * IN_FLIGHT {
            let (desk, committed) = (desk.clone(), committed.clone());
            let agent = centre::id(number / IN_FLIGHT + 1);
            tokio::spawn(async move {
                while start.elapsed() < SPAN {
                    let act =
                        AgentAct::SetState { channel: None, operation: "NotReady".into(), wrap_up: None };
                    desk.perform(Command::Agent { agent: agent.clone(), act }).await?;
                    committed.fetch_add(1, Ordering::Relaxed);
                }
                anyhow::Ok(())
            });
        }
        tokio::time::sleep(SPAN / 10).await;
        let (before, from) = (delivered.load(Ordering::Relaxed), Instant::now());
        tokio::time::sleep(SPAN * 8 / 10).await;
        let (after, span) = (delivered.load(Ordering::Relaxed), from.elapsed());
        tokio::time::sleep(SPAN / 10 + Duration::from_secs(3)).await;
        anyhow::Ok(json!({
            "agents": agents,
            "delivered_per_second": rate(after - before, span),
            "committed": committed.load(Ordering::Relaxed),
            "delivered": delivered.load(Ordering::Relaxed),
        }))
    });
    runtime.shutdown_background();
    value
}

//! Memory of the server while calls are held: each between a caller and an agent, established, nobody speaking; and the same
//! with a colleague whom each agent has asked and who has answered.

use super::{idle::megabytes, setup::runtime};
use crate::{called, setting::Setting, stats::cores};
use phone::Incoming;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const CALLS: usize = 2_000;
const CONSULTED: usize = 1_000;
const PER_SECOND: usize = 100;
/// For so long they are left alone before memory is read: until what only their beginning needed is given back. A
/// transaction of SIP lives for 32 seconds.
const SETTLE: Duration = Duration::from_secs(45);
/// How long a call may take to reach its agent.
const SOON: Duration = Duration::from_secs(20);

pub fn measure(setting: &Setting) -> anyhow::Result<Value> {
    held(setting, setting.scaled(CALLS), false)
}

pub fn consulted(setting: &Setting) -> anyhow::Result<Value> {
    held(setting, setting.scaled(CONSULTED), true)
}

fn held(setting: &Setting, calls: usize, asks: bool) -> anyhow::Result<Value> {
    let runtime = runtime()?;
    let value = runtime.block_on(async {
        let agents = if asks { calls * 2 } else { calls };
        let (node, _dir) = called::node(setting, agents)?;
        let (line, _phones) = called::phones(node.sip, agents, &Incoming::default()).await?;
        let colleagues = called::colleagues(node.port, calls + 1..=agents).await?;
        let mut lanes = called::ready_agents(node.port, calls).await?;
        // The registrations' own transactions end first.
        tokio::time::sleep(SETTLE).await;
        let before = node.memory()?;
        let coming = Duration::from_secs((calls / PER_SECOND) as u64);
        let asking = if asks { coming * 2 } else { Duration::ZERO };
        let length = coming + asking + SETTLE + SOON * 2;
        let callers = called::Callers::start(node.sip, calls, PER_SECOND, length)?;
        tokio::time::sleep(coming).await;
        let start = Instant::now();
        while line.load().calls < calls && start.elapsed() < SOON {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let held = line.load().calls;
        if asks {
            for (agent, lane) in (calls + 1..).zip(&mut lanes) {
                let path = called::call_in(lane, "Established", "Inbound").await?;
                lane.command(&path, &called::asks("InitiateTransfer", agent)).await?;
                called::call_in(lane, "Established", "Consult").await?;
            }
        }
        let (fresh, legs) = (node.memory()?, line.load().calls);
        let (spent, began) = (node.processor()?, Instant::now());
        tokio::time::sleep(SETTLE).await;
        let spent = cores(node.processor()?.saturating_sub(spent), began.elapsed());
        let after = node.memory()?;
        anyhow::ensure!(line.load().calls == legs && held > 0, "calls ended while memory was read");
        drop((callers, lanes, colleagues));
        let each = |memory: u64| memory.saturating_sub(before) / held as u64;
        anyhow::Ok(json!({
            "held": held,
            "colleagues": legs - held,
            "before_mb": megabytes(before),
            "held_mb": megabytes(after),
            "bytes_per_call": each(after),
            "bytes_per_call_at_once": each(fresh),
            "server_cores": spent,
        }))
    });
    runtime.shutdown_background();
    value
}

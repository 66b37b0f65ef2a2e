//! Memory of the server while calls are held: each between a caller and an agent, established, nobody speaking.

use super::{idle::megabytes, setup::runtime};
use crate::{called, setting::Setting, stats::cores};
use phone::Incoming;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const CALLS: usize = 2_000;
const PER_SECOND: usize = 100;
/// For so long they are left alone before memory is read: until what only their beginning needed is given back. A
/// transaction of SIP lives for 32 seconds.
const SETTLE: Duration = Duration::from_secs(45);
/// How long a call may take to reach its agent.
const SOON: Duration = Duration::from_secs(20);

pub fn measure(setting: &Setting) -> anyhow::Result<Value> {
    let runtime = runtime()?;
    let value = runtime.block_on(async {
        let calls = setting.scaled(CALLS);
        let (node, _dir) = called::node(setting, calls)?;
        let (line, _phones) = called::phones(node.sip, calls, &Incoming::default()).await?;
        let lanes = called::ready_agents(node.port, calls).await?;
        // The registrations' own transactions end first.
        tokio::time::sleep(SETTLE).await;
        let before = node.memory()?;
        let coming = Duration::from_secs((calls / PER_SECOND) as u64);
        let length = coming + SETTLE + SOON * 2;
        let callers = called::Callers::start(node.sip, calls, PER_SECOND, length)?;
        tokio::time::sleep(coming).await;
        let start = Instant::now();
        while line.load().calls < calls && start.elapsed() < SOON {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let (fresh, held) = (node.memory()?, line.load().calls);
        let (spent, began) = (node.processor()?, Instant::now());
        tokio::time::sleep(SETTLE).await;
        let spent = cores(node.processor()?.saturating_sub(spent), began.elapsed());
        let after = node.memory()?;
        anyhow::ensure!(line.load().calls == held && held > 0, "calls ended while memory was read");
        drop((callers, lanes));
        let each = |memory: u64| memory.saturating_sub(before) / held as u64;
        anyhow::Ok(json!({
            "held": held,
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

//! Callers: they call the queue over SIP, stay for a while, and listen. While the server lives they always hear somebody, a
//! tone that tells them to wait, or that it rings; or their call ends.

use super::table::TableRow;
use anyhow::Result;
use phone::{Account, Call, CallState, Phone, PhoneLine, Say};
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::{Instant, sleep, timeout},
};

/// How long it may take until a call is answered.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often a caller listens.
const LISTEN: Duration = Duration::from_millis(200);
/// For so long nothing at all is never heard by who is cared for; a tone of ringing has four seconds between.
const SILENCE: Duration = Duration::from_secs(8);
/// The loudest sample of nothing.
const FAINT: f32 = 0.005;

/// All callers.
pub struct Callers {
    tasks: JoinHandle<Vec<(String, bool)>>,
    _line: PhoneLine,
}

impl Callers {
    /// Keeps so many of them busy until closing time. `server` counts the processes that were ended.
    pub async fn spawn(
        sip: SocketAddr,
        at_once: usize,
        server: &Arc<AtomicU32>,
        chance: &mut fastrand::Rng,
        closing: &watch::Receiver<bool>,
    ) -> Result<Self> {
        let line = PhoneLine::open((Ipv4Addr::LOCALHOST, 0).into(), sip).await?;
        let mut chairs = JoinSet::new();
        for number in 0..at_once {
            let caller = Caller {
                phone: line.phone(Account::new(format!("+155501{number:02}"))),
                number,
                server: server.clone(),
                chance: chance.fork(),
            };
            chairs.spawn(caller.one_after_another(closing.clone()));
        }
        let tasks = tokio::spawn(async move { chairs.join_all().await.into_iter().flatten().collect() });
        Ok(Self { tasks, _line: line })
    }

    /// Waits until the last has hung up; a row of all calls that were answered, and in which nobody was left alone.
    pub async fn ended(self) -> Result<TableRow> {
        let mut row = TableRow::default();
        for (name, cared_for) in self.tasks.await? {
            row.expect(&name, u32::from(cared_for));
        }
        Ok(row)
    }
}

struct Caller {
    phone: Phone,
    number: usize,
    server: Arc<AtomicU32>,
    chance: fastrand::Rng,
}

impl Caller {
    async fn one_after_another(mut self, closing: watch::Receiver<bool>) -> Vec<(String, bool)> {
        let mut calls = Vec::new();
        while !*closing.borrow() {
            let process = self.server.load(Ordering::Relaxed);
            // A server that is down answers nothing.
            let called =
                timeout(PATIENCE, self.phone.call(demo::centre::ROUTING_POINT, Say::Tone(440), &[])).await;
            if let Ok(Ok(call)) = called
                && timeout(PATIENCE, call.answered()).await.is_ok_and(|answered| answered.is_ok())
            {
                let cared_for = self.stay(&call, process).await;
                calls.push((format!("caller {} call {}", self.number, calls.len()), cared_for));
                drop(timeout(PATIENCE, call.hang_up()).await);
            }
            let pause = Duration::from_millis(self.chance.u64(200..1_500));
            sleep(pause).await;
        }
        calls
    }

    /// Stays for a while, or until the call or the server ends; `false` if nothing was heard for too long meanwhile.
    async fn stay(&mut self, call: &Call, process: u32) -> bool {
        let until = Instant::now() + Duration::from_millis(self.chance.u64(3_000..25_000));
        let mut heard = Instant::now();
        while Instant::now() < until && self.server.load(Ordering::Relaxed) == process {
            sleep(LISTEN).await;
            if matches!(call.state(), CallState::Ended(_)) {
                return true;
            }
            if call.heard().peak() > FAINT {
                heard = Instant::now();
            }
            if heard.elapsed() > SILENCE {
                return self.server.load(Ordering::Relaxed) != process;
            }
        }
        true
    }
}

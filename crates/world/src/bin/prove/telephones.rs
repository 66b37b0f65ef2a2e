//! The agents' telephones: registered all the time, and answered when the server says so.

use anyhow::{Context, Result};
use phone::{Account, AnswerMode, Call, Incoming, Phone, PhoneLine, Say};
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::{task::JoinSet, time::interval};

/// The time asked for with REGISTER; it is refreshed before, with whatever process is there.
const EXPIRES: Duration = Duration::from_secs(60);
/// How often a phone looks whether the server was ended.
const LOOK: Duration = Duration::from_millis(200);

/// The phones, for as long as this is there.
pub struct Telephones {
    _line: PhoneLine,
    _tasks: JoinSet<()>,
}

impl Telephones {
    /// Registers the phones of all agents. `server` counts the processes that were ended: calls of an earlier one are over.
    pub async fn register(sip: SocketAddr, server: &Arc<AtomicU32>) -> Result<Self> {
        let line = PhoneLine::open((Ipv4Addr::LOCALHOST, 0).into(), sip).await?;
        let mut tasks = JoinSet::new();
        for number in demo::centre::numbers() {
            let phone = line.phone(Account::new(number.as_str()).password(demo::centre::PASSWORD));
            let says = Say::Tone(880);
            phone.on_incoming(Incoming { answer: AnswerMode::Manual, say: says, hang_up_after: None });
            phone.register(EXPIRES).await.with_context(|| format!("{number} cannot register"))?;
            tasks.spawn(serve(phone, server.clone()));
        }
        Ok(Self { _line: line, _tasks: tasks })
    }
}

/// Hangs up what an earlier process of the server began: it cannot say that it is over.
async fn serve(phone: Phone, server: Arc<AtomicU32>) {
    let mut calls: Vec<Call> = Vec::new();
    let (mut process, mut look) = (server.load(Ordering::Relaxed), interval(LOOK));
    loop {
        tokio::select! {
            call = phone.next_call() => calls.push(call),
            _ = look.tick() => {
                let now = server.load(Ordering::Relaxed);
                if now != process {
                    process = now;
                    for call in calls.drain(..) {
                        tokio::spawn(async move { call.hang_up().await });
                    }
                }
                calls.retain(|call| !matches!(call.state(), phone::CallState::Ended(_)));
            }
        }
    }
}

//! From an agent's `CompleteTransfer` over the API to the moment in which both ends hear each other.

use super::setup::runtime;
use crate::{called, setting::Setting, stats::Durations};
use anyhow::Context;
use phone::{Account, Call, Incoming, PhoneLine, Say};
use serde_json::{Value, json};
use std::{
    net::Ipv4Addr,
    time::{Duration, Instant},
};

const TIMES: usize = 100;
const SOON: Duration = Duration::from_secs(5);
/// How often a phone listens.
const LISTEN: Duration = Duration::from_millis(1);
/// What the customer and the colleague say, in Hz.
const CUSTOMER: u16 = 440;
const COLLEAGUE: u16 = 1_500;
/// Samples of one packet, at 8000 a second.
const PACKET: usize = 160;
/// A tone this strong is heard in a packet: half of what phones say.
const CLEAR: f32 = 0.12;

pub fn measure(setting: &Setting) -> anyhow::Result<Value> {
    let runtime = runtime()?;
    let value = runtime.block_on(async {
        let (node, _dir) = called::node(setting, 2)?;
        let says = Incoming { say: Say::Tone(COLLEAGUE), ..Incoming::default() };
        let (_line, phones) = called::phones(node.sip, 2, &says).await?;
        phones.first().context("a phone")?.on_incoming(Incoming { say: Say::Silence, ..Incoming::default() });
        let mut agent = called::ready_agents(node.port, 1).await?.remove(0);
        let mut colleague = called::colleagues(node.port, 2..=2).await?;
        let outside = PhoneLine::open((Ipv4Addr::LOCALHOST, 0).into(), node.sip).await?;
        let caller = outside.phone(Account::new("caller"));
        let (mut both, mut request) = (Durations::default(), Durations::default());
        for _ in 0..setting.scaled(TIMES) {
            let call = caller.call(called::QUEUE, Say::Tone(CUSTOMER), &[]).await?;
            let main = called::call_in(&mut agent, "Established", "Inbound").await?;
            agent.command(&main, &called::asks("InitiateTransfer", 2)).await?;
            called::call_in(&mut agent, "Established", "Consult").await?;
            let next = phones.get(1).context("a phone")?.next_call();
            let theirs = tokio::time::timeout(SOON, next).await.context("the colleague was not called")?;
            anyhow::ensure!(!has(&call, COLLEAGUE) && !has(&theirs, CUSTOMER), "they hear each other before");
            let began = Instant::now();
            let heard = async { tokio::join!(hears(&call, COLLEAGUE), hears(&theirs, CUSTOMER)) };
            let complete = async {
                let done = agent.command(&main, r#"{"operationName":"CompleteTransfer"}"#).await;
                (done, began.elapsed())
            };
            let ((at, and), (done, took)) = tokio::join!(heard, complete);
            done?;
            request.add(took);
            both.add(at?.max(and?).saturating_duration_since(began));
            call.hang_up().await;
            theirs.ended().await;
            // The first phone's call is over, too; nobody asked for it.
            tokio::time::timeout(SOON, phones.first().context("a phone")?.next_call()).await?.ended().await;
        }
        colleague.clear();
        anyhow::Ok(json!({"both_hear": both.summary(), "request": request.summary()}))
    });
    runtime.shutdown_background();
    value
}

/// Waits until a tone is heard; answers when it was.
async fn hears(call: &Call, hz: u16) -> anyhow::Result<Instant> {
    let began = Instant::now();
    while !has(call, hz) {
        anyhow::ensure!(began.elapsed() < SOON, "{hz} Hz are not heard");
        tokio::time::sleep(LISTEN).await;
    }
    Ok(Instant::now())
}

/// Whether a tone fills the newest packet.
fn has(call: &Call, hz: u16) -> bool {
    let heard = call.heard();
    let samples = heard.samples();
    let newest = samples.len().checked_sub(PACKET).and_then(|from| samples.get(from..)).unwrap_or_default();
    strength(newest, hz) >= CLEAR
}

/// The amplitude of a tone by Goertzel's algorithm, 0 to 1 of full scale.
fn strength(samples: &[i16], hz: u16) -> f32 {
    let step = std::f32::consts::TAU * f32::from(hz) / 8_000.0;
    let (mut before, mut last) = (0.0_f32, 0.0_f32);
    for sample in samples {
        let next = f32::from(*sample) + 2.0 * step.cos() * last - before;
        (before, last) = (last, next);
    }
    let power = last.mul_add(last, before * before) - 2.0 * step.cos() * last * before;
    let count = u16::try_from(samples.len().max(1)).unwrap_or(u16::MAX);
    2.0 * power.max(0.0).sqrt() / f32::from(count) / 32_768.0
}

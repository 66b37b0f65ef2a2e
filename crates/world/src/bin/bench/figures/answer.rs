//! From an agent's `Answer` over the API to the NOTIFY on the wire that makes their phone answer.

use super::setup::runtime;
use crate::{called, lane::Lane, setting::Setting, stats::Durations};
use anyhow::Context;
use phone::{Account, AnswerMode, Incoming, PhoneLine, Say};
use serde_json::{Value, json};
use std::{
    net::Ipv4Addr,
    time::{Duration, Instant},
};

const TIMES: usize = 300;
const SOON: Duration = Duration::from_secs(5);

pub fn measure(setting: &Setting) -> anyhow::Result<Value> {
    let runtime = runtime()?;
    let value = runtime.block_on(async {
        let (node, _dir) = called::node(setting, 1)?;
        let mut tap = called::Tap::open(node.sip, b"NOTIFY ").await?;
        let rings = Incoming { answer: AnswerMode::Manual, ..Incoming::default() };
        let (_line, phones) = called::phones(tap.addr, 1, &rings).await?;
        let phone = phones.first().context("a phone")?;
        let mut lane = called::ready_agents(node.port, 1).await?.remove(0);
        let outside = PhoneLine::open((Ipv4Addr::LOCALHOST, 0).into(), node.sip).await?;
        let caller = outside.phone(Account::new("caller"));
        let (mut notified, mut answered) = (Durations::default(), Durations::default());
        for _ in 0..setting.scaled(TIMES) {
            let call = caller.call(called::QUEUE, Say::Nothing, &[]).await?;
            let rung = tokio::time::timeout(SOON, phone.next_call()).await.context("it did not ring")?;
            let path = ringing(&mut lane).await?;
            let asked = Instant::now();
            lane.command(&path, r#"{"operationName":"Answer"}"#).await?;
            answered.add(asked.elapsed());
            let heard = tokio::time::timeout(SOON, tap.next()).await.context("there was no NOTIFY")?;
            notified.add(heard.context("the tap is gone")?.saturating_duration_since(asked));
            tokio::time::timeout(SOON, rung.answered()).await.context("it did not answer")??;
            call.hang_up().await;
            rung.ended().await;
        }
        anyhow::Ok(json!({"notify": notified.summary(), "request": answered.summary()}))
    });
    runtime.shutdown_background();
    value
}

/// The address of the call that rings and whose phone can be made to answer.
async fn ringing(lane: &mut Lane) -> anyhow::Result<String> {
    for _ in 0..500 {
        let answer = lane.get("/api/v2/me/calls?fields=*").await?;
        let answer: Value = serde_json::from_slice(answer.body)?;
        let calls = answer["calls"].as_array().context("no list")?;
        if let Some(call) = calls.iter().find(|call| call["state"] == "Ringing") {
            return Ok(format!("/api/v2/me/calls/{}", call["id"].as_str().context("no id")?));
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    anyhow::bail!("no call rings at the agent")
}

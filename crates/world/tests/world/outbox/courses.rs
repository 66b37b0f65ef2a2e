//! Any course of outcomes, faults and deaths.

use super::{
    line::{Line, said},
    provider::Answer,
};
use demo::centre::SMS_SERVICE;
use desk::ports::SendOutcome;
use domain::{InteractionId, session::Delivery};
use std::{collections::BTreeMap, time::Duration};
use world::Faults;

const CUSTOMERS: [&str; 3] = ["+1", "+2", "+3"];

/// What a provider may do, by chance.
fn anything(chance: &mut fastrand::Rng) -> Answer {
    let sending = match chance.u32(..10) {
        0 => SendOutcome::Refused { code: None, why: "No".into(), opted_out: false },
        1 | 2 => SendOutcome::Later { after: None, why: "Busy".into() },
        3 => SendOutcome::Later { after: Some(Duration::from_secs(chance.u64(..40))), why: "Busy".into() },
        4 => SendOutcome::Unknown { why: "Lost".into() },
        _ => SendOutcome::Sent { id: None, state: Delivery::Sent },
    };
    match chance.u32(..12) {
        0 => Answer::Panics,
        1 => Answer::PanicsAtOnce,
        2 => Answer::Hangs,
        3..6 => Answer::After(Duration::from_millis(chance.u64(..15_000)), sending),
        _ => Answer::Says(sending),
    }
}

/// What was said and how often an agent had it sent again, by the task's id.
type Ledger = BTreeMap<String, usize>;

async fn course(seed: u64) -> (Line, Vec<InteractionId>, Ledger) {
    let mut chance = fastrand::Rng::with_seed(seed);
    let mut provider = chance.fork();
    let faults = Faults::seeded(seed, 60, 100);
    let mut line = Line::with(seed, faults, move |_, _| anything(&mut provider)).await;
    let (mut talks, mut ledger) = (Vec::new(), Ledger::new());
    for theirs in CUSTOMERS {
        talks.push(line.texted(theirs).await);
    }
    for number in 0..80 {
        let which = chance.usize(..talks.len());
        let id = talks[which].clone();
        match chance.u32(..10) {
            0..5 => {
                let (index, _) = line.says(&id, &number.to_string()).await;
                ledger.insert(format!("{id}/{index}"), 0);
            }
            5 => drop(line.unit(SMS_SERVICE, CUSTOMERS[which], said("And?", None)).await.expect("taken in")),
            6 => line.dies().await,
            7 => {
                let session = line.session(&id).await;
                let mut outgoing = session.post.iter().flat_map(|post| &post.outgoing);
                let repeatable = outgoing.find(|(_, sent)| sent.state.may_be_repeated());
                if let Some(index) = repeatable.map(|(index, _)| *index) {
                    line.resends(&id, index).await;
                    *ledger.entry(format!("{id}/{index}")).or_default() += 1;
                }
            }
            _ => line.world.pass(Duration::from_millis(chance.u64(..20_000))).await,
        }
    }
    // Whatever hangs ends with this process, and the next finds the provider in good health.
    line.dies().await;
    line.provider.now(|_, _| Answer::sent());
    line.pass(1_800).await;
    (line, talks, ledger)
}

#[tokio::test(start_paused = true)]
async fn every_message_is_settled_and_reaches_nobody_twice_unless_an_agent_sends_it_again() {
    let mut seen = BTreeMap::new();
    for seed in 0..16 {
        let (mut line, talks, ledger) = course(seed).await;
        assert_eq!(line.tasks().await, [], "seed {seed}");
        let taken = line.provider.taken();
        let mut posted = 0;
        for id in &talks {
            for message in line.desk().messages(id, 1, u32::MAX).await.expect("the log") {
                let Some(progress) = message.delivery else { continue };
                posted += 1;
                let task = format!("{id}/{}", message.index);
                let (again, times) = (ledger[&task], taken.get(&task).copied().unwrap_or(0));
                assert!(times <= 1 + again, "seed {seed}: {task} reached its customer {times} times");
                *seen.entry(progress.state.as_str()).or_insert(0) += 1;
                match progress.state {
                    Delivery::Sent => assert!(times >= 1, "seed {seed}: {task}"),
                    // It may have died before it asked the provider.
                    Delivery::Unknown => {}
                    Delivery::Failed => assert!(times <= again, "seed {seed}: {task} failed and was sent"),
                    other => panic!("seed {seed}: {task} is {other:?}"),
                }
            }
        }
        assert_eq!(posted, ledger.len(), "seed {seed}");
        in_order(&line, &ledger, seed);
    }
    // Each fate came about.
    assert!(["sent", "unknown", "failed"].iter().all(|state| seen[state] > 5), "{seen:?}");
}

/// What nobody sent again was tried in the order in which it was said, one message after the other.
fn in_order(line: &Line, ledger: &Ledger, seed: u64) {
    let mut newest: BTreeMap<String, u32> = BTreeMap::new();
    for attempt in line.provider.attempts() {
        if ledger[&attempt.id] > 0 {
            continue;
        }
        let (session, index) = attempt.id.split_once('/').expect("a task of a message");
        let index = index.parse().expect("an index");
        let before = newest.insert(session.to_owned(), index);
        assert!(before.is_none_or(|before| before <= index), "seed {seed}: {}", attempt.id);
    }
}

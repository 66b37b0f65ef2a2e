//! Bounds in bytes: what is read stops there, and the first is given whatever it weighs.

use super::{
    StoreBackend,
    fixture::{StoreFixture, TOPIC, agent},
};
use desk::ports::{CommitPlan, FeedQuery, NewNote, Quarantined, Work};
use domain::{DecideError, Decision, Key, Message, Refusal, command::CustomerAct};
use std::sync::{Arc, OnceLock};

/// A chat with a log of ten entries that are as heavy as each other, from 3 on, and the weight of one.
async fn log(backend: &dyn StoreBackend) -> (StoreFixture, usize) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    fixture.talk("one", 1).await;
    for number in 0..10 {
        let text = format!("\u{1}{}", char::from(b'a' + number)).repeat(50);
        fixture.customer("one", CustomerAct::Say { text, message_type: None }).await;
    }
    let last = fixture.store.messages(&"one".into(), 9, 1, 0).await.expect("read").entries;
    let weight = serde_json::to_string(&last[0]).expect("json").len();
    (fixture, weight)
}

fn indexes(messages: &[Message]) -> Vec<u32> {
    messages.iter().map(|message| message.index).collect()
}

pub async fn a_log_is_read_up_to_a_weight(backend: &dyn StoreBackend) {
    let (fixture, weight) = log(backend).await;
    for (from, limit, bytes, expected, more) in [
        (3, 100, 2 * weight, &[3, 4][..], true),
        (3, 100, 2 * weight - 1, &[3], true),
        (3, 100, 0, &[3], true),
        (3, 2, usize::MAX, &[3, 4], true),
        (8, 2, usize::MAX, &[8, 9], true),
        (8, 100, 2 * weight, &[8, 9], true),
        (11, 2, usize::MAX, &[11, 12], false),
        (3, 0, usize::MAX, &[], true),
        (10, 100, usize::MAX, &[10, 11, 12], false),
        (13, 100, usize::MAX, &[], false),
    ] {
        let part = fixture.store.messages(&"one".into(), from, limit, bytes).await.expect("read");
        assert_eq!((indexes(&part.entries), part.more), (expected.to_vec(), more), "{from} {limit} {bytes}");
    }
}

pub async fn a_decision_sees_the_newest_of_a_log_up_to_a_weight(backend: &dyn StoreBackend) {
    let (fixture, weight) = log(backend).await;
    for (bytes, expected) in
        [(0, &[12][..]), (weight + 1, &[12]), (2 * weight + 2, &[11, 12]), (usize::MAX, &[1, 2, 3])]
    {
        let seen = Arc::new(OnceLock::new());
        let told = seen.clone();
        let look: Work = Box::new(move |view| {
            let _ = told.set(indexes(&view.newest(&"one".into(), bytes)?));
            Err(DecideError::Refused(Refusal::Ended))
        });
        let looked = fixture.store.transact(Vec::new(), look).await.expect("the store works");
        assert_eq!(looked, Err(Refusal::Ended));
        let seen = seen.get().cloned().expect("looked");
        assert!(seen.is_sorted());
        if bytes == usize::MAX {
            assert_eq!(seen[..3], *expected);
        } else {
            assert_eq!(seen, expected, "{bytes}");
        }
    }
}

pub async fn notes_are_read_up_to_a_weight(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    let note =
        |body: &str| NewNote { agent: agent(1), channel: TOPIC.into(), body: body.into(), about: Key::Book };
    let notes: Vec<_> = (0..3).map(|_| note(&"n".repeat(100))).collect();
    let after = fixture.head(1).await;
    let work: Work = Box::new(move |view| {
        let cause = Some((agent(1), view.head(&agent(1))? + 1));
        Ok(CommitPlan { at: 1, decision: Decision::default(), notes: notes.clone(), cause, result: None })
    });
    fixture.store.transact(Vec::new(), work).await.expect("the store works").expect("allowed");
    for (bytes, expected) in [(0, 1), (199, 1), (200, 2), (299, 2), (300, 3), (usize::MAX, 3)] {
        let notes = fixture.store.notes(&agent(1), after, 100, bytes).await.expect("notes");
        assert_eq!(notes.len(), expected, "{bytes}");
    }
}

pub async fn units_in_quarantine_are_read_up_to_a_weight(backend: &dyn StoreBackend) {
    let store = backend.open();
    for _ in 0..3 {
        let (service, why) = ("texts".into(), "not JSON".into());
        store.quarantine(Quarantined { id: 0, at: 7, service, why, raw: vec![0; 100] }).await.expect("kept");
    }
    for (bytes, expected) in [(0, 1), (199, 1), (200, 2), (300, 3)] {
        assert_eq!(store.quarantined(0, 10, bytes).await.expect("listed").len(), expected, "{bytes}");
    }
}

pub async fn a_page_of_events_is_read_up_to_a_weight(backend: &dyn StoreBackend) {
    let (fixture, _) = log(backend).await;
    let all = FeedQuery { limit: 1_000, unreported: true, ..FeedQuery::default() };
    let whole = fixture.store.events(all.clone()).await.expect("events");
    assert!(!whole.full);
    let kinds: Vec<String> = whole.rows.iter().map(|row| row.event.kind().to_owned()).collect();
    for kinds in [Vec::new(), kinds] {
        let (mut after, mut read) = (0, Vec::new());
        loop {
            let query = FeedQuery { after, bytes: Some(600), kinds: kinds.clone(), ..all.clone() };
            let page = fixture.store.events(query).await.expect("events");
            let weights = page.rows.iter().map(|row| serde_json::to_string(&row.event).expect("json").len());
            assert!(page.rows.len() == 1 || weights.sum::<usize>() <= 600);
            let Some(last) = page.rows.last() else { break };
            after = last.seq;
            assert_eq!(page.full, after < whole.head);
            read.extend(page.rows);
        }
        assert_eq!(read, whole.rows);
    }
    let page = fixture.store.events(FeedQuery { limit: 3, ..all }).await.expect("events");
    assert_eq!((page.rows.len(), page.full), (3, true));
}

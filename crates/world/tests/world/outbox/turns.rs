//! Whose turn it is, and what a failing journal does to it.

use super::{
    line::{Line, said},
    provider::{Answer, Provider},
};
use demo::centre::{MESSENGER_SERVICE, SMS_SERVICE};
use desk::ports::SendOutcome;
use domain::session::{Delivery, EndedBy};
use std::time::Duration;
use world::Faults;

fn slowly() -> Answer {
    let sent = SendOutcome::Sent { id: None, state: Delivery::Sent };
    Answer::After(Duration::from_secs(10), sent)
}

#[tokio::test(start_paused = true)]
async fn two_threads_go_side_by_side_and_each_in_order() {
    let mut line = Line::new(|_, _| slowly()).await;
    let (one, two) = (line.texted("+1").await, line.texted("+2").await);
    for (id, words) in [(&one, "a1"), (&one, "a2"), (&two, "b1"), (&one, "a3")] {
        line.says(id, words).await;
    }
    line.pass(60).await;
    let tried = line.provider.tried();
    let began = tried[0].1;
    let order: Vec<_> = tried.iter().map(|(words, at)| (&**words, at - began)).collect();
    assert_eq!(order, [("a1", 0), ("b1", 0), ("a2", 10), ("a3", 20)]);
}

#[tokio::test(start_paused = true)]
async fn what_waits_for_another_try_holds_its_thread_and_no_other() {
    let mut line = Line::new(|attempt, before| match (&*attempt.words, before) {
        ("a1", 0..3) => Answer::later(None),
        _ => Answer::sent(),
    })
    .await;
    let (one, two) = (line.texted("+1").await, line.texted("+2").await);
    for (id, words) in [(&one, "a1"), (&one, "a2"), (&two, "b1")] {
        line.says(id, words).await;
    }
    line.pass(60).await;
    let tried = line.provider.tried();
    let began = tried[0].1;
    let order: Vec<_> = tried.iter().map(|(words, at)| (&**words, at - began)).collect();
    assert_eq!(order, [("a1", 0), ("b1", 0), ("a1", 1), ("a1", 6), ("a1", 31), ("a2", 31)]);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_never_answers_holds_up_no_other() {
    let mut line = Line::new(|_, _| Answer::Hangs).await;
    let page = Provider::new(|_, _| Answer::sent());
    line.world.connect(MESSENGER_SERVICE, page.clone());
    for theirs in ["+1", "+2"] {
        let id = line.texted(theirs).await;
        line.says(&id, "Good day").await;
    }
    let id = line.opens(MESSENGER_SERVICE, "psid").await;
    let (index, _) = line.says(&id, "Good day").await;
    line.pass(1).await;
    assert_eq!(line.state(&id, index).await, Delivery::Sent);
    assert_eq!((page.attempts().len(), line.tasks().await.len()), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn a_journal_that_fails_loses_no_outcome_and_has_nothing_sent_twice() {
    for seed in 0..4 {
        let faults = Faults::seeded(seed, 600, 200);
        let mut line = Line::with(seed, faults, |_, before| match before {
            0 => Answer::later(None),
            _ => Answer::sent(),
        })
        .await;
        let id = line.texted("+1").await;
        let mut said = Vec::new();
        for number in 0..5 {
            said.push(line.says(&id, &number.to_string()).await.0);
        }
        line.pass(600).await;
        for index in said {
            assert_eq!(line.state(&id, index).await, Delivery::Sent, "seed {seed}");
            assert_eq!(line.provider.taken()[&format!("{id}/{index}")], 1, "seed {seed}");
        }
        assert_eq!(line.tasks().await, [], "seed {seed}");
        assert!(line.world.record().failed > 5, "seed {seed}");
    }
}

/// A timekeeper that looked again and again for what moved on would never let the time pass.
#[tokio::test(start_paused = true)]
async fn a_conversation_is_over_a_day_after_the_last_word_however_often_that_moved() {
    let mut line = Line::new(|_, _| Answer::sent()).await;
    let id = line.texted("+1").await;
    for hour in 0..30 {
        line.pass(3_600).await;
        match hour % 2 {
            0 => drop(line.says(&id, "Still here").await),
            _ => drop(line.unit(SMS_SERVICE, "+1", said("So am I", None)).await.expect("taken in")),
        }
    }
    let last = line.desk().now();
    line.pass(23 * 3_600).await;
    assert!(line.session(&id).await.customer.present);
    line.pass(3_601).await;
    let session = line.session(&id).await;
    assert_eq!(session.talk_ended, Some(EndedBy::Idle));
    let late = session.customer.left_at.expect("the customer left") - last - 24 * 3_600_000;
    assert!((0..1_000).contains(&late), "{late} ms late");
}

//! What a commit asks of connectors.

use super::{
    StoreBackend,
    fixture::{StoreFixture, session_command, work},
    post::{outcome, says},
};
use desk::ports::{CommitObserver, Committed, Start, StoreFault};
use domain::{
    command::SessionAct,
    session::Delivery,
    task::{Sign, TaskKind},
};
use std::sync::{Arc, Mutex};

pub async fn a_task_comes_with_its_commit_and_goes_with_its_outcome(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    fixture.text("one", "+1", 1).await;
    assert_eq!(fixture.tasks().await, []);
    fixture.done(says("one", 1, "Good day")).await;
    let rows = fixture.store.tasks().await.expect("tasks");
    assert_eq!((rows.len(), rows[0].started), (1, false));
    assert_eq!(rows[0].task.errand, TaskKind::Message { session: "one".into(), index: 4 });
    let now = fixture.tick();
    drop(fixture);

    let fixture = StoreFixture::at(backend.open(), now);
    assert_eq!(fixture.store.tasks().await.expect("tasks"), rows);
    fixture.done(outcome("one", 4, Delivery::Sent, "p1")).await;
    assert_eq!(fixture.tasks().await, []);
    drop(fixture);
    let fixture = StoreFixture::at(backend.open(), now + 1);
    assert_eq!(fixture.tasks().await, []);
    assert_eq!(fixture.entry("p1").await, Some(("one".into(), 4)));
}

pub async fn a_commit_that_cannot_be_written_leaves_no_task(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    fixture.text("one", "+1", 1).await;
    backend.fail_notes_of("/broken");
    let says =
        |words, topic| fixture.store.transact(Vec::new(), work(says("one", 1, words), fixture.tick(), topic));
    let (first, bad, last) =
        tokio::join!(says("first", "/fine"), says("lost", "/broken"), says("last", "/fine"));
    assert!(matches!(bad, Err(StoreFault::Permanent(_))), "{bad:?}");
    first.expect("written").expect("allowed");
    last.expect("written").expect("allowed");
    assert_eq!(fixture.tasks().await, [("one/4".into(), false), ("one/5".into(), false)]);
}

pub async fn tasks_are_listed_in_the_order_in_which_they_were_asked_for(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    for (id, theirs) in [("b", "+1"), ("a", "+2"), ("c", "+3")] {
        fixture.text(id, theirs, 1).await;
    }
    for id in ["b", "a", "c", "a"] {
        fixture.done(says(id, 1, "Good day")).await;
    }
    let ids = |tasks: Vec<(String, bool)>| tasks.into_iter().map(|(id, _)| id).collect::<Vec<_>>();
    assert_eq!(ids(fixture.tasks().await), ["b/4", "a/4", "c/4", "a/5"]);
    // What is asked for again comes after what waits already.
    fixture.done(outcome("a", 4, Delivery::Unknown, "p1")).await;
    fixture.done(session_command("a", 1, SessionAct::Resend { index: 4 })).await;
    assert_eq!(ids(fixture.tasks().await), ["b/4", "c/4", "a/5", "a/4"]);
    // So it does when the newest of all was settled meanwhile and the store was opened again.
    fixture.done(outcome("a", 4, Delivery::Failed, "p2")).await;
    let now = fixture.tick();
    drop(fixture);
    let fixture = StoreFixture::at(backend.open(), now);
    fixture.done(says("b", 1, "Are you there?")).await;
    assert_eq!(ids(fixture.tasks().await), ["b/4", "c/4", "a/5", "b/5"]);
}

pub async fn whether_a_task_was_begun_and_by_whom_outlives_the_store(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    fixture.text("one", "+1", 1).await;
    for words in ["a", "b", "c"] {
        fixture.done(says("one", 1, words)).await;
    }
    let start = async |task: &str, node: &str| {
        fixture.store.start(task.to_owned(), node.into()).await.expect("the store works")
    };
    assert_eq!((start("one/4", "a").await, start("one/4", "b").await), (Start::Begun, Start::Taken));
    assert_eq!(start("one/4", "a").await, Start::Begun, "who has begun may begin again");
    assert_eq!(start("one/5", "b").await, Start::Begun);
    fixture.store.not_sent("one/5".into()).await.expect("not sent");
    // A task that was settled meanwhile does not come back.
    fixture.done(outcome("one", 6, Delivery::Sent, "p1")).await;
    assert_eq!(start("one/6", "a").await, Start::Gone);
    let now = fixture.tick();
    drop(fixture);

    let fixture = StoreFixture::at(backend.open(), now);
    assert_eq!(fixture.tasks().await, [("one/4".into(), true), ("one/5".into(), false)]);
    let owners: Vec<_> =
        fixture.store.tasks().await.expect("tasks").into_iter().map(|row| row.owner).collect();
    assert_eq!(owners, [Some("a".into()), None]);
    // What is sent again was not begun.
    fixture.done(outcome("one", 4, Delivery::Unknown, "p2")).await;
    fixture.done(session_command("one", 1, SessionAct::Resend { index: 4 })).await;
    assert_eq!(fixture.tasks().await, [("one/5".into(), false), ("one/4".into(), false)]);
}

/// Writes down what it hears.
#[derive(Default)]
struct RecordingObserver(Mutex<Vec<Committed>>);

impl CommitObserver for RecordingObserver {
    fn committed(&self, group: &Committed) {
        self.0.lock().expect("lock").push(group.clone());
    }
}

pub async fn a_witness_hears_of_tasks_and_signs_in_order(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    fixture.text("one", "+1", 1).await;
    let observer = Arc::new(RecordingObserver::default());
    fixture.store.watch(observer.clone());
    let says = (0..50).map(|number| fixture.run(says("one", 1, &number.to_string())));
    for said in futures::future::join_all(says).await {
        said.expect("the store works").expect("allowed");
    }
    for on in [true, false] {
        fixture.act("one", 1, SessionAct::Type { on }).await;
    }
    let heard = std::mem::take(&mut *observer.0.lock().expect("lock"));
    let tasks: Vec<_> = heard.iter().flat_map(|group| &group.durable.tasks).map(domain::Task::id).collect();
    assert_eq!(tasks, (4..54).map(|index| format!("one/{index}")).collect::<Vec<_>>());
    let signs: Vec<_> =
        heard.iter().flat_map(|group| &group.local.signals).map(|signal| signal.sign).collect();
    assert_eq!(signs, [Sign::Typing, Sign::Stopped]);
}

pub async fn a_sign_alone_is_told_too(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    fixture.text("one", "+1", 1).await;
    let look = || session_command("one", 1, SessionAct::SetInFocus(true));
    fixture.done(look()).await;
    let observer = Arc::new(RecordingObserver::default());
    fixture.store.watch(observer.clone());
    // The agent looks at it already, so that nothing changes but what the customer sees.
    fixture.done(look()).await;
    let heard = observer.0.lock().expect("lock");
    let signs: Vec<_> =
        heard.iter().flat_map(|group| &group.local.signals).map(|signal| signal.sign).collect();
    assert_eq!(signs, [Sign::Seen]);
}

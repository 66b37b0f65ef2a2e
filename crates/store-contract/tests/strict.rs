//! The contract on the strict store, and what only that one does.

use desk::{
    ports::{CountBatch, Store, StoreFault, Work},
    reports::Counter,
};
use domain::{DecideError, Key, NodeId, Refusal, Want};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use store_contract::{
    Shared, StoreBackend, StrictStore,
    suite::{counting, fixture::StoreFixture},
};

/// A journal that outlives whoever has it open.
struct Memory(StrictStore);

fn memory() -> Memory {
    Memory(StrictStore::new())
}

impl StoreBackend for Memory {
    fn open(&self) -> Arc<dyn Store> {
        Arc::new(self.0.on(NodeId::default()))
    }

    fn fail_notes_of(&self, channel: &str) {
        self.0.fail_notes_of(channel);
    }
}

impl Shared for Memory {
    fn on(&self, node: NodeId) -> Arc<dyn Store> {
        Arc::new(self.0.on(node))
    }
}

store_contract::on_every_store! { memory() }
store_contract::on_shared_stores! { memory() }

#[tokio::test]
async fn what_was_not_named_is_not_served() {
    let store = StrictStore::new();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let told = asked.clone();
    let look: Work = Box::new(move |view| {
        for key in [Key::Centre, Key::Book] {
            if let Err(why) = view.state(&key) {
                told.lock().expect("lock").push(why.clone());
                return Err(why);
            }
        }
        Err(DecideError::Refused(Refusal::Ended))
    });
    let looked = store.transact(vec![Key::Centre.into()], look).await.expect("the store works");
    assert_eq!(looked, Err(Refusal::Ended));
    assert_eq!(*asked.lock().expect("lock"), [DecideError::Need(Want::State(Key::Book))]);
    assert_eq!(store.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_comes_late_of_what_is_known_changes_nothing() {
    let memory = memory();
    let (desk, seen) = store_contract::suite::desks::busy(&memory).await;
    assert!(seen().contains("waiting"), "{}", seen());
    let before = seen();
    memory.0.on("a".into()).tell_again();
    assert_eq!(seen(), before);
    drop(desk);
}

#[tokio::test(start_paused = true)]
async fn what_the_store_could_not_count_is_counted_once_it_can() {
    let memory = memory();
    let fixture = StoreFixture::set_up(memory.open(), 2).await;
    let counter = Counter::new(memory.open());
    let again = |fault: StoreFault| [fault.clone(), fault];
    let faults =
        [StoreFault::Failed("full".into()), StoreFault::Unknown("lost sight".into()), StoreFault::Busy];
    memory.0.fail_counts(faults.into_iter().flat_map(again));
    let mut failed = 0;
    for number in 0..40_u32 {
        counting::something(&fixture, number.into()).await;
        failed += usize::from(counter.step(i64::from(number) * 2_000).await.is_err());
    }
    assert_eq!(failed, 6);
    let now = 4_000_000;
    counter.step(now).await.expect("counted");
    counter.save(now).await.expect("written");
    let rows = counting::figures(&*fixture.store).await;
    assert_eq!(rows, counting::expected(&*fixture.store, now - 30_000).await);
}

#[tokio::test(start_paused = true)]
async fn a_desk_gives_up_counting_what_can_never_be_counted_and_serves_on() {
    let memory = memory();
    let (desk, _) = store_contract::suite::desks::busy(&memory).await;
    memory.0.fail_counts([StoreFault::Permanent("a row".into())]);
    let counting = tokio::spawn(desk.clone().count());
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(memory.open().counted().await.expect("read").and_then(|counted| counted.state), None);
    assert!(!counting.is_finished(), "a part of the server that ends would end it");
    // Nothing is tried again, so that nothing is told again.
    memory.0.fail_counts([StoreFault::Permanent("a row".into())]);
    tokio::time::sleep(Duration::from_secs(60)).await;
    let batch = CountBatch { on: 0, upto: 0, state: String::new(), changes: Vec::new() };
    assert!(memory.open().count(batch).await.is_err(), "the fault is still there");
    counting.abort();
}

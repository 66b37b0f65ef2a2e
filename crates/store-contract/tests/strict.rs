//! The contract on the strict store, and what only that one does.

use desk::ports::{Store, Work};
use domain::{DecideError, Key, NodeId, Refusal, Want};
use std::sync::{Arc, Mutex};
use store_contract::{Shared, StoreBackend, StrictStore};

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

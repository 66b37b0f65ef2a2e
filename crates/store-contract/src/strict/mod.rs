//! A store in memory that gives a decision what it named, and nothing else.

mod commit;
mod data;
mod feed;
mod report_data;
mod reports;
mod retention;
mod store;
mod view;

use data::JournalData;
use desk::ports::{CommitObserver, Committed, Durable, Local, StoreFault};
use domain::NodeId;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
};

/// One node's hold on a journal in memory. Everything that its decisions look at must be named as a [`domain::Want`],
/// in the call or when it is asked for. The journal lives for as long as any hold on it does.
pub struct StrictStore {
    journal: Arc<SharedJournal>,
    node: NodeId,
}

/// What all nodes share.
struct SharedJournal {
    data: Mutex<JournalData>,
    /// Held from a commit until everybody was told of it, so that all are told in the order of the commits.
    order: Mutex<()>,
    watch: Mutex<Vec<(NodeId, Weak<dyn CommitObserver>)>>,
    /// Everything of which observers were ever told.
    told: Mutex<Vec<Arc<Durable>>>,
    asked: AtomicU64,
    stream_id: String,
}

impl Default for StrictStore {
    fn default() -> Self {
        Self::new()
    }
}

impl StrictStore {
    /// An empty journal, and the hold of the node of an installation that has one.
    pub fn new() -> Self {
        let journal = SharedJournal {
            data: Mutex::default(),
            order: Mutex::default(),
            watch: Mutex::default(),
            told: Mutex::default(),
            asked: AtomicU64::new(0),
            stream_id: "0".repeat(32),
        };
        Self { journal: Arc::new(journal), node: NodeId::default() }
    }

    /// Another hold on the same journal: that of a node, whether or not it has one already.
    #[must_use]
    pub fn on(&self, node: NodeId) -> Self {
        Self { journal: self.journal.clone(), node }
    }

    /// Fails every commit from now on that would write a note of a channel.
    pub fn fail_notes_of(&self, channel: &str) {
        lock(&self.journal.data).failing = Some(channel.to_owned());
    }

    /// Fails the next batches that are counted for reporting, one with each fault; those with [`StoreFault::Unknown`] are
    /// counted all the same.
    pub fn fail_counts(&self, faults: impl IntoIterator<Item = StoreFault>) {
        lock(&self.journal.data).reports.fail(faults);
    }

    /// Tells the observers of this node once more of everything that was ever committed, in that order: like a late
    /// hint of news that they have heard long ago.
    pub fn tell_again(&self) {
        let _order = lock(&self.journal.order);
        let told = lock(&self.journal.told).clone();
        for durable in told {
            let again = Committed { durable: (*durable).clone(), local: Local::default() };
            for (_, observer) in self.journal.observers().into_iter().filter(|(node, _)| *node == self.node) {
                observer.committed(&again);
            }
        }
    }

    /// How often a decision of any node needed something that nobody had named.
    pub fn asked(&self) -> u64 {
        self.journal.asked.load(Ordering::Relaxed)
    }
}

impl SharedJournal {
    fn observers(&self) -> Vec<(NodeId, Arc<dyn CommitObserver>)> {
        let mut watch = lock(&self.watch);
        watch.retain(|(_, observer)| observer.strong_count() > 0);
        watch.iter().filter_map(|(node, observer)| Some((node.clone(), observer.upgrade()?))).collect()
    }

    /// Tells everybody of a commit of a node. An observer that panics keeps no other from being told.
    fn tell(&self, by: &NodeId, durable: Durable, local: Local) {
        let durable = Arc::new(durable);
        lock(&self.told).push(durable.clone());
        let here = Committed { durable: (*durable).clone(), local };
        let elsewhere = Committed { durable: (*durable).clone(), local: Local::default() };
        for (node, observer) in self.observers() {
            let group = if node == *by { &here } else { &elsewhere };
            drop(catch_unwind(AssertUnwindSafe(|| observer.committed(group))));
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

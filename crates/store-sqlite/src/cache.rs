//! Committed snapshots in memory, for the writer and for readers. Nothing depends on them: whatever is
//! not here is in the file.

use domain::{Key, State};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

/// A snapshot with what the writer needs to go on from it.
#[derive(Clone, Debug)]
pub(crate) struct CachedSnapshot {
    /// The entity's id in the file.
    pub id: i64,
    /// How many events it has.
    pub version: u64,
    /// The number of the newest of them that names the one before ([`crate::links`]); 0 for none.
    pub newest: u64,
    /// The snapshot.
    pub state: Arc<State>,
}

/// Committed snapshots, at most so many.
pub(crate) struct Cache {
    inner: RwLock<Inner>,
    bound: usize,
}

#[derive(Default)]
struct Inner {
    entries: HashMap<Key, CachedSnapshot>,
    /// Keys in the order in which they came; some may have gone since.
    order: VecDeque<Key>,
    /// Keys of conversations that are over: the first to go.
    closed: VecDeque<Key>,
    /// Counts publications.
    epoch: u64,
}

impl Cache {
    pub fn new(bound: usize) -> Self {
        Self { inner: RwLock::default(), bound: bound.max(1) }
    }

    pub fn get(&self, key: &Key) -> Option<CachedSnapshot> {
        self.read().entries.get(key).cloned()
    }

    /// The committed snapshot, or else the number under which one read from the file now may be kept.
    pub fn find(&self, key: &Key) -> Result<Arc<State>, u64> {
        let inner = self.read();
        inner.entries.get(key).map(|entry| entry.state.clone()).ok_or(inner.epoch)
    }

    /// Takes in what a commit changed; `None` is gone.
    pub fn publish(&self, changed: impl IntoIterator<Item = (Key, Option<CachedSnapshot>)>) {
        let mut inner = self.write();
        inner.epoch += 1;
        for (key, entry) in changed {
            match entry {
                Some(entry) => inner.insert(key, entry),
                None => {
                    inner.entries.remove(&key);
                }
            }
        }
        inner.evict(self.bound);
    }

    /// Forgets everything: the file is asked again.
    pub fn clear(&self) {
        let mut inner = self.write();
        *inner = Inner { epoch: inner.epoch + 1, ..Inner::default() };
    }

    /// Keeps what was read from the file, unless something was published since `epoch` was looked up: a reader
    /// may have seen the snapshot before that.
    pub fn keep(&self, key: &Key, entry: CachedSnapshot, epoch: u64) {
        let mut inner = self.write();
        if inner.epoch == epoch {
            inner.insert(key.clone(), entry);
            inner.evict(self.bound);
        }
    }

    /// The number under which what is read from the file now may be kept.
    pub fn epoch(&self) -> u64 {
        self.read().epoch
    }

    /// Keeps many at once, under the same condition; what is here already stays.
    pub fn keep_all(&self, entries: Vec<(Key, CachedSnapshot)>, epoch: u64) {
        let mut inner = self.write();
        if inner.epoch == epoch {
            for (key, entry) in entries {
                if !inner.entries.contains_key(&key) {
                    inner.insert(key, entry);
                }
            }
            inner.evict(self.bound);
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.inner.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn insert(&mut self, key: Key, entry: CachedSnapshot) {
        let is_open = entry.state.is_open();
        match self.entries.insert(key.clone(), entry) {
            None => {
                if !is_open {
                    self.closed.push_back(key.clone());
                }
                self.order.push_back(key);
            }
            Some(before) if before.state.is_open() && !is_open => self.closed.push_back(key),
            Some(_) => {}
        }
    }

    fn evict(&mut self, bound: usize) {
        while self.entries.len() > bound {
            let Some(key) = self.closed.pop_front().or_else(|| self.order.pop_front()) else { break };
            self.entries.remove(&key);
        }
        // Keys that went by the other list, or were retired, still stand in this one.
        for list in [&mut self.order, &mut self.closed] {
            if list.len() > 2 * bound {
                list.retain(|key| self.entries.contains_key(key));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        State,
        disposition_tree::DispositionTree,
        queue::{Calls, Queue},
    };
    use std::collections::BTreeMap;

    fn entry(open: bool) -> CachedSnapshot {
        let queue = open.then(|| Queue {
            name: "Support".into(),
            skills: BTreeMap::new(),
            priority: 0,
            ageing: 0,
            offer: 30_000,
            cool_down: 0,
            last_agent_wait: 0,
            max_waiting: 10,
            reserve_percent: domain::share::RESERVE_PERCENT,
            service_level: domain::queue::SERVICE_LEVEL,
            short_abandon: domain::queue::SHORT_ABANDON,
            routing_point: None,
            hours: domain::hours::Hours::default(),
            closed: domain::hours::Closed::default(),
            calls: Calls::default(),
            required: domain::disposition::Requirement::default(),
        });
        CachedSnapshot { id: 1, version: 1, newest: 1, state: Arc::new(State::Queue(queue)) }
    }

    fn key(name: &str) -> Key {
        Key::Queue(name.into())
    }

    #[test]
    fn what_is_closed_goes_first_and_then_what_came_first() {
        let cache = Cache::new(3);
        cache.publish(["a", "b", "c"].map(|name| (key(name), Some(entry(true)))));
        cache.publish([(key("b"), Some(entry(false)))]);
        cache.publish([(key("d"), Some(entry(true)))]);
        assert!(cache.get(&key("b")).is_none());
        cache.publish([(key("e"), Some(entry(true)))]);
        assert!(cache.get(&key("a")).is_none());
        assert!(["c", "d", "e"].iter().all(|name| cache.get(&key(name)).is_some()));
    }

    #[test]
    fn a_late_reader_does_not_bring_back_what_was_replaced() {
        let cache = Cache::new(3);
        let epoch = cache.find(&Key::Book).expect_err("empty");
        cache.publish([(Key::Book, Some(entry(true)))]);
        cache.publish([(Key::Book, None)]);
        cache.keep(
            &Key::Book,
            CachedSnapshot {
                id: 1,
                version: 1,
                newest: 1,
                state: Arc::new(State::Book(DispositionTree::default())),
            },
            epoch,
        );
        assert!(cache.get(&Key::Book).is_none());
    }
}

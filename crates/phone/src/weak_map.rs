//! What a line is asked for by name: the phones on it, and its calls. It keeps neither alive.

use crate::lock::lock;
use std::{
    borrow::Borrow,
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, Weak},
};

/// Values by their key, for as long as somebody else has them.
pub(crate) struct WeakMap<K, T>(Mutex<HashMap<K, Weak<T>>>);

impl<K: Eq + Hash, T> WeakMap<K, T> {
    /// None yet.
    pub fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::default()))
    }

    /// A later value of the same key takes the place of an earlier one.
    pub fn add(&self, key: K, value: &Arc<T>) {
        lock(&self.0).insert(key, Arc::downgrade(value));
    }

    /// Forgets a value, whoever has it.
    pub fn remove(&self, key: &K) {
        lock(&self.0).remove(key);
    }

    /// Forgets a value that was dropped, unless another has taken its place.
    pub fn forget<Q: Eq + Hash + ?Sized>(&self, key: &Q)
    where
        K: Borrow<Q>,
    {
        let mut known = lock(&self.0);
        if known.get(key).is_some_and(|value| value.strong_count() == 0) {
            known.remove(key);
        }
    }

    /// The value of a key.
    pub fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<Arc<T>>
    where
        K: Borrow<Q>,
    {
        lock(&self.0).get(key)?.upgrade()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        lock(&self.0).len()
    }
}

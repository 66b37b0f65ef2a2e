//! What one session listens to, and under which name it hears a note.

use std::collections::HashSet;
use std::sync::Arc;

use crate::channel;

/// The channels and patterns of a session, without repeats. Immutable and shared, so a host filters
/// notes after it has let go of the hub.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Subscriptions {
    /// Sorted, for lookup by binary search and so that equal sets are equal lists.
    names: Vec<Box<str>>,
}

impl Subscriptions {
    /// The set of the given names; those that are no broadcast channel are left out.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut set = Self::default();
        for name in names {
            if let channel::ChannelKind::Broadcast(name) = channel::classify(name) {
                set.insert(name);
            }
        }
        set
    }

    /// How many channels and patterns there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether the session listens to nothing.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The names in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(AsRef::as_ref)
    }

    /// The spelling under which the session receives a note known under several channel names, the
    /// canonical one first: the first it subscribed to exactly, else the first a pattern covers, else
    /// none. So one note is at most one event (spec: bayeux-conformance#39, #43, #44, #45).
    pub fn pick<'a>(&self, spellings: &[&'a str]) -> Option<&'a str> {
        let allowed = || spellings.iter().copied().filter(|spelling| channel::is_broadcast(spelling));
        allowed().find(|spelling| self.contains(spelling)).or_else(|| {
            allowed().find(|spelling| {
                self.iter().any(|name| channel::is_wild(name) && channel::covers(name, spelling))
            })
        })
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.position(name).is_ok()
    }

    pub(crate) fn insert(&mut self, name: &str) {
        if let Err(place) = self.position(name) {
            self.names.insert(place, name.into());
        }
    }

    pub(crate) fn remove(&mut self, name: &str) -> bool {
        let found = self.position(name);
        if let Ok(place) = found {
            self.names.remove(place);
        }
        found.is_ok()
    }

    fn position(&self, name: &str) -> Result<usize, usize> {
        self.names.binary_search_by(|have| have.as_ref().cmp(name))
    }
}

/// Equal sets kept once: thousands of sessions subscribe to the same dozen channels.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    sets: HashSet<Arc<Subscriptions>>,
    /// Size at which unused sets are thrown out next; doubling keeps the cost per insertion constant.
    prune_at: usize,
}

impl Interner {
    pub fn share(&mut self, set: Subscriptions) -> Arc<Subscriptions> {
        if let Some(kept) = self.sets.get(&set) {
            return kept.clone();
        }
        if self.sets.len() >= self.prune_at {
            self.prune();
        }
        let kept = Arc::new(set);
        self.sets.insert(kept.clone());
        kept
    }

    /// Drops the sets no session and no host holds any more.
    pub fn prune(&mut self) {
        self.sets.retain(|set| Arc::strong_count(set) > 1);
        self.prune_at = 64.max(self.sets.len() * 2);
    }

    pub fn len(&self) -> usize {
        self.sets.len()
    }
}

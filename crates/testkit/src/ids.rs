//! Ids that are counted.

use desk::ports::Ids;
use domain::{InteractionId, message::ParticipantId};
use std::{
    collections::VecDeque,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// Ids in the form of the real ones, one after another from a seed, so that every run gives the same. Those of the next
/// conversations and calls can be chosen.
#[derive(Debug, Default)]
pub struct TestIds {
    seed: u64,
    given: AtomicU64,
    conversations: Chosen<InteractionId>,
    calls: Chosen<InteractionId>,
    connections: Chosen<String>,
}

impl TestIds {
    /// Ids that differ from those of any other seed where chance is drawn from them.
    pub fn new(seed: u64) -> Self {
        Self { seed, ..Self::default() }
    }

    /// The id of the next conversation.
    pub fn choose(&self, id: &str) {
        self.conversations.put(id.into());
    }

    /// The id and the connection id of the next call.
    pub fn choose_call(&self, id: &str, connection: &str) {
        self.calls.put(id.into());
        self.connections.put(connection.into());
    }

    fn next(&self) -> u64 {
        self.given.fetch_add(1, Ordering::Relaxed) + 1
    }
}

impl Ids for TestIds {
    fn session(&self) -> InteractionId {
        self.conversations.take().unwrap_or_else(|| InteractionId::new(format!("S{:015}", self.next())))
    }

    fn participant(&self) -> ParticipantId {
        ParticipantId::new(format!("{:016X}", self.next()))
    }

    fn secret(&self) -> String {
        format!("{:016x}{:016x}", self.seed, self.next())
    }

    fn guid(&self) -> String {
        format!("00000000-0000-4000-8000-{:012x}", self.next())
    }

    fn call(&self) -> InteractionId {
        self.calls.take().unwrap_or_else(|| InteractionId::new(format!("C{:031}", self.next())))
    }

    fn connection(&self) -> String {
        self.connections.take().unwrap_or_else(|| format!("{:016x}", self.next()))
    }
}

/// What was chosen and not given yet, in order.
#[derive(Debug)]
struct Chosen<T>(Mutex<VecDeque<T>>);

impl<T> Default for Chosen<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Chosen<T> {
    fn put(&self, one: T) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(one);
    }

    fn take(&self) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

//! Time and ids that stand still and count.

use desk::ports::{Clock, Ids};
use domain::{InteractionId, Millis, message::ParticipantId};
use std::{
    collections::VecDeque,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

/// When every test begins: 2026-02-03T09:11:02Z.
pub const START: Millis = 1_770_109_862_000;

/// A clock that goes when it is told to.
pub struct StoppedClock(AtomicI64);

impl Default for StoppedClock {
    fn default() -> Self {
        Self(AtomicI64::new(START))
    }
}

impl StoppedClock {
    pub fn advance(&self, by: Millis) {
        self.0.fetch_add(by, Ordering::SeqCst);
    }
}

impl Clock for StoppedClock {
    fn now(&self) -> Millis {
        self.0.load(Ordering::SeqCst)
    }
}

/// Ids that count; those of conversations and calls can be chosen.
#[derive(Default)]
pub struct CountedIds {
    next: AtomicU64,
    chosen: Mutex<VecDeque<InteractionId>>,
    calls: Mutex<VecDeque<InteractionId>>,
    connections: Mutex<VecDeque<String>>,
}

impl CountedIds {
    /// The id of the next conversation.
    pub fn choose(&self, id: &str) {
        self.chosen.lock().unwrap_or_else(PoisonError::into_inner).push_back(id.into());
    }

    /// The id and the connection id of the next call.
    pub fn choose_call(&self, id: &str, connection: &str) {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).push_back(id.into());
        self.connections.lock().unwrap_or_else(PoisonError::into_inner).push_back(connection.into());
    }

    fn count(&self) -> u64 {
        self.next.fetch_add(1, Ordering::SeqCst) + 1
    }
}

impl Ids for CountedIds {
    fn session(&self) -> InteractionId {
        let chosen = self.chosen.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        chosen.unwrap_or_else(|| InteractionId::new(format!("0001Test{:08}", self.count())))
    }

    fn participant(&self) -> ParticipantId {
        ParticipantId::new(format!("00A1{:012X}", self.count()))
    }

    fn secret(&self) -> String {
        format!("{:032x}", self.count())
    }

    fn guid(&self) -> String {
        format!("00000000-0000-4000-8000-{:012x}", self.count())
    }

    fn call(&self) -> InteractionId {
        let chosen = self.calls.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        chosen.unwrap_or_else(|| InteractionId::new(format!("01TESTCALL{:022}", self.count())))
    }

    fn connection(&self) -> String {
        let chosen = self.connections.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        chosen.unwrap_or_else(|| format!("{:016x}", self.count()))
    }
}

//! The hub and the tasks that wait for it: those that hold connects, and the sockets.

use super::sockets::Sockets;
use bayeux::{Hub, Presence, Reconnect, SessionChange, SessionRecord};
use desk::{
    Desk,
    ports::{SessionTable, StoreFault},
};
use domain::{Millis, UserId};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::Notify;

/// All notification sessions of this node.
pub struct Notifications {
    hub: Mutex<Hub>,
    /// How to wake the task that holds a connect, by the hold's generation.
    holds: Mutex<HashMap<u64, Arc<Notify>>>,
    pub(super) sockets: Sockets,
}

impl Notifications {
    /// Takes up the sessions that the journal keeps; the time the server was down does not count against them.
    pub async fn load(desk: &Desk) -> Result<Self, StoreFault> {
        let mut hub = Hub::new(bayeux::Config::default());
        for (id, row) in desk.store().rows(SessionTable::BayeuxSession).await? {
            match serde_json::from_str::<SessionRecord>(&row) {
                Ok(record) => {
                    let head = desk.mailboxes().of(&UserId::from(&*record.principal)).head();
                    hub.adopt(record.cut_to(head), millis(desk.now()));
                }
                Err(fault) => tracing::warn!(%id, %fault, "a stored notification session could not be read"),
            }
        }
        Ok(Self { hub: Mutex::new(hub), holds: Mutex::default(), sockets: Sockets::default() })
    }

    /// Ends held connects with the advice to come back; sessions stay for the process that follows.
    pub fn close(&self) {
        self.hub().drain(Reconnect::Retry);
        self.release();
    }

    /// Who listens, and whether their clients are heard of.
    pub fn presences(&self) -> HashMap<Arc<str>, Presence> {
        self.hub().presences()
    }

    pub(super) fn hub(&self) -> MutexGuard<'_, Hub> {
        self.hub.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn holds(&self) -> MutexGuard<'_, HashMap<u64, Arc<Notify>>> {
        self.holds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the tasks whose holds have something to do: they were let go, or have something volatile to tell.
    pub(super) fn release(&self) {
        let released = self.hub().take_released();
        if !released.is_empty() {
            let holds = self.holds();
            for released in released {
                if let Some(waker) = holds.get(&released.generation) {
                    waker.notify_one();
                }
            }
        }
    }
}

/// Writes down what the hub changed.
pub(super) async fn persist(desk: &Desk, changes: Vec<SessionChange>) -> Result<(), StoreFault> {
    if changes.is_empty() {
        return Ok(());
    }
    let rows = changes.into_iter().map(|change| match change {
        SessionChange::Put(record) => (record.id.to_string(), serde_json::to_string(&record).ok()),
        SessionChange::Gone { id, .. } => (id.to_string(), None),
    });
    desk.store().shelve(SessionTable::BayeuxSession, rows.collect()).await
}

/// A moment as the hub counts it.
pub(super) fn millis(at: Millis) -> u64 {
    u64::try_from(at).unwrap_or(0)
}

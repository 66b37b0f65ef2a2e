//! The hub and the tasks that wait for it: those that hold connects, and the sockets.

use super::sockets::Sockets;
use crate::{auth::Login, state::Api};
use bayeux::{Completed, Hold, Hub, Reconnect, SessionChange, SessionRecord, Volatile};
use desk::{
    Desk,
    ports::{SessionTable, StoreFault},
};
use domain::{Millis, UserId};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
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

/// How long after the end of a login everything that went with it in the hub is over.
const SETTLED: Duration = Duration::from_secs(1);

/// A hold that is given back however its task ends: when it is answered, or dropped with its connection
/// (spec: bayeux-conformance#36).
pub(super) struct Held<'a> {
    api: &'a Api,
    pub(super) hold: Option<Hold>,
    pub(super) waker: Arc<Notify>,
}

impl<'a> Held<'a> {
    pub(super) fn new(api: &'a Api, hold: Hold) -> Self {
        let waker = Arc::new(Notify::new());
        api.notifications.holds().insert(hold.generation(), waker.clone());
        Self { api, hold: Some(hold), waker }
    }

    pub(super) fn take(&mut self) -> Option<Hold> {
        let hold = self.hold.take()?;
        self.api.notifications.holds().remove(&hold.generation());
        Some(hold)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if let Some(hold) = self.take() {
            self.api.notifications.hub().abandon(hold, millis(self.api.desk.now()));
        }
    }
}

/// Returns when a login has ended and what went with it had its time to be told so.
pub(super) async fn settled(login: &Login) {
    login.ended().await;
    tokio::time::sleep(SETTLED).await;
}

/// Ends a hold; volatile messages that are new to its session must be written before the reply.
pub(super) fn complete(api: &Api, hold: Hold, looked: u64) -> (Vec<Volatile>, Completed) {
    let mut hub = api.notifications.hub();
    let told = hub.take_volatile(&hold);
    (told, hub.complete(hold, looked, millis(api.desk.now())))
}

/// Puts volatile messages into a response.
pub(super) fn write(told: &[Volatile], out: &mut bayeux::Response) {
    for message in told {
        out.event(&message.channel, message.data.as_bytes());
    }
    metrics::counter!("jackfield_volatile_delivered_total").increment(told.len() as u64);
}

//! Holding a connect, and ending it.

use super::hub::millis;
use crate::{auth::Login, state::Api};
use bayeux::{Completed, Hold, Volatile};
use std::{sync::Arc, time::Duration};
use tokio::sync::Notify;

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

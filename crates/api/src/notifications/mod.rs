//! The notifications endpoint: the Bayeux hub between mailboxes, long polls and sockets.
//!
//! The hub knows the protocol and the sessions, the mailroom knows the notes; what is here waits. A note reaches
//! a client only after it was committed, and a client with acknowledgements gets it again until it says that it
//! has it (decisions §2).

mod housekeeping;
mod mail;
mod polling;
mod pulse;
mod socket;
mod sockets;
mod volatile;

pub use housekeeping::sweep;
pub use polling::{farewell, post};
pub use socket::get;
pub use volatile::{announce, tell_device_error};

use crate::{
    app::Api,
    auth::{Caller, Ending, Login},
};
use bayeux::{
    Admission, Answer, BatchRefused, Change, Completed, Fresh, Hold, Hub, Message, Reconnect, Record,
    Transport, Volatile, without_login,
};
use desk::{
    Desk,
    ports::{Shelf, StoreFault},
};
use domain::{UserId, user::Role};
use sockets::Sockets;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::Notify;

/// The cookie that tells one browser's sessions from another's.
pub const BROWSER_COOKIE: &str = "BAYEUX_BROWSER";

/// So long after a login has ended, whatever went with it in the hub is over.
const SETTLED: Duration = Duration::from_secs(1);

/// All notification sessions of this node.
pub struct Notifications {
    hub: Mutex<Hub>,
    /// How to wake the task that holds a connect, by the hold's generation.
    holds: Mutex<HashMap<u64, Arc<Notify>>>,
    sockets: Sockets,
}

impl Notifications {
    /// Takes up the sessions that the shelf holds; their downtime does not count.
    pub async fn load(desk: &Desk) -> Result<Self, StoreFault> {
        let mut hub = Hub::new(bayeux::Config::default());
        for (id, row) in desk.store().rows(Shelf::BayeuxSession).await? {
            match serde_json::from_str::<Record>(&row) {
                Ok(record) => {
                    let head = desk.mailroom().of(&UserId::from(&*record.principal)).head();
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

    fn hub(&self) -> MutexGuard<'_, Hub> {
        self.hub.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn holds(&self) -> MutexGuard<'_, HashMap<u64, Arc<Notify>>> {
        self.holds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the tasks whose holds have something to do: let go, or told something volatile.
    fn release(&self) {
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

/// Ends the notification sessions of a login that has ended. One that its client has ended still hears what there is,
/// its own logging out for instance.
pub async fn login_ended(api: &Api, login: &Login, how: Ending) {
    let changes = {
        let mut hub = api.notifications.hub();
        hub.end_login(login.user.as_str(), &login.key, how == Ending::Asked);
        hub.take_changes()
    };
    api.notifications.release();
    if let Err(fault) = persist(api, changes).await {
        tracing::error!(%fault, "notification sessions that ended could not be written");
    }
}

/// Done when a login has ended and what went with it had its time to be told so.
async fn settled(login: &Login) {
    login.ended().await;
    tokio::time::sleep(SETTLED).await;
}

/// Hands a batch to the hub and writes down what it changed, before anything is answered.
async fn receive(
    api: &Api,
    caller: &Caller,
    browser: Option<&str>,
    vouched: bool,
    transport: Transport,
    batch: Vec<Message>,
) -> Result<Result<Vec<Answer>, BatchRefused>, StoreFault> {
    let now = api.desk.now();
    let first = batch.first().and_then(|message| message.channel.as_deref());
    edge::span::operation(first.filter(|channel| channel.starts_with("/meta/")).unwrap_or("publish"));
    let handshake = batch.first().is_some_and(Message::is_handshake);
    let may_subscribe = |channel: &str| may_subscribe(caller, channel);
    let outcome = {
        let from = bayeux::Caller {
            principal: caller.user.id.as_str().into(),
            login: Some(caller.login.key.clone()),
            browser,
            vouched,
            transport,
            now: millis(now),
            start: if handshake {
                api.desk.mailroom().of(&caller.user.id).start(api.desk.awake())
            } else {
                0
            },
            head: api.desk.mailroom().of(&caller.user.id).head(),
            fresh: if handshake { fresh(api) } else { Fresh { session: 0, browser: 0 } },
            admission: Admission::Granted,
            may_subscribe: &may_subscribe,
        };
        let mut hub = api.notifications.hub();
        // Looked at with the hub in hand: after its end, nothing goes with a login any more.
        if !caller.login.is_live(&api.desk) {
            let replies = without_login(batch, millis(now));
            return Ok(Ok(replies.into_iter().map(Answer::Reply).collect()));
        }
        let outcome = hub.receive(batch, &from);
        (outcome, hub.take_changes())
    };
    api.notifications.release();
    let (answers, changes) = outcome;
    persist(api, changes).await?;
    Ok(answers)
}

async fn persist(api: &Api, changes: Vec<Change>) -> Result<(), StoreFault> {
    if changes.is_empty() {
        return Ok(());
    }
    let rows = changes.into_iter().map(|change| match change {
        Change::Put(record) => (record.id.to_string(), serde_json::to_string(&record).ok()),
        Change::Gone { id, .. } => (id.to_string(), None),
    });
    api.desk.store().shelve(Shelf::BayeuxSession, rows.collect()).await
}

/// Anything below `/v2/me`, the broadcasts, and wildcards that only ever match what is his; topics about other
/// users are for those who look after them (core-and-voice §3.2).
fn may_subscribe(caller: &Caller, channel: &str) -> bool {
    let others = channel.starts_with("/v2/users") || channel.starts_with("/v2/queues");
    !others || caller.user.has(&[Role::Supervisor, Role::Admin, Role::Apiuser])
}

fn fresh(api: &Api) -> Fresh {
    let random =
        || u128::from_str_radix(api.desk.ids().secret().get(..32).unwrap_or_default(), 16).unwrap_or(0);
    Fresh { session: random(), browser: random() }
}

/// Ends a hold; what is volatile and new to its session is to be written before the reply.
fn complete(api: &Api, hold: Hold, looked: u64) -> (Vec<Volatile>, Completed) {
    let mut hub = api.notifications.hub();
    let told = hub.take_volatile(&hold);
    (told, hub.complete(hold, looked, millis(api.desk.now())))
}

/// Puts volatile messages into a response.
fn write(told: &[Volatile], out: &mut bayeux::Response) {
    for message in told {
        out.event(&message.channel, message.data.as_bytes());
    }
    metrics::counter!("jackfield_volatile_delivered_total").increment(told.len() as u64);
}

fn millis(at: domain::Millis) -> u64 {
    u64::try_from(at).unwrap_or(0)
}

/// A hold that is given back however its task ends: answered, or dropped with its connection (item 36).
struct Held<'a> {
    api: &'a Api,
    hold: Option<Hold>,
    waker: Arc<Notify>,
}

impl<'a> Held<'a> {
    fn new(api: &'a Api, hold: Hold) -> Self {
        let waker = Arc::new(Notify::new());
        api.notifications.holds().insert(hold.generation(), waker.clone());
        Self { api, hold: Some(hold), waker }
    }

    fn take(&mut self) -> Option<Hold> {
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

use crate::{
    Account, Call, Incoming, PhoneError, Say,
    call::{self, Leg, Legs},
    line_shared::LineShared,
    lock::lock,
    registration::{self, Registered},
    weak_map::WeakMap,
};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::sync::Notify;

/// How many calls that came in wait to be asked for; the oldest go.
const KEPT: usize = 4;

/// A phone. Clones are the same phone; the last one dropped ends its registration's refreshing and it is called no
/// more. Calls that run go on.
#[derive(Clone)]
pub struct Phone {
    desk: Arc<Desk>,
}

impl Phone {
    pub(crate) fn on(
        line: &Arc<LineShared>,
        phones: &Arc<Phones>,
        legs: &Arc<Legs>,
        account: Account,
    ) -> Self {
        let desk = Arc::new(Desk {
            line: line.clone(),
            phones: phones.clone(),
            legs: legs.clone(),
            account,
            incoming: Mutex::default(),
            came: Mutex::default(),
            rang: Notify::new(),
            registered: tokio::sync::Mutex::default(),
        });
        phones.add(desk.account.user.clone(), &desk);
        Self { desk }
    }

    /// Registers with the line's server and refreshes that by itself until [`Self::unregister`] or until the phone is
    /// dropped. A refresh that fails is tried again, after 1 s at first and 60 s at last.
    ///
    /// # Errors
    /// [`PhoneError::Refused`] with the registrar's code (401 and 403: wrong password or user), or no answer in 32 s.
    pub async fn register(&self, expires: Duration) -> Result<(), PhoneError> {
        let mut registered = self.desk.registered.lock().await;
        let before = registered.take();
        *registered = Some(registration::begin(&self.desk.line, &self.desk.account, before, expires).await?);
        Ok(())
    }

    /// Takes the registration back. Does nothing when there is none.
    ///
    /// # Errors
    /// As [`Self::register`]; it is not refreshed any more in any case.
    pub async fn unregister(&self) -> Result<(), PhoneError> {
        match self.desk.registered.lock().await.take() {
            Some(registered) => registered.end().await,
            None => Ok(()),
        }
    }

    /// Whether the last REGISTER was accepted and has not run out.
    pub async fn is_registered(&self) -> bool {
        self.desk.registered.lock().await.as_ref().is_some_and(Registered::holds)
    }

    /// What the phone does from now on when it is called.
    pub fn on_incoming(&self, incoming: Incoming) {
        *lock(&self.desk.incoming) = incoming;
    }

    /// The oldest call that came in and was not asked for yet; waits for one. At most four are kept. Refused calls
    /// are not among them.
    pub async fn next_call(&self) -> Call {
        loop {
            let rang = self.desk.rang.notified();
            if let Some(leg) = lock(&self.desk.came).pop_front() {
                return Call::incoming(leg);
            }
            rang.await;
        }
    }

    /// Calls a number of the server's, or `user@address:port` directly, with headers of one's own. Returns when the
    /// INVITE is on its way. The call is hung up when the last clone of it is dropped.
    ///
    /// # Errors
    /// No socket for the voice, or something that cannot stand in a SIP message.
    pub async fn call(&self, number: &str, say: Say, headers: &[(&str, &str)]) -> Result<Call, PhoneError> {
        call::dial((&self.desk.line, &self.desk.legs), &self.desk.account, number, say, headers).await
    }
}

/// The phones of a line, by their user names.
pub(crate) type Phones = WeakMap<String, Desk>;

/// What a phone is, for the line.
pub(crate) struct Desk {
    line: Arc<LineShared>,
    phones: Arc<Phones>,
    legs: Arc<Legs>,
    pub account: Account,
    incoming: Mutex<Incoming>,
    came: Mutex<VecDeque<Arc<Leg>>>,
    rang: Notify,
    registered: tokio::sync::Mutex<Option<Registered>>,
}

impl Desk {
    pub fn incoming(&self) -> Incoming {
        lock(&self.incoming).clone()
    }

    pub fn came(&self, leg: Arc<Leg>) {
        let mut came = lock(&self.came);
        if came.len() == KEPT {
            came.pop_front();
        }
        came.push_back(leg);
        drop(came);
        self.rang.notify_one();
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.phones.forget(&*self.account.user);
    }
}

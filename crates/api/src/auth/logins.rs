//! All logins: opened, resumed by their cookies, ended.
//!
//! A login ends by its own request, by inactivity, and with the password, the enablement or the existence of its user,
//! also when those changed while no process ran. [`super::upkeep`] ends what depends on it.

use super::login::{Found, Login, key};
use desk::{
    Desk,
    ports::{FeedQuery, SessionTable, StoreFault},
};
use domain::{Event, Key, Millis, UserId, user};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The most sessions of one user; the one not used for longest goes when one more comes.
const MAX_PER_USER: usize = 256;
/// How often at most the use of a session is written down, in milliseconds.
const WRITE_EVERY: Millis = 30_000;
/// How much later than its row says a session may have been used: until the sweep that writes it. Milliseconds.
const UNWRITTEN: Millis = WRITE_EVERY + 10_000;
/// For how long a client that never shows its cookie is given the same session again, in milliseconds.
const UNCLAIMED: Millis = 60_000;
/// How many events are looked through at a time for changes of users.
const PAGE: u32 = 1_000;

/// All logins.
pub struct Logins {
    inner: Mutex<Inner>,
    inactivity: Millis,
}

#[derive(Default)]
struct Inner {
    logins: HashMap<Arc<str>, Arc<Login>>,
    of_user: HashMap<UserId, Vec<Arc<Login>>>,
    /// Rows that must be deleted, and could not be so far.
    gone: HashSet<Arc<str>>,
}

/// How a login ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Its client asked for it: what it has not heard yet is still told.
    Requested,
    /// Somebody else ended it: nothing more is told.
    Revoked,
}

impl Logins {
    /// Takes up the logins of the journal that are still good. Whatever happened to their users while no process
    /// ran is in the journal; what expired meanwhile is left for the sweep.
    pub async fn load(desk: &Desk, inactivity: Millis) -> Result<Self, StoreFault> {
        let mut inner = Inner::default();
        let mut found = Vec::new();
        for (key, row) in desk.store().rows(SessionTable::HttpSession).await? {
            match Login::read(key.clone(), &row, desk) {
                Ok(read) if read.login.holds(desk) => found.push(read),
                Ok(_) => drop(inner.gone.insert(key.into())),
                Err(fault) => {
                    tracing::warn!(%fault, "a stored login could not be read");
                    inner.gone.insert(key.into());
                }
            }
        }
        let since = found.iter().map(|found| found.outlived.unwrap_or(0)).min();
        let changes = match since {
            Some(since) => changes_since(desk, since).await?,
            None => HashMap::new(),
        };
        for found in found {
            if changes.get(&found.login.user).is_some_and(|changes| changes.end(&found)) {
                inner.gone.insert(found.login.key);
            } else {
                // The login is given the use that the earlier process could not write down any more.
                found.login.touch((found.login.used() + UNWRITTEN).min(desk.awake()));
                inner.insert(Arc::new(found.login));
            }
        }
        Ok(Self { inner: Mutex::new(inner), inactivity })
    }

    /// The live login of a cookie, marked as used now.
    pub fn resume(&self, desk: &Desk, cookie: &str) -> Option<Arc<Login>> {
        let now = desk.awake();
        let login = self.lock().logins.get(&*key(cookie)).cloned()?;
        if now - login.used() > self.inactivity || !login.holds(desk) {
            return None;
        }
        login.touch(now);
        login.claim();
        Some(login)
    }

    /// A login for a user who has shown who they are with every request so far. A client that does not keep cookies
    /// gets the one it was given a moment ago, so that Basic on every request does not pile logins up.
    pub async fn open(&self, desk: &Desk, user: &user::User) -> (Arc<Login>, Option<Arc<Login>>) {
        match self.unclaimed(desk, &user.id) {
            Some(login) => (login, None),
            None => self.begin(desk, user).await,
        }
    }

    /// A login of its own. One that cannot be written now is good all the same, and is written with the next sweep: if
    /// users could not log in while the disk is full, they could not read either. Answers also the one that had to end
    /// for it.
    pub async fn begin(&self, desk: &Desk, user: &user::User) -> (Arc<Login>, Option<Arc<Login>>) {
        let login = Arc::new(Login::begin(desk, user));
        let gone = self.lock().insert(login.clone());
        metrics::counter!("jackfield_logins_total").increment(1);
        let at = login.used();
        let mut rows = vec![(login.key.to_string(), login.row(head(desk)))];
        rows.extend(gone.iter().map(|gone| (gone.key.to_string(), None)));
        match desk.store().shelve(SessionTable::HttpSession, rows).await {
            Ok(()) => login.set_written(at),
            Err(fault) => {
                tracing::warn!(%fault, "a login could not be written; it holds until the server stops");
                self.lock().gone.extend(gone.iter().map(|gone| gone.key.clone()));
            }
        }
        (login, gone)
    }

    /// When a user's logins were last used, in awake time; `None` without any.
    pub fn last_used(&self, user: &UserId) -> Option<Millis> {
        self.lock().of_user.get(user)?.iter().map(|login| login.used()).max()
    }

    fn unclaimed(&self, desk: &Desk, user: &UserId) -> Option<Arc<Login>> {
        let now = desk.awake();
        let newest = self.lock().of_user.get(user)?.last()?.clone();
        let fresh = newest.cookie().is_some() && now - newest.since < UNCLAIMED && newest.holds(desk);
        newest.touch(now);
        fresh.then_some(newest)
    }

    /// Takes a login out; `None` when it is out already. Its row goes now, or as soon as the store can.
    pub async fn remove(&self, desk: &Desk, login: &Login) -> Option<Arc<Login>> {
        let removed = self.lock().remove(&login.key)?;
        self.unwrite(desk).await;
        Some(removed)
    }

    /// Takes out every login that does not hold any more; called whenever the directory says that some ended.
    pub async fn revoked(&self, desk: &Desk) -> Vec<Arc<Login>> {
        let revoked: Vec<_> = {
            let mut inner = self.lock();
            let stale: Vec<_> = inner
                .logins
                .values()
                .filter(|login| !login.holds(desk))
                .map(|login| login.key.clone())
                .collect();
            stale.iter().filter_map(|key| inner.remove(key)).collect()
        };
        self.unwrite(desk).await;
        revoked
    }

    /// Takes out expired logins, and writes down the use of others.
    pub async fn sweep(&self, desk: &Desk) -> Vec<Arc<Login>> {
        let now = desk.awake();
        let head = head(desk);
        let mut expired = Vec::new();
        let mut written = Vec::new();
        {
            let mut inner = self.lock();
            let all: Vec<_> = inner.logins.values().cloned().collect();
            for login in all {
                let used = login.used();
                if now - used > self.inactivity {
                    expired.extend(inner.remove(&login.key));
                } else if used.saturating_sub(login.written()) >= WRITE_EVERY {
                    written.push((login, used));
                }
            }
            metrics::gauge!("jackfield_logins")
                .set(f64::from(u32::try_from(inner.logins.len()).unwrap_or(u32::MAX)));
        }
        let rows = written.iter().map(|(login, _)| (login.key.to_string(), login.row(head))).collect();
        if !written.is_empty() {
            match desk.store().shelve(SessionTable::HttpSession, rows).await {
                Ok(()) => written.iter().for_each(|(login, used)| login.set_written(*used)),
                Err(fault) => tracing::error!(%fault, "logins could not be written"),
            }
            // Some may have ended while they were being written.
            let mut inner = self.lock();
            let ended = written.iter().filter(|(login, _)| !inner.logins.contains_key(&login.key));
            let ended: Vec<_> = ended.map(|(login, _)| login.key.clone()).collect();
            inner.gone.extend(ended);
        }
        self.unwrite(desk).await;
        expired
    }

    /// Deletes the rows of ended logins.
    async fn unwrite(&self, desk: &Desk) {
        let gone: Vec<_> = self.lock().gone.iter().cloned().collect();
        if gone.is_empty() {
            return;
        }
        let rows = gone.iter().map(|key| (key.to_string(), None)).collect();
        match desk.store().shelve(SessionTable::HttpSession, rows).await {
            Ok(()) => self.lock().gone.retain(|key| !gone.contains(key)),
            Err(fault) => tracing::error!(%fault, "ended logins could not be taken off the shelf yet"),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Adds a login; answers the one that had to end for it.
    fn insert(&mut self, login: Arc<Login>) -> Option<Arc<Login>> {
        let of_user = self.of_user.entry(login.user.clone()).or_default();
        let gone = (of_user.len() >= MAX_PER_USER)
            .then(|| of_user.iter().enumerate().min_by_key(|(_, login)| login.used()).map(|(at, _)| at))
            .flatten()
            .map(|at| of_user.remove(at));
        of_user.push(login.clone());
        if let Some(gone) = &gone {
            metrics::counter!("jackfield_logins_evicted_total").increment(1);
            self.logins.remove(&gone.key);
            gone.end();
        }
        self.logins.insert(login.key.clone(), login);
        gone
    }

    /// Takes a login out and ends it; its row must be deleted.
    fn remove(&mut self, key: &Arc<str>) -> Option<Arc<Login>> {
        let login = self.logins.remove(key)?;
        if let Some(of_user) = self.of_user.get_mut(&login.user) {
            of_user.retain(|held| held.key != login.key);
            if of_user.is_empty() {
                self.of_user.remove(&login.user);
            }
        }
        self.gone.insert(login.key.clone());
        login.end();
        Some(login)
    }
}

/// The newest event that memory has taken in: what it did to users has been applied.
fn head(desk: &Desk) -> u64 {
    *desk.head().borrow()
}

/// What the journal tells of a user.
#[derive(Default)]
struct Changes {
    /// The last event that ended all logins, by its place.
    ended: u64,
    /// When the user was last written, for whatever reason.
    at: Millis,
}

impl Changes {
    /// How a login ended by these changes, if it did. Of one whose row does not tell, only the time of its last use is
    /// known.
    fn end(&self, found: &Found) -> bool {
        match found.outlived {
            Some(outlived) => self.ended > outlived,
            None => self.at > found.login.used(),
        }
    }
}

/// What happened to users behind a place in the journal.
async fn changes_since(desk: &Desk, mut after: u64) -> Result<HashMap<UserId, Changes>, StoreFault> {
    let mut all: HashMap<UserId, Changes> = HashMap::new();
    loop {
        let kinds = ["user.put", "user.removed"].map(str::to_owned).into();
        let query = FeedQuery { after, limit: PAGE, kinds, unreported: true, ..FeedQuery::default() };
        let page = desk.events(query).await?;
        let full = page.rows.len() >= PAGE as usize;
        for row in page.rows {
            after = row.seq;
            let Key::User(id) = row.key else { continue };
            let changes = all.entry(id).or_default();
            changes.at = row.at;
            let ends = match &row.event {
                Event::User(user::UserAccountEvent::Put(user)) => !user.enabled,
                _ => true,
            };
            if ends {
                changes.ended = row.seq;
            }
        }
        if !full {
            return Ok(all);
        }
    }
}

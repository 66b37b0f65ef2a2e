//! Logins: sessions of the web API, and the checking of credentials.

use super::{basic::Credentials, password::verify_password};
use crate::app::Api;
use desk::{
    Desk,
    ports::{Shelf, StoreFault},
};
use domain::{Millis, UserId, user::User};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    collections::{HashMap, VecDeque},
    num::NonZeroU32,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};
use tokio::sync::Semaphore;

/// A verified credential is trusted for this long (DESIGN §4). Milliseconds.
const TRUST: Millis = 15 * 60 * 1000;
/// The most sessions of one user; the oldest goes when one more comes.
const MAX_PER_USER: usize = 256;
/// The use of a session is written down at most this often. Milliseconds.
const WRITE_EVERY: Millis = 30_000;
/// A client that never shows its cookie is given the same session again for this long. Milliseconds.
const UNCLAIMED: Millis = 60_000;
/// How long a wrong password waits for its answer.
const SLOWED: Duration = Duration::from_millis(300);
/// How many passwords are checked at once; each check takes 19 MiB and a core.
const CHECKS_AT_ONCE: usize = 2;
/// After too many wrong passwords a user name is suspected for this long. Milliseconds.
const SUSPECTED: Millis = 60_000;

/// A session of the web API.
#[derive(Debug, Serialize, Deserialize)]
pub struct Login {
    /// The cookie's value.
    pub id: Arc<str>,
    /// Whose.
    pub user: UserId,
    /// The CSRF token.
    pub csrf: String,
    /// When it was last used, in awake time ([`Desk::awake`]), so that nobody is logged out by a pause or a restart;
    /// milliseconds.
    used: AtomicI64,
    #[serde(skip)]
    written: AtomicI64,
    /// Whether the client has shown the cookie.
    #[serde(skip)]
    claimed: AtomicBool,
}

/// All sessions of the web API, and what is known of credentials.
pub struct Logins {
    inner: Mutex<Inner>,
    inactivity: Millis,
    /// Wrong passwords, by user name. Right ones are never limited.
    failures: DefaultKeyedRateLimiter<String>,
    checks: Semaphore,
    /// Passwords of suspected names are checked one at a time, so that guessing keeps nobody else waiting.
    suspects: Semaphore,
    /// Keys the digests of the cache below, so that they say nothing outside this process.
    pepper: String,
}

#[derive(Default)]
struct Inner {
    logins: HashMap<Arc<str>, Arc<Login>>,
    of_user: HashMap<UserId, VecDeque<Arc<str>>>,
    trusted: HashMap<[u8; 32], Millis>,
    suspected: HashMap<String, Millis>,
}

impl Logins {
    /// Takes up what the shelf holds; what expired meanwhile is left there for the sweep.
    pub async fn load(desk: &Desk, inactivity: Millis) -> Result<Self, StoreFault> {
        let logins = Self {
            inner: Mutex::default(),
            inactivity,
            failures: RateLimiter::keyed(
                Quota::per_minute(NonZeroU32::MIN.saturating_add(9))
                    .allow_burst(NonZeroU32::MIN.saturating_add(9)),
            ),
            checks: Semaphore::new(CHECKS_AT_ONCE),
            suspects: Semaphore::new(1),
            pepper: desk.ids().secret(),
        };
        for (id, row) in desk.store().rows(Shelf::HttpSession).await? {
            match serde_json::from_str::<Login>(&row) {
                Ok(login) => {
                    login.claimed.store(true, Ordering::Relaxed);
                    logins.lock().insert(Arc::new(login));
                }
                Err(fault) => tracing::warn!(%id, %fault, "a stored login could not be read"),
            }
        }
        Ok(logins)
    }

    /// The live session of a cookie, marked as used now.
    pub fn resume(&self, id: &str, now: Millis) -> Option<Arc<Login>> {
        let login = self.lock().logins.get(id).cloned()?;
        if now - login.used.load(Ordering::Relaxed) > self.inactivity {
            return None;
        }
        login.used.store(now, Ordering::Relaxed);
        login.claimed.store(true, Ordering::Relaxed);
        Some(login)
    }

    /// Keeps a session alive while a notification poll is held on it.
    pub fn touch(&self, id: &str, now: Millis) {
        if let Some(login) = self.lock().logins.get(id) {
            login.used.store(now, Ordering::Relaxed);
        }
    }

    /// Opens a session for a user who has shown who he is. A client that does not keep cookies gets the session
    /// it was given a moment ago, so that Basic on every request does not heap sessions up.
    pub async fn open(&self, desk: &Desk, user: &User) -> Result<Arc<Login>, StoreFault> {
        let now = desk.awake();
        if let Some(login) = self.unclaimed(&user.id, now) {
            return Ok(login);
        }
        let login = Arc::new(Login {
            id: desk.ids().secret().into(),
            user: user.id.clone(),
            csrf: desk.ids().guid(),
            used: AtomicI64::new(now),
            written: AtomicI64::new(now),
            claimed: AtomicBool::new(false),
        });
        let mut rows = vec![(login.id.to_string(), serde_json::to_string(&*login).ok())];
        rows.extend(self.lock().insert(login.clone()).map(|gone| (gone.to_string(), None)));
        desk.store().shelve(Shelf::HttpSession, rows).await?;
        metrics::counter!("jackfield_logins_total").increment(1);
        Ok(login)
    }

    fn unclaimed(&self, user: &UserId, now: Millis) -> Option<Arc<Login>> {
        let inner = self.lock();
        let newest = inner.logins.get(inner.of_user.get(user)?.back()?)?;
        let fresh = now - newest.written.load(Ordering::Relaxed) < UNCLAIMED;
        if newest.claimed.load(Ordering::Relaxed) || !fresh {
            return None;
        }
        newest.used.store(now, Ordering::Relaxed);
        Some(newest.clone())
    }

    /// Ends a session.
    pub async fn end(&self, desk: &Desk, id: &str) -> Result<(), StoreFault> {
        self.lock().remove(id);
        desk.store().shelve(Shelf::HttpSession, vec![(id.to_owned(), None)]).await
    }

    /// Checks credentials. A wrong password waits and counts; after too many of them a name's passwords are looked
    /// at one at a time, and not at all while one is. A right one costs one hash in a quarter of an hour.
    pub async fn check(&self, desk: &Desk, credentials: Credentials) -> Option<Arc<User>> {
        let user = desk.directory().named(&credentials.user_name).filter(|user| user.enabled);
        let Some(user) = user else { return self.failed("unknown").await };
        let now = desk.awake();
        let digest = self.digest(&credentials, &user.password_hash);
        let (trusted, suspected) = {
            let inner = self.lock();
            let holds = |until: Option<&Millis>| until.is_some_and(|until| *until > now);
            (holds(inner.trusted.get(&digest)), holds(inner.suspected.get(&user.user_name)))
        };
        if trusted {
            return Some(user);
        }
        let permit =
            if suspected { self.suspects.try_acquire().ok() } else { self.checks.acquire().await.ok() };
        let Some(permit) = permit else { return self.failed("too-many").await };
        if verify(credentials.password, user.clone()).await {
            self.lock().trusted.insert(digest, now + TRUST);
            return Some(user);
        }
        drop(permit);
        if self.failures.check_key(&user.user_name).is_err() {
            self.lock().suspected.insert(user.user_name.clone(), now + SUSPECTED);
        }
        self.failed("wrong").await
    }

    async fn failed(&self, why: &'static str) -> Option<Arc<User>> {
        metrics::counter!("jackfield_logins_failed_total", "why" => why).increment(1);
        tokio::time::sleep(SLOWED).await;
        None
    }

    fn digest(&self, credentials: &Credentials, hash: &str) -> [u8; 32] {
        let mut digest = Sha256::new();
        for part in [&self.pepper, &credentials.user_name, &credentials.password, hash] {
            digest.update(part.len().to_be_bytes());
            digest.update(part);
        }
        digest.finalize().into()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn verify(password: String, user: Arc<User>) -> bool {
    tokio::task::spawn_blocking(move || verify_password(&password, &user.password_hash))
        .await
        .unwrap_or(false)
}

impl Inner {
    /// Adds a session; answers the one that had to go for it.
    fn insert(&mut self, login: Arc<Login>) -> Option<Arc<str>> {
        let of_user = self.of_user.entry(login.user.clone()).or_default();
        of_user.push_back(login.id.clone());
        let gone = if of_user.len() > MAX_PER_USER { of_user.pop_front() } else { None };
        if let Some(gone) = &gone {
            metrics::counter!("jackfield_logins_evicted_total").increment(1);
            self.logins.remove(gone);
        }
        self.logins.insert(login.id.clone(), login);
        gone
    }

    fn remove(&mut self, id: &str) {
        if let Some(login) = self.logins.remove(id)
            && let Some(of_user) = self.of_user.get_mut(&login.user)
        {
            of_user.retain(|held| **held != *id);
            if of_user.is_empty() {
                self.of_user.remove(&login.user);
            }
        }
    }
}

/// Drops expired sessions and writes down the use of others, for ever.
pub async fn sweep(api: &Api) {
    let mut every = tokio::time::interval(Duration::from_secs(10));
    loop {
        every.tick().await;
        let now = api.desk.awake();
        let mut rows = Vec::new();
        {
            let mut inner = api.logins.lock();
            inner.trusted.retain(|_, until| *until > now);
            inner.suspected.retain(|_, until| *until > now);
            let mut gone = Vec::new();
            for login in inner.logins.values() {
                let used = login.used.load(Ordering::Relaxed);
                if now - used > api.config.session_inactivity {
                    gone.push(login.id.clone());
                } else if used - login.written.load(Ordering::Relaxed) >= WRITE_EVERY {
                    login.written.store(used, Ordering::Relaxed);
                    rows.push((login.id.to_string(), serde_json::to_string(&**login).ok()));
                }
            }
            for id in gone {
                inner.remove(&id);
                rows.push((id.to_string(), None));
            }
            metrics::gauge!("jackfield_logins")
                .set(f64::from(u32::try_from(inner.logins.len()).unwrap_or(u32::MAX)));
        }
        api.logins.failures.retain_recent();
        if !rows.is_empty()
            && let Err(fault) = api.desk.store().shelve(Shelf::HttpSession, rows).await
        {
            tracing::error!(%fault, "logins could not be written");
        }
    }
}

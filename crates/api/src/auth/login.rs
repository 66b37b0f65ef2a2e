//! One login: a session of the web API (spec: core-and-voice#2.1, #2.2).

use desk::Desk;
use domain::{Millis, UserId, user::User};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicI64, Ordering},
};
use tokio::sync::watch;

/// A login. Only its client knows the value of the cookie: here, and in the journal, the login goes by a digest.
#[derive(Debug)]
pub struct Login {
    /// Its key: the lower-case hex SHA-256 of the cookie's value.
    pub key: Arc<str>,
    /// The user's id.
    pub user: UserId,
    /// The CSRF token.
    pub csrf: String,
    /// What the password was when it began, see [`fingerprint`].
    password: String,
    /// How often all logins of the user had ended when it began, see [`desk::Directory::endings`].
    endings: u64,
    /// The cookie's value, until the client has shown that it keeps cookies.
    cookie: Mutex<Option<Arc<str>>>,
    /// When it began, or was taken up from its row.
    pub since: Millis,
    used: AtomicI64,
    written: AtomicI64,
    ended: watch::Sender<bool>,
}

/// A login as its row in the journal. A reader of the row can neither use it to ask nor guess the password by it.
#[derive(Debug, Serialize, Deserialize)]
struct Row {
    user: UserId,
    csrf: String,
    used: Millis,
    /// Rows of the first releases have neither this field nor the next.
    #[serde(default)]
    password: Option<String>,
    #[serde(default)]
    outlived: Option<u64>,
}

/// A login read from its row, not yet known to be good.
pub struct Found {
    /// The login.
    pub login: Login,
    /// The newest event of the journal that it has outlived; rows of the first releases do not tell.
    pub outlived: Option<u64>,
}

impl Login {
    /// A login that begins now.
    pub fn begin(desk: &Desk, user: &User) -> Self {
        let cookie: Arc<str> = desk.ids().secret().into();
        let now = desk.awake();
        Self {
            key: key(&cookie).into(),
            user: user.id.clone(),
            csrf: desk.ids().guid(),
            password: fingerprint(user),
            endings: desk.directory().endings(&user.id),
            cookie: Mutex::new(Some(cookie)),
            since: now,
            used: AtomicI64::new(now),
            written: AtomicI64::new(Millis::MIN),
            ended: watch::Sender::new(false),
        }
    }

    /// Reads the row under a key. Where the row does not tell what the password was, the present one is assumed:
    /// whether it was changed since, the journal knows.
    pub fn read(key: String, row: &str, desk: &Desk) -> Result<Found, serde_json::Error> {
        let Row { user, csrf, used, password, outlived } = serde_json::from_str(row)?;
        let present = || desk.directory().user(&user).map(|user| fingerprint(&user)).unwrap_or_default();
        let (password, outlived) = match password {
            Some(password) => (password, outlived),
            None => (present(), None),
        };
        let login = Self {
            key: key.into(),
            user,
            csrf,
            password,
            endings: 0,
            cookie: Mutex::new(None),
            since: used,
            used: AtomicI64::new(used),
            written: AtomicI64::new(used),
            ended: watch::Sender::new(false),
        };
        Ok(Found { login, outlived })
    }

    /// Its row, to be put under its key.
    pub fn row(&self, outlived: u64) -> Option<String> {
        let row = Row {
            user: self.user.clone(),
            csrf: self.csrf.clone(),
            used: self.used(),
            password: Some(self.password.clone()),
            outlived: Some(outlived),
        };
        serde_json::to_string(&row).ok()
    }

    /// Whether its user still has the password it began with, is enabled, and was not gone meanwhile.
    pub fn holds(&self, desk: &Desk) -> bool {
        let directory = desk.directory();
        let same = |user: &Arc<User>| user.enabled && fingerprint(user) == self.password;
        directory.endings(&self.user) == self.endings
            && directory.user(&self.user).is_some_and(|user| same(&user))
    }

    /// When it was last used; a moment since the epoch in milliseconds.
    pub fn used(&self) -> Millis {
        self.used.load(Ordering::Relaxed)
    }

    /// Marks it as used now.
    pub fn touch(&self, now: Millis) {
        self.used.fetch_max(now, Ordering::Relaxed);
    }

    /// When it was last written to the journal; [`Millis::MIN`] while it was not.
    pub fn written(&self) -> Millis {
        self.written.load(Ordering::Relaxed)
    }

    /// Marks it as written to the journal as it was at this moment.
    pub fn set_written(&self, at: Millis) {
        self.written.store(at, Ordering::Relaxed);
    }

    /// Notes that the client has shown the cookie.
    pub fn claim(&self) {
        self.cookie.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// The cookie's value, while the client has not shown it.
    pub fn cookie(&self) -> Option<Arc<str>> {
        self.cookie.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends it: everybody who waits on [`Login::ended`] hears of it.
    pub fn end(&self) {
        self.ended.send_replace(true);
    }

    /// Returns once the login has ended.
    pub async fn ended(&self) {
        let mut ended = self.ended.subscribe();
        // The sender is ours, so nothing but the value ends the wait.
        ended.wait_for(|ended| *ended).await.ok();
    }

    /// Whether requests under it may go on.
    pub fn is_live(&self, desk: &Desk) -> bool {
        !self.has_ended() && self.holds(desk)
    }

    /// Whether it has ended.
    pub fn has_ended(&self) -> bool {
        *self.ended.borrow()
    }
}

/// The key of the login of a cookie.
pub fn key(cookie: &str) -> String {
    format!("{:x}", Sha256::digest(cookie))
}

/// A digest of the stored password by which a change is recognised. It says nothing of the password: the stored
/// hash is salted.
fn fingerprint(user: &User) -> String {
    format!("{:x}", Sha256::digest(&user.password_hash))[..16].to_owned()
}

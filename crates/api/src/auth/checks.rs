//! Credentials, as `Authorization: Basic` brings them, and whether they are right.

use super::{
    failures::Failures,
    guesses::{Asking, Digest, Guesses, Taken},
    login::Login,
    password::{AT_ONCE, verify_nobody, verify_password},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use desk::Desk;
use domain::{Millis, user::User};
use edge::{Client, Network};
use http::{HeaderMap, header};
use sha2::Digest as _;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{sync::Semaphore, time::Instant};

/// For how long a verified credential is trusted (spec: decisions#5), in milliseconds.
const TRUST: Millis = 15 * 60 * 1000;
/// For how long it at least does not count as a guess, in milliseconds.
const RIGHT: Millis = 24 * 60 * 60 * 1000;
/// When a failed login is answered, however it failed, so that the answer does not tell how far the check went.
const SLOWED: Duration = Duration::from_millis(300);

/// The client that shows credentials.
#[derive(Clone, Copy)]
pub struct From<'a> {
    /// The client's address.
    pub client: Client,
    /// The live login whose cookie came along.
    pub login: Option<&'a Login>,
}

/// The checking of credentials, and what is known of them.
pub struct Checks {
    inner: Arc<Mutex<Inner>>,
    /// Each check takes memory and a core.
    permits: Arc<Semaphore>,
    failures: Failures,
    /// Keys the digests, so that they say nothing outside this process.
    pepper: String,
}

#[derive(Default)]
struct Inner {
    guesses: Guesses,
    /// Credentials found right, and when.
    right: HashMap<Digest, Millis>,
}

/// What is known of credentials before they are looked at.
enum Known {
    /// Right, and looked at a moment ago.
    Trusted,
    /// Right when they were last looked at.
    Right,
    /// To be looked at.
    Nothing,
    /// Wrong, or not to be looked at now.
    Refused(&'static str),
}

impl Checks {
    /// Nothing is known yet.
    pub fn new(desk: &Desk) -> Self {
        Self {
            inner: Arc::default(),
            permits: Arc::new(Semaphore::new(AT_ONCE)),
            failures: Failures::default(),
            pepper: desk.ids().secret(),
        }
    }

    /// The user whose credentials these are. A right password costs one hash in a quarter of an hour;
    /// [`super::guesses`] says how many others are looked at. A name that nobody has is treated as one with another
    /// password.
    pub async fn check(&self, desk: &Desk, credentials: Credentials, from: From<'_>) -> Option<Arc<User>> {
        let until = Instant::now() + SLOWED;
        let user = desk.directory().named(&credentials.user_name).filter(|user| user.enabled);
        let digest = self.digest(&credentials, user.as_ref().map_or("", |user| &user.password_hash));
        let login = from.login.filter(|login| user.as_ref().is_some_and(|user| user.id == login.user));
        let asking = Asking {
            name: &credentials.user_name,
            network: from.client.network(),
            login: login.map(|login| &*login.key),
            digest: &digest,
        };
        let refused = self.look(desk, &credentials.password, user.as_ref(), &asking).await;
        let Some(why) = refused else { return user };
        metrics::counter!("jackfield_logins_failed_total", "why" => why).increment(1);
        self.failures.add(&credentials.user_name, from.client, why, Instant::now().into_std());
        tokio::time::sleep_until(until).await;
        None
    }

    /// Looks at credentials unless that is not needed or not allowed; answers why they are refused.
    async fn look(
        &self,
        desk: &Desk,
        password: &str,
        user: Option<&Arc<User>>,
        asking: &Asking<'_>,
    ) -> Option<&'static str> {
        match self.known(asking, desk.awake()) {
            Known::Trusted => return None,
            Known::Refused(why) => return Some(why),
            Known::Right | Known::Nothing => {}
        }
        let Ok(permit) = self.permits.clone().acquire_owned().await else { return Some("too-many") };
        // Others with the same credentials may have been in the line before us.
        let taken = match self.known(asking, desk.awake()) {
            Known::Trusted => return None,
            Known::Refused(why) => return Some(why),
            Known::Right => None,
            Known::Nothing => match self.lock().guesses.take(asking, now()) {
                Some(taken) => Some(taken),
                None => return Some("too-many"),
            },
        };
        let look = Look {
            inner: self.inner.clone(),
            name: asking.name.to_owned(),
            network: asking.network,
            digest: *asking.digest,
            password: password.to_owned(),
            user: user.cloned(),
            anybody: desk.directory().any(),
            at: desk.awake(),
        };
        let right = tokio::task::spawn_blocking(move || {
            // A client that hangs up has taken it all the same; the next one in the line finds the outcome.
            let _permit = permit;
            look.settle(taken)
        });
        match right.await {
            Ok(true) => None,
            _ => Some(if user.is_some() { "wrong" } else { "unknown" }),
        }
    }

    fn known(&self, asking: &Asking<'_>, at: Millis) -> Known {
        let mut inner = self.lock();
        match inner.right.get(asking.digest).map(|right| at - right) {
            Some(age) if age < TRUST => Known::Trusted,
            Some(age) if age < RIGHT => Known::Right,
            _ if inner.guesses.is_wrong(asking.digest, now()) => Known::Refused("repeated"),
            _ if inner.guesses.may(asking, now()) => Known::Nothing,
            _ => Known::Refused("too-many"),
        }
    }

    /// Forgets what is of no use any more and writes what was gathered for the log; to be called now and then.
    pub fn tidy(&self, at: Millis) {
        {
            let mut inner = self.lock();
            inner.right.retain(|_, right| at - *right < RIGHT);
            inner.guesses.tidy(now());
        }
        self.failures.tell(now());
    }

    fn digest(&self, credentials: &Credentials, hash: &str) -> Digest {
        let mut digest = sha2::Sha256::new();
        for part in [&self.pepper, &credentials.user_name, &credentials.password, hash] {
            digest.update(part.len().to_be_bytes());
            digest.update(part);
        }
        digest.finalize().into()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        lock(&self.inner)
    }
}

/// One look at a password, with what its outcome is written to.
struct Look {
    inner: Arc<Mutex<Inner>>,
    name: String,
    network: Option<Network>,
    digest: Digest,
    password: String,
    /// Whose password it would be, if the name has a user.
    user: Option<Arc<User>>,
    /// Any user: their hash takes the time of a look at a name that nobody has.
    anybody: Option<Arc<User>>,
    at: Millis,
}

impl Look {
    /// Takes the time of a hash; answers whether the password is right, once that is remembered.
    fn settle(self, taken: Option<Taken>) -> bool {
        let right = if let Some(user) = &self.user {
            verify_password(&self.password, &user.password_hash)
        } else {
            verify_nobody(&self.password, self.anybody.as_ref().map(|user| &*user.password_hash));
            false
        };
        let mut inner = lock(&self.inner);
        if right {
            let asking =
                Asking { name: &self.name, network: self.network, login: None, digest: &self.digest };
            inner.guesses.was_right(&asking, taken, now());
            inner.right.insert(self.digest, self.at);
        } else {
            inner.guesses.remember_wrong(&self.digest, now());
        }
        right
    }
}

fn lock(inner: &Mutex<Inner>) -> MutexGuard<'_, Inner> {
    inner.lock().unwrap_or_else(PoisonError::into_inner)
}

fn now() -> std::time::Instant {
    Instant::now().into_std()
}

/// The longest header looked at, in bytes.
const MAX_HEADER: usize = 1024;

/// A user name and a password.
#[derive(PartialEq, Eq)]
pub struct Credentials {
    /// The user name.
    pub user_name: String,
    /// The password; never logged.
    pub password: String,
}

/// The credentials of a request; `None` when there are none, or none that can be read.
pub fn credentials(headers: &HeaderMap) -> Option<Credentials> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") || encoded.len() > MAX_HEADER {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (user_name, password) = decoded.split_once(':')?;
    Some(Credentials { user_name: user_name.to_owned(), password: password.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_may_contain_colons() {
        let mut headers = HeaderMap::new();
        let encoded = format!("basic {}", STANDARD.encode("a@demo:x:y"));
        headers.insert(header::AUTHORIZATION, encoded.parse().expect("header"));
        let found = credentials(&headers).expect("credentials");
        assert_eq!((found.user_name.as_str(), found.password.as_str()), ("a@demo", "x:y"));
    }

    #[test]
    fn anything_else_is_no_credentials() {
        for value in ["Bearer x", "Basic ###", "Basic", "Basic bm9jb2xvbg=="] {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().expect("header"));
            assert!(credentials(&headers).is_none(), "{value}");
        }
    }
}

//! Requests that may come twice: a client that did not hear the answer sends the request again under the same
//! idempotency key, and is answered as it was the first time (draft-ietf-httpapi-idempotency-key-header).
//!
//! The result of a request is a row of the journal, written in the commit of its command. So it is there exactly when
//! the command was performed, whatever became of the process meanwhile. A request that was refused has changed nothing
//! and leaves no row: it is tried again.

use crate::ports::SavedResult;
use domain::{Decision, Millis};
use sha2::{Digest, Sha256};
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// How long a result is kept, in milliseconds: a day.
pub const KEPT: Millis = 24 * 60 * 60 * 1_000;
/// The longest key, in bytes.
const MAX_KEY: usize = 255;

/// The value of the header `Idempotency-Key`. It may be all that protects an answer, so it cannot be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Reads the header: a string of structured fields (RFC 9651 §3.3.3) as the draft has it, or the bare characters,
    /// as many clients send them; 1 to 255 bytes of visible ASCII. Else a sentence that says what is wrong.
    pub fn parse(header: &[u8]) -> Result<Self, &'static str> {
        let text = std::str::from_utf8(header).map_err(|_| "The Idempotency-Key is not ASCII")?.trim();
        let key = match text.strip_prefix('"') {
            Some(quoted) => {
                unquote(quoted).ok_or("The Idempotency-Key is not a string of structured fields")?
            }
            None if text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b',') => {
                text.to_owned()
            }
            None => return Err("The Idempotency-Key has characters that need a quoted string"),
        };
        match key.len() {
            0 => Err("The Idempotency-Key is empty"),
            1..=MAX_KEY => Ok(Self(key)),
            _ => Err("The Idempotency-Key is longer than 255 bytes"),
        }
    }

    /// Reads the header of a request; `None` without one. More than one is refused.
    pub fn of<'h>(mut headers: impl Iterator<Item = &'h [u8]>) -> Result<Option<Self>, &'static str> {
        let Some(first) = headers.next() else { return Ok(None) };
        if headers.next().is_some() {
            return Err("There is more than one Idempotency-Key");
        }
        Self::parse(first).map(Some)
    }
}

/// The text between the quotes; parameters behind them mean nothing here.
fn unquote(text: &str) -> Option<String> {
    let mut key = String::new();
    let mut letters = text.chars();
    loop {
        match letters.next()? {
            '"' => break,
            '\\' => match letters.next()? {
                escaped @ ('"' | '\\') => key.push(escaped),
                _ => return None,
            },
            letter @ ' '..='~' => key.push(letter),
            _ => return None,
        }
    }
    let rest = letters.as_str();
    (rest.is_empty() || rest.starts_with(';')).then_some(key)
}

/// A request that may come again.
#[derive(Clone)]
pub struct Repeatable {
    /// The name of its result in the journal: a digest of scope and key.
    pub id: String,
    /// Whose request it is, as a digest: results of one scope displace only each other.
    pub scope: String,
    /// What it asks for, as a digest that tells nothing to somebody who does not know the key.
    pub fingerprint: String,
    key: IdempotencyKey,
}

impl Repeatable {
    /// A request of a scope, such as one user or one customer's chat, that asks for what the parts say.
    pub fn new<'p>(scope: &str, key: IdempotencyKey, parts: impl IntoIterator<Item = &'p [u8]>) -> Self {
        let mut asks = PartsHash::default();
        asks.add(key.0.as_bytes());
        for part in parts {
            asks.add(part);
        }
        Self {
            id: PartsHash::of(["key", scope, &key.0]).digest(),
            scope: PartsHash::of(["scope", scope]).digest(),
            fingerprint: asks.digest(),
            key,
        }
    }

    /// 32 bytes that only this request gives with this random number. The result may hold the number: so a secret
    /// can be made that an answer contains and that the journal must not know.
    pub fn draw(&self, random: &str) -> [u8; 32] {
        PartsHash::of(["drawn", random, &self.key.0, &self.fingerprint]).0.finalize().into()
    }

    /// Whether a result is this request's: of the same name, and not older than a day.
    fn is_fresh(saved: &SavedResult, now: Millis) -> bool {
        now - saved.at <= KEPT
    }
}

/// A hash of parts, each with its length before it, so that no two lists of parts are one.
#[derive(Default)]
struct PartsHash(Sha256);

impl PartsHash {
    fn of<const N: usize>(parts: [&str; N]) -> Self {
        let mut all = Self::default();
        for part in parts {
            all.add(part.as_bytes());
        }
        all
    }

    fn add(&mut self, part: &[u8]) {
        self.0.update((part.len() as u64).to_be_bytes());
        self.0.update(part);
    }

    fn digest(self) -> String {
        format!("{:x}", self.0.finalize())
    }
}

/// What a request left behind for the one that comes again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestResult {
    /// The HTTP status.
    pub status: u16,
    /// The body, or what it is made of.
    pub body: String,
}

/// Tells the result of a command inside its commit, from the decision and the number that the command has
/// (`referenceId`). It may be asked more than once and must be pure.
pub type Tell = Arc<dyn Fn(&Decision, Option<u64>) -> RequestResult + Send + Sync>;

/// A request that may come again, with the result it will have.
#[derive(Clone)]
pub struct Saving {
    /// The request.
    pub request: Repeatable,
    /// Its result.
    pub tell: Tell,
}

impl Saving {
    /// The row of the result.
    pub(crate) fn row(&self, decision: &Decision, reference: Option<u64>, at: Millis) -> SavedResult {
        let RequestResult { status, body } = (self.tell)(decision, reference);
        self.request.result(at, status, body)
    }
}

impl Repeatable {
    /// The row of a result.
    pub fn result(&self, at: Millis, status: u16, body: String) -> SavedResult {
        SavedResult {
            key: self.id.clone(),
            scope: self.scope.clone(),
            fingerprint: self.fingerprint.clone(),
            at,
            status,
            body,
        }
    }

    /// What a row of this request's name means for it now; `None` when it is too old to count.
    pub(crate) fn stand(&self, saved: SavedResult, now: Millis) -> Option<KnownRequest> {
        if !Self::is_fresh(&saved, now) {
            None
        } else if saved.fingerprint == self.fingerprint {
            Some(KnownRequest::Done(saved))
        } else {
            Some(KnownRequest::Other)
        }
    }
}

/// What is known of a request that came before under the same key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KnownRequest {
    /// It was performed, with this result.
    Done(SavedResult),
    /// It asked for something else.
    Other,
}

/// Whether a request is to be performed.
pub enum RequestState {
    /// It is: hold this meanwhile.
    New(Running),
    /// The same is being performed at this moment.
    Running,
    /// It is not: something is known of its key.
    Known(KnownRequest),
}

/// The requests that are being performed. Only a courtesy to clients: that nothing is performed twice, the commit sees
/// to.
#[derive(Clone, Default)]
pub(crate) struct InProgress(Arc<Mutex<HashSet<String>>>);

impl InProgress {
    /// Notes a request, unless it is noted already.
    pub fn begin(&self, request: &Repeatable) -> Option<Running> {
        let new = self.lock().insert(request.id.clone());
        new.then(|| Running { id: request.id.clone(), all: self.clone() })
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that is being performed, until this is dropped.
pub struct Running {
    id: String,
    all: InProgress,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.all.lock().remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(header: &str) -> Option<String> {
        IdempotencyKey::parse(header.as_bytes()).ok().map(|key| key.0)
    }

    #[test]
    fn a_key_is_a_structured_string_or_bare() {
        let uuid = "8e03978e-40d5-43e8-bc93-6894a57f9324";
        assert_eq!(key(uuid).as_deref(), Some(uuid));
        assert_eq!(key(&format!("\"{uuid}\"")).as_deref(), Some(uuid));
        assert_eq!(key("\"a b\\\"c\\\\\";v=1").as_deref(), Some("a b\"c\\"));
        assert_eq!(key(&"k".repeat(255)), Some("k".repeat(255)));
        for wrong in ["", "\"\"", "a b", "a,b", "\"a", "\"a\"b", "\"a\\n\"", "a\"b", "ä", "\"ä\""] {
            assert_eq!(key(wrong), None, "{wrong}");
        }
        assert_eq!(key(&"k".repeat(256)), None);
        assert!(IdempotencyKey::parse(b"\xff").is_err());
    }

    #[test]
    fn there_is_one_key_or_none() {
        assert!(IdempotencyKey::of(std::iter::empty()).is_ok_and(|key| key.is_none()));
        assert!(IdempotencyKey::of([b"a".as_slice()].into_iter()).is_ok_and(|key| key.is_some()));
        assert!(IdempotencyKey::of([b"a".as_slice(), b"a"].into_iter()).is_err());
    }

    fn request(scope: &str, key: &str, body: &str) -> Repeatable {
        let key = IdempotencyKey::parse(key.as_bytes()).unwrap_or_else(|why| panic!("{why}"));
        Repeatable::new(scope, key, [body.as_bytes()])
    }

    #[test]
    fn a_result_is_known_for_a_day_by_scope_key_and_body() {
        let asked = request("user:1", "k", "a");
        let saved = asked.result(1_000, 200, "{}".into());
        assert_eq!(asked.stand(saved.clone(), 1_000 + KEPT), Some(KnownRequest::Done(saved.clone())));
        assert_eq!(asked.stand(saved.clone(), 1_001 + KEPT), None);
        assert_eq!(request("user:1", "k", "b").stand(saved, 1_000), Some(KnownRequest::Other));
        assert_ne!(request("user:2", "k", "a").id, asked.id);
        assert_ne!(request("user:1", "l", "a").fingerprint, asked.fingerprint);
    }

    #[test]
    fn what_is_drawn_depends_on_key_body_and_random_number() {
        let drawn = request("open", "k", "a").draw("1");
        assert_eq!(drawn, request("open", "k", "a").draw("1"));
        for other in [
            request("open", "l", "a").draw("1"),
            request("open", "k", "b").draw("1"),
            request("open", "k", "a").draw("2"),
        ] {
            assert_ne!(drawn, other);
        }
    }

    #[test]
    fn a_request_is_in_progress_until_it_is_let_go() {
        let (all, asked) = (InProgress::default(), request("user:1", "k", "a"));
        let running = all.begin(&asked).expect("it is the first");
        assert!(all.begin(&asked).is_none());
        assert!(all.begin(&request("user:1", "l", "a")).is_some());
        drop(running);
        assert!(all.begin(&asked).is_some());
    }
}

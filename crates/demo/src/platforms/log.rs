//! What went through the simulators, newest last, for tests and for people who try the demo out:
//! `GET /simulators/log?platform=sms&person=%2B15550151`.

use domain::Millis;
use serde::{Deserialize, Serialize};
use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

/// How many entries are kept.
const KEPT: usize = 1_000;
/// How much of each text is kept, in characters.
const TEXT: usize = 200;

/// One of the two platforms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Platform {
    /// The SMS provider.
    Sms,
    /// The Messenger platform.
    Messenger,
}

/// Which way something went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum TrafficKind {
    /// From the server to the platform: a call of its API.
    Call,
    /// From the platform to the server: one try of a webhook.
    Webhook,
}

/// Something that went through.
#[derive(Clone, Debug, Serialize)]
pub(super) struct LogEntry {
    /// When, in milliseconds since 1970.
    pub(super) at: Millis,
    /// Which platform.
    pub(super) platform: Platform,
    /// Which way.
    pub(super) way: TrafficKind,
    /// What it was: `message`, `typing_on`, `delivered`, `echo`, …
    pub(super) kind: String,
    /// The customer concerned: a number or a PSID; empty when the call did not say.
    pub(super) person: String,
    /// The platform's id of the message, or empty.
    pub(super) id: String,
    /// The beginning of the words, or empty.
    pub(super) text: String,
    /// Calls: the HTTP status we answered. Webhooks: the one the server answered, or 0 when it gave none.
    pub(super) status: u16,
    /// The platform's code of a refusal, or 0.
    pub(super) code: u32,
    /// Webhooks: which try it was, from 1; 0 when it was given up without one. Calls: 1.
    #[serde(rename = "try")]
    pub(super) attempt: u32,
}

/// The newest entries.
#[derive(Default)]
pub(super) struct Log(Mutex<VecDeque<LogEntry>>);

impl Log {
    /// Adds an entry, and forgets the oldest of too many.
    pub(super) fn note(&self, mut entry: LogEntry) {
        // Refused calls are noted as well, and their texts may be of any length.
        for text in [&mut entry.kind, &mut entry.person, &mut entry.id, &mut entry.text] {
            if let Some((end, _)) = text.char_indices().nth(TEXT) {
                text.truncate(end);
            }
        }
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= KEPT {
            entries.pop_front();
        }
        entries.push_back(entry);
    }

    pub(super) fn read(&self, wanted: &LogQuery) -> Vec<LogEntry> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.iter().filter(|entry| wanted.has(entry)).cloned().collect()
    }
}

/// Which entries are asked for; all if nothing is given.
#[derive(Deserialize)]
pub(super) struct LogQuery {
    platform: Option<Platform>,
    person: Option<String>,
}

impl LogQuery {
    fn has(&self, entry: &LogEntry) -> bool {
        self.platform.is_none_or(|platform| platform == entry.platform)
            && self.person.as_ref().is_none_or(|person| *person == entry.person)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_is_forgotten_and_long_words_are_cut() {
        let log = Log::default();
        for at in 0..=KEPT {
            log.note(LogEntry {
                at: Millis::try_from(at).expect("a small number"),
                platform: Platform::Sms,
                way: TrafficKind::Call,
                kind: "message".into(),
                person: String::new(),
                id: String::new(),
                text: "ü".repeat(TEXT + 1),
                status: 201,
                code: 0,
                attempt: 1,
            });
        }
        let kept = log.read(&LogQuery { platform: None, person: None });
        assert_eq!((kept.len(), kept[0].at), (KEPT, 1));
        assert_eq!(kept[0].text.chars().count(), TEXT);
        let other = LogQuery { platform: Some(Platform::Messenger), person: None };
        assert!(log.read(&other).is_empty());
    }
}

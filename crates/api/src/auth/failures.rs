//! Failed logins in the log: the first of a name at once, those of the next minute as one line.

use edge::Client;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How long failures of one name are gathered.
const GATHER: Duration = Duration::from_secs(60);
/// The most names gathered separately: a guesser who invents names gets one line for all beyond these.
const MAX_NAMES: usize = 64;
/// The most of a name that is shown, in characters.
const SHOWN: usize = 64;

/// What has failed lately.
#[derive(Default)]
pub struct Failures(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    names: HashMap<String, Gathered>,
    others: u64,
}

struct Gathered {
    since: Instant,
    more: u64,
    last: Client,
}

impl Failures {
    /// A login failed. The password is never logged; the name, whatever it contains, is logged escaped and cut.
    pub fn add(&self, name: &str, client: Client, why: &'static str, now: Instant) {
        let name = shown(name);
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(gathered) = inner.names.get_mut(&name) {
            gathered.more += 1;
            gathered.last = client;
        } else if inner.names.len() < MAX_NAMES {
            tracing::warn!(user = name, client = address(client), why, "a login failed");
            inner.names.insert(name, Gathered { since: now, more: 0, last: client });
        } else {
            inner.others += 1;
        }
    }

    /// Writes what was gathered for long enough; to be called now and then.
    pub fn tell(&self, now: Instant) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.names.retain(|name, gathered| {
            if now.saturating_duration_since(gathered.since) < GATHER {
                return true;
            }
            if gathered.more == 0 {
                return false;
            }
            let (count, client) = (gathered.more, address(gathered.last));
            tracing::warn!(user = name, client, count, "more logins of this name failed, the last from here");
            *gathered = Gathered { since: now, more: 0, last: gathered.last };
            true
        });
        let others = std::mem::take(&mut inner.others);
        if others > 0 {
            tracing::warn!(count = others, "logins of many other names failed");
        }
    }
}

fn shown(name: &str) -> String {
    name.chars().take(SHOWN).flat_map(char::escape_debug).collect()
}

fn address(client: Client) -> String {
    client.ip.map_or_else(|| "unknown".into(), |ip| ip.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_names_is_gathered_in_bounded_room_and_forgotten() {
        let (failures, now) = (Failures::default(), Instant::now());
        for number in 0..1_000 {
            failures.add(&format!("n{number}"), Client::default(), "unknown", now);
            failures.add("n0", Client::default(), "unknown", now);
        }
        {
            let inner = failures.0.lock().expect("not poisoned");
            assert_eq!((inner.names.len(), inner.names["n0"].more), (MAX_NAMES, 1_000));
            assert_eq!(inner.others, 1_000 - MAX_NAMES as u64);
        }
        failures.tell(now + GATHER);
        assert_eq!(failures.0.lock().expect("not poisoned").names.len(), 1, "the one that goes on");
        failures.tell(now + 2 * GATHER);
        assert!(failures.0.lock().expect("not poisoned").names.is_empty());
    }

    #[test]
    fn a_name_cannot_break_a_line_or_fill_the_log() {
        assert_eq!(shown("a\nb\u{1b}"), "a\\nb\\u{1b}");
        assert_eq!(shown(&"x".repeat(10_000)).len(), SHOWN);
    }
}

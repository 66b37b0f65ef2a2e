//! The names of customers, as far as the platform tells them. Nobody waits for that: a conversation begins without a
//! name and gets it once it is known (spec: channel-connectors#2.1, People).

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The most people whose names are kept in memory; beyond it all are forgotten.
const KNOWN: usize = 10_000;
/// The most people who wait to be asked about; further ones stay without a name until they write again.
const WAITING: usize = 1_000;

/// Names by person. `None` is a person whose name the platform keeps to itself.
#[derive(Debug, Default)]
pub(super) struct NameCache(Mutex<CachedNames>);

#[derive(Debug, Default)]
struct CachedNames {
    known: HashMap<String, Option<String>>,
    waiting: VecDeque<String>,
}

impl NameCache {
    /// A person's name, if it is known; else an empty text.
    pub fn of(&self, person: &str) -> String {
        self.book().known.get(person).cloned().flatten().unwrap_or_default()
    }

    /// Queues a question about a person's name, unless they were asked about already.
    pub fn want(&self, person: &str) {
        let mut book = self.book();
        let is_known =
            book.known.contains_key(person) || book.waiting.iter().any(|waiting| waiting == person);
        if !is_known && book.waiting.len() < WAITING {
            book.waiting.push_back(person.to_owned());
        }
    }

    pub fn next(&self) -> Option<String> {
        self.book().waiting.pop_front()
    }

    pub fn learn(&self, person: &str, name: Option<String>) {
        let mut book = self.book();
        if book.known.len() >= KNOWN {
            book.known.clear();
        }
        book.known.insert(person.to_owned(), name);
    }

    fn book(&self) -> MutexGuard<'_, CachedNames> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_asked_about_once() {
        let names = NameCache::default();
        names.want("7");
        names.want("7");
        assert_eq!((names.of("7").as_str(), names.next().as_deref(), names.next()), ("", Some("7"), None));
        names.learn("7", Some("Zoe".into()));
        assert_eq!(names.of("7"), "Zoe");
        names.learn("8", None);
        names.want("8");
        assert_eq!((names.of("8").as_str(), names.next()), ("", None));
    }
}

//! What the platform remembers.

use super::trouble::MessengerError;
use crate::platforms::{allowance::Allowance, newest_refusals::NewestRefusals, settings::Settings};
use domain::Millis;
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// How many people the page knows; later ones stay unknown.
const PEOPLE: usize = 10_000;

/// What the platform remembers.
pub(in crate::platforms) struct Page {
    pub(super) allowance: Allowance,
    pub(super) refused: NewestRefusals,
    people: Mutex<BTreeMap<String, Person>>,
}

#[derive(Default)]
struct Person {
    name: Option<(String, String)>,
    last_action: Option<Millis>,
}

impl Page {
    pub(in crate::platforms) fn new(settings: &Settings) -> Self {
        Self {
            allowance: Allowance::new(settings.messenger.per_minute, 60_000),
            refused: NewestRefusals::default(),
            people: Mutex::default(),
        }
    }

    /// Gives a person a first and a last name.
    pub(in crate::platforms) fn call(&self, psid: &str, first: &str, last: &str) {
        self.change(psid, |person| person.name = Some((first.into(), last.into())));
    }

    /// A person wrote or tapped: their window opens again.
    pub(super) fn acted(&self, psid: &str, at: Millis) {
        self.change(psid, |person| person.last_action = Some(at));
    }

    /// When a person last wrote or tapped, if ever. Refuses people the page does not know.
    pub(super) fn last_action(&self, psid: &str) -> Result<Option<Millis>, MessengerError> {
        self.people().get(psid).map(|person| person.last_action).ok_or(MessengerError::NO_PERSON)
    }

    pub(super) fn name(&self, psid: &str) -> Option<(String, String)> {
        self.people().get(psid).and_then(|person| person.name.clone())
    }

    fn change(&self, psid: &str, change: impl FnOnce(&mut Person)) {
        let mut people = self.people();
        if people.len() < PEOPLE || people.contains_key(psid) {
            change(people.entry(psid.to_owned()).or_default());
        }
    }

    fn people(&self) -> MutexGuard<'_, BTreeMap<String, Person>> {
        self.people.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! What customers are called, as far as the platform tells it. Nobody waits for that: a conversation begins without a
//! name and is given it when it is known (channel-connectors §2.1, People).

use super::{account::Account, send};
use crate::shorten::shortened;
use desk::session_of;
use domain::{Command, InteractionId, Key, State, command::CustomerAct, message::MAX_NICKNAME};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The most people whose names are kept in mind; then all are forgotten.
const KNOWN: usize = 10_000;
/// The most people who wait to be asked about; further ones stay without a name until they write again.
const WAITING: usize = 1_000;

/// Names by person. `None` is a person whose name the platform keeps to itself.
#[derive(Debug, Default)]
pub(super) struct Names(Mutex<Book>);

#[derive(Debug, Default)]
struct Book {
    known: HashMap<String, Option<String>>,
    waiting: VecDeque<String>,
}

impl Names {
    /// A person's name, as far as it is known; else nothing.
    pub fn of(&self, person: &str) -> String {
        self.book().known.get(person).cloned().flatten().unwrap_or_default()
    }

    /// Has a person asked about, unless he was.
    pub fn want(&self, person: &str) {
        let mut book = self.book();
        let is_known =
            book.known.contains_key(person) || book.waiting.iter().any(|waiting| waiting == person);
        if !is_known && book.waiting.len() < WAITING {
            book.waiting.push_back(person.to_owned());
        }
    }

    fn next(&self) -> Option<String> {
        self.book().waiting.pop_front()
    }

    fn learn(&self, person: &str, name: Option<String>) {
        let mut book = self.book();
        if book.known.len() >= KNOWN {
            book.known.clear();
        }
        book.known.insert(person.to_owned(), name);
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Account {
    /// Asks for the name of one person who waits for his. Answers whether there was one.
    pub async fn ask_a_name(&self) -> bool {
        if self.standing.refusal(self.now()).is_some() {
            return false;
        }
        let Some(person) = self.names.next() else { return false };
        let Some(request) = send::profile(&self.config, &person) else { return true };
        let profile = self.ask_in_passing(request, send::answer::profile).await;
        let name = profile.ok().and_then(|profile| profile.name());
        let name = name.map(|name| shortened(name, MAX_NICKNAME));
        self.names.learn(&person, name.clone());
        if let Some(name) = name
            && let Some(session) = self.nameless(&person).await
        {
            let act = CustomerAct::Rename(name);
            let command = Command::Customer { session: session.clone(), act };
            if let Err(why) = self.intake.desk().perform(command).await {
                tracing::debug!(%why, interaction = session.as_str(), "a customer keeps their id for a name");
            }
        }
        true
    }

    /// The conversation of a person that is still called by his id.
    async fn nameless(&self, person: &str) -> Option<InteractionId> {
        let desk = self.intake.desk();
        let thread = desk.store().state(&Key::Thread(self.address(person).thread)).await.ok()??;
        let State::Thread(thread) = &*thread else { return None };
        let state = desk.session(thread.latest.as_ref()?).await.ok()??;
        let session = session_of(&state)?;
        let customer = &session.customer;
        (customer.present && customer.nickname == person && !session.erased).then(|| session.id.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_asked_about_once() {
        let names = Names::default();
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

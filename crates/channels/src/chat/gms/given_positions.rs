//! What a client was last given in answer to an `alias`.
//!
//! A client that copies the `alias` of every answer hands back what it was given itself. One that keeps its first would
//! be sent back to the beginning of the transcript by every command that asks for none of it, so the server remembers
//! for a while what it gave in answer to that one. This is only kept in memory: after a restart such a client reads
//! once more.

use domain::InteractionId;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The most chats remembered; the one not heard of for longest is forgotten first.
const MOST: usize = 20_000;
/// The most aliases of one chat: every window of a customer has one, and clients that copy use each once.
const ALIASES: usize = 4;

/// What was given last.
#[derive(Default)]
pub(in crate::chat) struct GivenPositions(Mutex<Chats>);

#[derive(Default)]
struct Chats {
    /// The aliases of a chat as positions, each with the position given last in answer to it, oldest first.
    given: HashMap<InteractionId, Vec<(u32, u32)>>,
    /// Chats in the order in which they were first heard of.
    order: VecDeque<InteractionId>,
}

impl GivenPositions {
    /// Where a client that hands back an alias is: where it says, unless it was given more in answer to the same alias.
    pub fn at(&self, id: &InteractionId, alias: u32) -> u32 {
        let chats = self.lock();
        let given = chats.given.get(id).into_iter().flatten();
        given.rev().find(|(said, _)| *said == alias).map_or(alias, |(_, next)| *next)
    }

    /// A client that handed back an alias was given everything between two positions. Entries that it skips count as
    /// not given.
    pub fn gave(&self, id: &InteractionId, alias: u32, from: u32, next: u32) {
        if alias == next || from > self.at(id, alias) {
            return;
        }
        let mut chats = self.lock();
        if !chats.given.contains_key(id) {
            chats.order.push_back(id.clone());
        }
        let given = chats.given.entry(id.clone()).or_default();
        given.retain(|(said, _)| *said != alias);
        given.push((alias, next));
        if given.len() > ALIASES {
            given.remove(0);
        }
        while chats.given.len() > MOST {
            let Some(oldest) = chats.order.pop_front() else { break };
            chats.given.remove(&oldest);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Chats> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_keeps_an_alias_goes_on_where_its_last_answer_ended() {
        let (told, id) = (GivenPositions::default(), InteractionId::from("c1"));
        assert_eq!(told.at(&id, 2), 2);
        told.gave(&id, 2, 2, 5);
        told.gave(&id, 2, 5, 9);
        assert_eq!(told.at(&id, 2), 9);
        told.gave(&id, 2, 12, 15);
        assert_eq!(told.at(&id, 2), 9, "it was never given what lies between");
        assert_eq!(told.at(&id, 5), 5);
        assert_eq!(told.at(&"c2".into(), 2), 2);
    }

    #[test]
    fn a_client_that_copies_leaves_little_behind() {
        let (told, id) = (GivenPositions::default(), InteractionId::from("c1"));
        (1..100).for_each(|alias| told.gave(&id, alias, alias, alias + 1));
        assert_eq!(told.lock().given[&id].len(), ALIASES);
        for number in 0..=MOST {
            told.gave(&number.to_string().as_str().into(), 1, 1, 2);
        }
        assert_eq!(told.lock().given.len(), MOST);
        assert_eq!(told.at(&id, 99), 99);
    }
}

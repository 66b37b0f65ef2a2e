//! What each chat's customer was given already. Widgets ask for messages without saying from where, and show every
//! one they get (spec: digital-channels#6.3), so the server keeps the place.
//!
//! Being told is no commit (spec: decisions#1): the places live in memory. After a restart a chat is told from its
//! beginning once more, since twice is better than never. A poll whose answer is lost on the way has moved the place
//! all the same; the protocol has no receipts, only an `index` that goes back.

use crate::chat::talk::FAREWELL;
use domain::{InteractionId, Millis};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The most places kept; beyond it, those of customers not heard of for longest are given up.
const MOST: usize = 100_000;

/// The index of the entry that comes next. A reader locks it meanwhile, so that two polls at once are not given the
/// same.
pub(super) type Cursor = Arc<tokio::sync::Mutex<u32>>;

/// The places of all chats.
#[derive(Default)]
pub(in crate::chat) struct Cursors(Mutex<HashMap<InteractionId, Place>>);

struct Place {
    next: Cursor,
    asked_at: Millis,
}

impl Cursors {
    /// The place of a chat: its beginning, when nothing was asked for yet.
    pub(super) fn of(&self, id: &InteractionId, now: Millis) -> Cursor {
        let mut places = self.places();
        let place = places
            .entry(id.clone())
            .or_insert_with(|| Place { next: Arc::new(tokio::sync::Mutex::new(1)), asked_at: now });
        place.asked_at = now;
        place.next.clone()
    }

    /// Forgets the places of chats that are over and were not asked about for as long as they can be read, and those
    /// beyond the bound.
    pub fn forget<'a>(&self, present: impl Iterator<Item = &'a InteractionId>, now: Millis) {
        let mut places = self.places();
        if places.values().any(|place| now - place.asked_at > FAREWELL) {
            let present: HashSet<_> = present.collect();
            places.retain(|id, place| now - place.asked_at <= FAREWELL || present.contains(id));
        }
        if let Some(surplus) = places.len().checked_sub(MOST + 1) {
            let mut asked: Vec<_> = places.values().map(|place| place.asked_at).collect();
            let (_, newest_given_up, _) = asked.select_nth_unstable(surplus);
            let newest_given_up = *newest_given_up;
            places.retain(|_, place| place.asked_at > newest_given_up);
        }
    }

    fn places(&self) -> MutexGuard<'_, HashMap<InteractionId, Place>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn place(cursors: &Cursors, id: &str, now: Millis) -> u32 {
        *cursors.of(&id.into(), now).lock().await
    }

    async fn put(cursors: &Cursors, id: &str, now: Millis) {
        *cursors.of(&id.into(), now).lock().await = 7;
    }

    #[tokio::test]
    async fn a_place_is_kept_while_its_customer_is_there_or_may_still_read() {
        let cursors = Cursors::default();
        for id in ["there", "reading", "gone"] {
            put(&cursors, id, 0).await;
        }
        put(&cursors, "reading", 1).await;
        cursors.forget([&"there".into()].into_iter(), FAREWELL);
        assert_eq!(cursors.places().len(), 3);
        cursors.forget([&"there".into()].into_iter(), FAREWELL + 1);
        assert_eq!(cursors.places().len(), 2);
        assert_eq!(place(&cursors, "there", 0).await, 7);
        assert_eq!(place(&cursors, "gone", 0).await, 1);
    }

    #[tokio::test]
    async fn of_too_many_the_longest_silent_are_forgotten() {
        let cursors = Cursors::default();
        let many = Millis::try_from(MOST).expect("small") + 2;
        for number in 0..many {
            cursors.of(&number.to_string().as_str().into(), number);
        }
        put(&cursors, "0", many).await;
        cursors.forget(std::iter::empty(), many);
        assert_eq!(cursors.places().len(), MOST);
        assert_eq!(place(&cursors, "0", many).await, 7);
        assert!(!cursors.places().contains_key("1"));
        assert!(!cursors.places().contains_key("2"));
    }
}

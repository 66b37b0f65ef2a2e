//! When customers were last heard of.

use domain::{InteractionId, Millis};
use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// When customers were last heard of.
#[derive(Default)]
pub(super) struct Presence {
    last: Mutex<HashMap<InteractionId, Millis>>,
    /// Customers who can never be let go, as an attempt showed.
    kept: Mutex<HashSet<InteractionId>>,
}

impl Presence {
    /// A customer was heard of.
    pub fn seen(&self, id: &InteractionId, now: Millis) {
        self.last().insert(id.clone(), now);
    }

    /// Which of those present were silent for their time, and when the next will be. Customers who were never heard of
    /// count as heard of now; those who are not present any more are forgotten.
    pub fn silent(
        &self,
        present: impl Iterator<Item = (InteractionId, Millis)>,
        now: Millis,
    ) -> (Vec<InteractionId>, Option<Millis>) {
        let (mut last, mut kept) = (self.last(), self.kept());
        let mut still_kept = HashSet::new();
        let (mut still, mut silent, mut next) = (HashMap::new(), Vec::new(), None);
        for (id, inactivity) in present {
            let heard = last.get(&id).copied().unwrap_or(now);
            let due = heard.saturating_add(inactivity);
            if kept.contains(&id) {
                still_kept.insert(id.clone());
            } else if due <= now {
                silent.push(id.clone());
            } else {
                next = Some(next.map_or(due, |next: Millis| next.min(due)));
            }
            still.insert(id, heard);
        }
        *last = still;
        *kept = still_kept;
        (silent, next)
    }

    fn last(&self) -> MutexGuard<'_, HashMap<InteractionId, Millis>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn kept(&self) -> MutexGuard<'_, HashSet<InteractionId>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIME: Millis = 300_000;

    fn look(presence: &Presence, ids: &[&str], now: Millis) -> (Vec<InteractionId>, Option<Millis>) {
        presence.silent(ids.iter().map(|id| ((*id).into(), TIME)), now)
    }

    #[test]
    fn who_is_silent_for_his_time_is_let_go() {
        let presence = Presence::default();
        presence.seen(&"a".into(), 0);
        presence.seen(&"b".into(), 10);
        assert_eq!(look(&presence, &["a", "b"], TIME - 1), (vec![], Some(TIME)));
        assert_eq!(look(&presence, &["a", "b"], TIME), (vec!["a".into()], Some(TIME + 10)));
    }

    #[test]
    fn any_request_begins_his_time_anew() {
        let presence = Presence::default();
        presence.seen(&"a".into(), 0);
        presence.seen(&"a".into(), TIME - 1);
        assert_eq!(look(&presence, &["a"], TIME), (vec![], Some(2 * TIME - 1)));
    }

    #[test]
    fn after_a_restart_everybody_has_his_full_time() {
        let presence = Presence::default();
        assert_eq!(look(&presence, &["a"], 50), (vec![], Some(50 + TIME)));
        assert_eq!(look(&presence, &["a"], 49 + TIME), (vec![], Some(50 + TIME)));
        assert_eq!(look(&presence, &["a"], 50 + TIME), (vec!["a".into()], None));
    }

    #[test]
    fn who_can_never_be_let_go_is_not_looked_at_again_while_present() {
        let presence = Presence::default();
        presence.seen(&"a".into(), 0);
        presence.seen(&"b".into(), 0);
        presence.kept().insert("a".into());
        assert_eq!(look(&presence, &["a", "b"], TIME), (vec!["b".into()], None));
        look(&presence, &["b"], TIME);
        assert_eq!(look(&presence, &["a"], 3 * TIME).0, vec![], "who comes again has their full time");
        assert_eq!(look(&presence, &["a"], 5 * TIME).0, vec!["a".into()]);
    }

    #[test]
    fn who_has_left_is_forgotten() {
        let presence = Presence::default();
        presence.seen(&"a".into(), 0);
        look(&presence, &[], 1);
        assert!(presence.last().is_empty());
    }
}

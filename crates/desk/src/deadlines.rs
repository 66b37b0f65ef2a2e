//! Deadlines of open offers: a projection of open conversations, kept in order of time.

use domain::{Key, Millis, SessionId, State, UserId};
use std::collections::{BTreeSet, HashMap};

/// What falls due when.
#[derive(Debug, Default)]
pub(crate) struct Deadlines {
    due: BTreeSet<(Millis, SessionId, UserId)>,
    of: HashMap<SessionId, Vec<(Millis, UserId)>>,
}

impl Deadlines {
    /// Takes a committed snapshot in. Answers whether the earliest deadline may have changed.
    pub(crate) fn take(&mut self, key: &Key, state: &State) -> bool {
        let (Key::Session(id), State::Session(session)) = (key, state) else { return false };
        let mut now_due = session.deadlines().map(|(agent, due)| (due, agent.clone())).peekable();
        if now_due.peek().is_none() && !self.of.contains_key(id) {
            return false;
        }
        let now_due: Vec<_> = now_due.collect();
        for (due, agent) in self.of.remove(id).unwrap_or_default() {
            self.due.remove(&(due, id.clone(), agent));
        }
        for (due, agent) in &now_due {
            self.due.insert((*due, id.clone(), agent.clone()));
        }
        if !now_due.is_empty() {
            self.of.insert(id.clone(), now_due);
        }
        true
    }

    /// The earliest deadline.
    pub(crate) fn next(&self) -> Option<Millis> {
        self.due.first().map(|(due, ..)| *due)
    }

    /// Everything due by now, earliest first. It stays listed until a commit settles it.
    pub(crate) fn due(&self, now: Millis) -> Vec<(SessionId, UserId)> {
        let due = self.due.iter().take_while(|(due, ..)| *due <= now);
        due.map(|(_, session, agent)| (session.clone(), agent.clone())).collect()
    }
}

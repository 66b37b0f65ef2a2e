//! What falls due: a projection of open interactions and of agents at work, kept in order of time.

use domain::{InteractionId, Key, Millis, State, UserId, call, session::Deadline};
use std::collections::{BTreeSet, HashMap};

/// Something that falls due.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Due {
    /// In a conversation.
    Session(InteractionId, Deadline),
    /// In a call.
    Call(InteractionId, call::Deadline),
    /// An agent's work after a call is over.
    WrapUp(UserId),
}

/// What falls due when.
#[derive(Debug, Default)]
pub(crate) struct Deadlines {
    due: BTreeSet<(Millis, Due)>,
    of: HashMap<Key, Vec<(Millis, Due)>>,
}

impl Deadlines {
    /// Takes a committed snapshot in. Answers whether the earliest deadline may have changed.
    pub(crate) fn take(&mut self, key: &Key, state: &State) -> bool {
        let now_due: Vec<(Millis, Due)> = match (key, state) {
            (Key::Session(id), State::Session(session)) => {
                session.deadlines().map(|(what, due)| (due, Due::Session(id.clone(), what))).collect()
            }
            (Key::Call(id), State::Call(call)) => {
                call.deadlines().map(|(what, due)| (due, Due::Call(id.clone(), what))).collect()
            }
            (Key::Agent(id), State::Agent(agent)) => {
                agent.ready_again().map(|due| (due, Due::WrapUp(id.clone()))).into_iter().collect()
            }
            _ => return false,
        };
        if now_due.is_empty() && !self.of.contains_key(key) {
            return false;
        }
        // Every message moves the moments of silence on; who waits for the first of all need not hear of that.
        let first = self.next();
        for before in self.of.remove(key).unwrap_or_default() {
            self.due.remove(&before);
        }
        self.due.extend(now_due.iter().cloned());
        if !now_due.is_empty() {
            self.of.insert(key.clone(), now_due);
        }
        self.next() != first
    }

    /// The earliest deadline.
    pub(crate) fn next(&self) -> Option<Millis> {
        self.due.first().map(|(due, _)| *due)
    }

    /// Everything due by now, earliest first. It stays listed until a commit settles it.
    pub(crate) fn due(&self, now: Millis) -> Vec<Due> {
        self.due.iter().take_while(|(due, _)| *due <= now).map(|(_, due)| due.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        UserData,
        session::{Event, Fact, Invitation, Session},
    };

    fn session(id: &str) -> Session {
        let created = Fact::Created {
            service: String::new(),
            participant: "p".into(),
            nickname: "Ina".into(),
            key_digest: String::new(),
            user_data: UserData::default(),
            post: None,
        };
        Session::begin(id.into(), 0, &event(created)).expect("it begins")
    }

    fn event(fact: Fact) -> Event {
        Event { medium: "text".into(), queue: "Support".into(), fact }
    }

    fn offered(session: &mut Session, agent: &str, deadline: Millis) {
        let fact = Fact::Offered {
            agent: agent.into(),
            user_name: agent.into(),
            participant: session.next_participant(),
            invitation: Invitation::Queue,
            deadline: Some(deadline),
        };
        session.apply(0, &event(fact));
    }

    fn take(deadlines: &mut Deadlines, session: &Session) -> bool {
        deadlines.take(&Key::Session(session.id.clone()), &State::Session(session.clone()))
    }

    fn due(deadlines: &Deadlines, now: Millis) -> Vec<String> {
        let word = |due: &Due| match due {
            Due::Session(session, Deadline::Offer(agent)) => format!("{session}/{agent}"),
            other => format!("{other:?}"),
        };
        deadlines.due(now).iter().map(word).collect()
    }

    #[test]
    fn an_offer_is_due_at_its_moment_and_until_it_is_settled() {
        let (mut deadlines, mut session) = (Deadlines::default(), session("1"));
        offered(&mut session, "ann", 30);
        assert!(take(&mut deadlines, &session));
        assert_eq!((deadlines.next(), due(&deadlines, 29)), (Some(30), vec![]));
        assert_eq!(due(&deadlines, 30), ["1/ann"]);
        assert_eq!(due(&deadlines, 31), ["1/ann"], "it stays listed");
        session.apply(31, &event(Fact::Accepted { agent: "ann".into(), nickname: "Ann".into() }));
        assert!(take(&mut deadlines, &session));
        assert_eq!((deadlines.next(), due(&deadlines, 99)), (None, vec![]));
    }

    #[test]
    fn the_earliest_comes_first_whatever_came_when() {
        let mut deadlines = Deadlines::default();
        for (id, deadline) in [("1", 30), ("2", 10), ("3", 20)] {
            let mut session = session(id);
            offered(&mut session, "ann", deadline);
            take(&mut deadlines, &session);
        }
        assert_eq!(deadlines.next(), Some(10));
        assert_eq!(due(&deadlines, 25), ["2/ann", "3/ann"]);
    }

    #[test]
    fn one_conversation_may_have_several() {
        let (mut deadlines, mut session) = (Deadlines::default(), session("1"));
        offered(&mut session, "ann", 30);
        offered(&mut session, "bob", 20);
        take(&mut deadlines, &session);
        assert_eq!(due(&deadlines, 30), ["1/bob", "1/ann"]);
    }

    #[test]
    fn only_another_earliest_moment_wakes() {
        let mut deadlines = Deadlines::default();
        let mut offer = |id: &str, deadline| {
            let mut session = session(id);
            offered(&mut session, "ann", deadline);
            take(&mut deadlines, &session)
        };
        assert!(offer("1", 30));
        for later in 40..50 {
            assert!(!offer("2", later), "another comes first");
        }
        assert!(!offer("3", 30), "at the same moment");
        assert!(!offer("1", 60), "a moment that is another's too");
        assert!(offer("3", 70), "the first of all moved on");
        assert!(offer("2", 29));
        assert_eq!((deadlines.next(), due(&deadlines, 99).len()), (Some(29), 3));
    }

    #[test]
    fn what_has_no_deadline_wakes_nobody() {
        let mut deadlines = Deadlines::default();
        assert!(!take(&mut deadlines, &session("1")));
        assert!(!deadlines.take(&Key::Book, &State::Book(domain::book::Book::default())));
    }
}

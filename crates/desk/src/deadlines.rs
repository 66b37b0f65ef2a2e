//! What falls due: a projection of open interactions and of agents at work, kept in order of time.
//!
//! Deadlines are moments of the clock in their snapshots and awake time here ([`Pauses`]), so that what fell due while
//! nobody could be heard keeps the rest it had. How long a provider carries an answer is counted by the provider's
//! clock.

use crate::pauses::Pauses;
use domain::{InteractionId, Key, Millis, State, UserId, call, session::Deadline};
use std::collections::{BTreeSet, HashMap};

/// Something that falls due.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Due {
    /// In a conversation.
    Session(InteractionId, Deadline),
    /// In a call.
    Call(InteractionId, call::Deadline),
    /// An agent's work after a call is over, or the time for which they owe a disposition.
    WrapUp(UserId),
}

impl Due {
    /// The entity in whose snapshot it stands.
    pub(crate) fn key(&self) -> Key {
        match self {
            Self::Session(id, _) => Key::Session(id.clone()),
            Self::Call(id, _) => Key::Call(id.clone()),
            Self::WrapUp(agent) => Key::Agent(agent.clone()),
        }
    }

    /// The conversation or call in which it falls due.
    pub fn interaction(&self) -> Option<&str> {
        match self {
            Self::Session(id, _) | Self::Call(id, _) => Some(id.as_str()),
            Self::WrapUp(_) => None,
        }
    }

    /// Whether it falls due at a moment of the clock, even if nobody could be heard before.
    const fn is_fixed(&self) -> bool {
        matches!(self, Self::Session(_, Deadline::Window))
    }
}

/// A moment, by the clock and in awake time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// By the clock.
    pub clock: Millis,
    /// In awake time.
    pub awake: Millis,
}

/// One thing that falls due.
#[derive(Debug)]
struct ScheduledDeadline {
    due: Due,
    at: Moment,
}

/// Everything that falls due, and when.
#[derive(Debug, Default)]
pub(crate) struct Deadlines {
    /// By awake time.
    due: BTreeSet<(Millis, Due)>,
    /// By moments of the clock.
    fixed: BTreeSet<(Millis, Due)>,
    of: HashMap<Key, Vec<ScheduledDeadline>>,
}

impl Deadlines {
    /// Takes a committed snapshot in. Answers whether the earliest deadline may have changed.
    pub(crate) fn take(&mut self, key: &Key, state: &State, pauses: &Pauses) -> bool {
        let found = deadlines(key, state);
        if found.is_empty() && !self.of.contains_key(key) {
            return false;
        }
        // Every message moves the moments of silence on; the task that waits for the earliest deadline need not hear of
        // that.
        let first = self.first();
        let before = self.of.remove(key).unwrap_or_default();
        for ScheduledDeadline { due, at } in &before {
            let (moment, set) = self.place(due, *at);
            set.remove(&(moment, due.clone()));
        }
        let mut entries = Vec::with_capacity(found.len());
        for (due, clock, since) in found {
            let known = before.iter().find(|entry| entry.due == due && entry.at.clock == clock);
            let awake = match (since, known) {
                (Some(since), _) => pauses.awake(since) + (clock - since),
                (None, Some(known)) => known.at.awake,
                // The commit at hand has set it.
                (None, None) => clock - pauses.lost(),
            };
            let at = Moment { clock, awake };
            let (moment, set) = self.place(&due, at);
            set.insert((moment, due.clone()));
            entries.push(ScheduledDeadline { due, at });
        }
        if !entries.is_empty() {
            self.of.insert(key.clone(), entries);
        }
        self.first() != first
    }

    /// How long it is until the earliest deadline, in milliseconds; 0 or less when it is over.
    pub(crate) fn rest(&self, now: Moment) -> Option<Millis> {
        let (due, fixed) = self.first();
        due.map(|due| due - now.awake).into_iter().chain(fixed.map(|fixed| fixed - now.clock)).min()
    }

    /// Everything due by now, earliest first. It stays listed until a commit settles it.
    pub(crate) fn due(&self, now: Moment) -> Vec<Due> {
        let due = self.due.iter().take_while(|(due, _)| *due <= now.awake);
        due.chain(self.fixed.iter().take_while(|(due, _)| *due <= now.clock))
            .map(|(_, due)| due.clone())
            .collect()
    }

    /// Takes something off the list that can never be done; it comes back with the next change of its snapshot, or the
    /// next start. Answers whether it was still due: a commit may have settled it meanwhile.
    pub(crate) fn give_up(&mut self, key: &Key, due: &Due, now: Moment) -> bool {
        let entries = self.of.get_mut(key);
        let found = entries.and_then(|entries| {
            let at = entries.iter().position(|entry| entry.due == *due)?;
            let moment = if due.is_fixed() { entries[at].at.clock } else { entries[at].at.awake };
            let is_due = moment <= if due.is_fixed() { now.clock } else { now.awake };
            is_due.then(|| entries.remove(at).at)
        });
        let Some(at) = found else { return false };
        let (moment, set) = self.place(due, at);
        set.remove(&(moment, due.clone()));
        true
    }

    fn first(&self) -> (Option<Millis>, Option<Millis>) {
        let first = |set: &BTreeSet<(Millis, Due)>| set.first().map(|(due, _)| *due);
        (first(&self.due), first(&self.fixed))
    }

    fn place(&mut self, due: &Due, at: Moment) -> (Millis, &mut BTreeSet<(Millis, Due)>) {
        if due.is_fixed() { (at.clock, &mut self.fixed) } else { (at.awake, &mut self.due) }
    }
}

/// What falls due in a snapshot, when, and since when that is counted where it is known.
fn deadlines(key: &Key, state: &State) -> Vec<(Due, Millis, Option<Millis>)> {
    match (key, state) {
        (Key::Session(id), State::Session(session)) => {
            let since = |what: &Deadline| match what {
                Deadline::Offer(agent) => session.live_party(agent).map(|party| party.invited_at),
                Deadline::Idle | Deadline::Slots => session.post.as_ref().map(|post| post.spoken_at),
                Deadline::Request(number) => session.request(*number).map(|request| request.place.since),
                Deadline::Window => None,
            };
            session
                .deadlines()
                .map(|(what, at)| (Due::Session(id.clone(), what.clone()), at, since(&what)))
                .collect()
        }
        // A call does not outlive its process.
        (Key::Call(id), State::Call(call)) => {
            call.deadlines().map(|(what, at)| (Due::Call(id.clone(), what), at, None)).collect()
        }
        (Key::Agent(id), State::Agent(agent)) => {
            agent.next_due().map(|(at, since)| (Due::WrapUp(id.clone()), at, since)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        UserData,
        session::{Fact, Invitation, Session, SessionEvent},
    };

    fn session(id: &str) -> Session {
        let created = Fact::Created {
            service: "".into(),
            participant: "p".into(),
            nickname: "Ina".into(),
            key_digest: String::new(),
            user_data: UserData::default(),
            post: None,
        };
        Session::begin(id.into(), 0, &event(created)).expect("it begins")
    }

    fn event(fact: Fact) -> SessionEvent {
        SessionEvent { medium: "text".into(), queue: "Support".into(), fact, written: 0, elapsed_ms: None }
    }

    fn offered(session: &mut Session, agent: &str, deadline: Millis) {
        let fact = Fact::Offered {
            agent: agent.into(),
            user_name: agent.into(),
            participant: session.next_participant(),
            invitation: Invitation::Queue,
            deadline: Some(deadline),
            by: None,
        };
        session.apply(0, &event(fact));
    }

    fn take(deadlines: &mut Deadlines, session: &Session) -> bool {
        deadlines.take(
            &Key::Session(session.id.clone()),
            &State::Session(session.clone()),
            &Pauses::default(),
        )
    }

    /// A moment of a process that never stood still.
    const fn at(moment: Millis) -> Moment {
        Moment { clock: moment, awake: moment }
    }

    fn next(deadlines: &Deadlines) -> Option<Millis> {
        deadlines.rest(at(0))
    }

    fn due(deadlines: &Deadlines, now: Millis) -> Vec<String> {
        let word = |due: &Due| match due {
            Due::Session(session, Deadline::Offer(agent)) => format!("{session}/{agent}"),
            other => format!("{other:?}"),
        };
        deadlines.due(at(now)).iter().map(word).collect()
    }

    #[test]
    fn an_offer_is_due_at_its_moment_and_until_it_is_settled() {
        let (mut deadlines, mut session) = (Deadlines::default(), session("1"));
        offered(&mut session, "ann", 30);
        assert!(take(&mut deadlines, &session));
        assert_eq!((next(&deadlines), due(&deadlines, 29)), (Some(30), vec![]));
        assert_eq!(due(&deadlines, 30), ["1/ann"]);
        assert_eq!(due(&deadlines, 31), ["1/ann"], "it stays listed");
        session.apply(31, &event(Fact::Accepted { agent: "ann".into(), nickname: "Ann".into() }));
        assert!(take(&mut deadlines, &session));
        assert_eq!((next(&deadlines), due(&deadlines, 99)), (None, vec![]));
    }

    #[test]
    fn the_earliest_comes_first_whatever_came_when() {
        let mut deadlines = Deadlines::default();
        for (id, deadline) in [("1", 30), ("2", 10), ("3", 20)] {
            let mut session = session(id);
            offered(&mut session, "ann", deadline);
            take(&mut deadlines, &session);
        }
        assert_eq!(next(&deadlines), Some(10));
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
        assert_eq!((next(&deadlines), due(&deadlines, 99).len()), (Some(29), 3));
    }

    #[test]
    fn what_can_never_be_done_is_not_due_again_until_its_snapshot_changes() {
        let (mut deadlines, mut one, mut other) = (Deadlines::default(), session("1"), session("2"));
        offered(&mut one, "ann", 30);
        offered(&mut other, "ann", 30);
        take(&mut deadlines, &one);
        take(&mut deadlines, &other);
        let due = Due::Session("1".into(), Deadline::Offer("ann".into()));
        assert!(!deadlines.give_up(&due.key(), &due, at(29)), "it is not due yet");
        assert!(deadlines.give_up(&due.key(), &due, at(30)));
        assert!(!deadlines.give_up(&due.key(), &due, at(30)), "it is given up once");
        assert_eq!(self::due(&deadlines, 30), ["2/ann"], "the other one is not forgotten");
        take(&mut deadlines, &one);
        assert_eq!(self::due(&deadlines, 30), ["1/ann", "2/ann"]);
    }

    #[test]
    fn what_has_no_deadline_wakes_nobody() {
        let mut deadlines = Deadlines::default();
        assert!(!take(&mut deadlines, &session("1")));
        assert!(!deadlines.take(
            &Key::Book,
            &State::Book(domain::disposition_tree::DispositionTree::default()),
            &Pauses::default()
        ));
    }

    #[test]
    fn what_fell_due_while_the_process_stood_still_keeps_its_rest() {
        let (mut deadlines, mut session, pauses) = (Deadlines::default(), session("1"), Pauses::default());
        pauses.begin(None, 0);
        offered(&mut session, "ann", 30_000);
        let (key, state) = (Key::Session(session.id.clone()), State::Session(session));
        deadlines.take(&key, &state, &pauses);
        pauses.beat(4_000);
        pauses.beat(604_000);
        let moment = |clock| Moment { clock, awake: pauses.awake(clock) };
        assert_eq!(deadlines.rest(moment(604_000)), Some(26_000));
        assert!(deadlines.due(moment(604_000)).is_empty());
        let mut anew = Deadlines::default();
        anew.take(&key, &state, &pauses);
        assert_eq!(
            anew.rest(moment(604_000)),
            Some(26_000),
            "and so it has when it is taken in after the pause"
        );
        assert_eq!(deadlines.due(moment(630_000)).len(), 1);
    }
}

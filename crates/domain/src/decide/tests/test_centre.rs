//! A small centre in memory: three agents, two queues, a book, and a clock that is moved by hand.

use super::{
    brief::{brief, effect},
    calls::invariants::no_part_comes_back,
    visibility,
};
use crate::{
    Command, DecideError, Decision, Event, InteractionId, Key, MediumName, Message, Millis, ProviderKey,
    QueueName, Refusal, Snapshots, State, UserId, Want,
    agent::Agent,
    call::{Call, SwitchCommand},
    centre::{Centre, Service, system_states},
    decide,
    disposition::Rule,
    disposition_tree::{Code, DispositionGroup, DispositionTree},
    hours::Closure,
    medium::{self, Media},
    queue::{Calls, Queue},
    session::{AgentParty, AgentPartyState, Delivery, Fact, Invitation, Session},
    task::{KnownProviderKey, Sign, Task, message_task},
    thread::Terms,
    user::{Role, User},
};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Debug,
    sync::Arc,
};

/// The medium of the tests: whichever stands first in the table.
pub fn medium() -> MediumName {
    Media::default().rows()[0].name.clone()
}

#[derive(Clone, Debug, Default)]
pub struct TestCentre {
    pub states: BTreeMap<Key, Arc<State>>,
    /// Everything that ever happened, in order.
    pub history: Vec<(Key, Millis, Event)>,
    /// Everything that was ever said.
    pub log: BTreeMap<InteractionId, Vec<Message>>,
    /// Names the world gave.
    pub known: BTreeMap<String, KnownProviderKey>,
    /// What connectors should send and have not yet, by id, in order.
    pub tasks: Vec<Task>,
    /// Passing signs for customers, all that ever were.
    pub signals: Vec<Sign>,
    /// What the switch was asked, all that ever was, in order.
    pub effects: Vec<SwitchCommand>,
    /// Queues that are closed, each until a moment.
    pub closed: BTreeMap<QueueName, Millis>,
    /// Moved by hand; begins at 0.
    pub now: Millis,
}

/// What a decision sees of the centre.
struct TestSnapshots<'a> {
    states: &'a BTreeMap<Key, Arc<State>>,
    log: &'a BTreeMap<InteractionId, Vec<Message>>,
    known: &'a BTreeMap<String, KnownProviderKey>,
    closed: &'a BTreeMap<QueueName, Millis>,
    /// What it asked for.
    asked: BTreeSet<Want>,
    /// What is not loaded.
    missing: Option<Want>,
}

impl TestSnapshots<'_> {
    fn look(&mut self, want: Want) -> Result<(), DecideError> {
        self.asked.insert(want.clone());
        if self.missing.as_ref() == Some(&want) { Err(DecideError::Need(want)) } else { Ok(()) }
    }
}

impl Snapshots for TestSnapshots<'_> {
    fn state(&mut self, key: &Key) -> Result<Option<Arc<State>>, DecideError> {
        self.look(Want::State(key.clone()))?;
        Ok(self.states.get(key).cloned())
    }

    fn head(&mut self, agent: &UserId) -> Result<u64, DecideError> {
        self.look(Want::Head(agent.clone()))?;
        Ok(40)
    }

    fn known(&mut self, key: &ProviderKey) -> Result<Option<KnownProviderKey>, DecideError> {
        self.look(Want::Known(key.to_string()))?;
        Ok(self.known.get(&key.to_string()).cloned())
    }

    fn message(&mut self, session: &InteractionId, index: u32) -> Result<Option<Message>, DecideError> {
        self.look(Want::Message(session.clone(), index))?;
        let log = self.log.get(session).map_or(&[][..], Vec::as_slice);
        Ok(log.iter().find(|message| message.index == index).cloned())
    }

    fn closure(&mut self, queue: &Queue, at: Millis) -> Option<Closure> {
        self.closed.get(&queue.name).filter(|until| at < **until).map(|until| Closure { until: Some(*until) })
    }
}

impl TestCentre {
    /// Ann and bob are ready, cat is not; offers last 30 s, who refused is left alone for 10 s.
    pub fn new() -> Self {
        let mut world = Self::default();
        world.put(Key::Centre, State::Centre(centre()));
        world.put(Key::Book, State::Book(book()));
        for name in ["Support", "Sales"] {
            world.put(Key::Queue(name.into()), State::Queue(Some(queue(name))));
        }
        for name in ["ann", "bob", "cat"] {
            world.put(Key::User(name.into()), State::User(Some(Arc::new(user(name)))));
            world = world.then(super::log_in(name));
        }
        for name in ["ann", "bob"] {
            world = world.then(super::state(name, "Ready"));
        }
        world
    }

    fn put(&mut self, key: Key, state: State) {
        self.states.insert(key, Arc::new(state));
    }

    /// Performs a command that the rules allow.
    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "a situation reads as a line")]
    pub fn then(mut self, command: Command) -> Self {
        self.act(&command).unwrap_or_else(|why| panic!("{command:?}: {why}"));
        self
    }

    /// Closes a queue until a moment.
    pub fn closes(mut self, queue: &str, until: Millis) -> Self {
        self.closed.insert(queue.into(), until);
        self
    }

    /// Lets time pass.
    pub fn after(mut self, millis: Millis) -> Self {
        self.now += millis;
        self
    }

    /// Performs a command and says what happened, and after an arrow what the switch is asked; `no:` and the reason
    /// if it was refused.
    #[track_caller]
    pub fn perform(&mut self, command: &Command) -> String {
        let asked = self.effects.len();
        match self.act(command) {
            Ok(events) => {
                let told = events.iter().map(brief).collect::<Vec<_>>().join("; ");
                let asked = self.effects[asked..].iter().map(effect).collect::<Vec<_>>().join("; ");
                let both = [told, asked].map(|part| part.trim().to_owned());
                if both[1].is_empty() { both[0].clone() } else { both.join(" => ").trim().to_owned() }
            }
            Err(why) => format!("no: {why}"),
        }
    }

    /// What a command would mean; nothing is committed.
    pub fn ask(&self, command: &Command) -> Result<Decision, Refusal> {
        match decide(&mut self.snapshots(None), command, self.now) {
            Ok(decision) => Ok(decision),
            Err(DecideError::Refused(why)) => Err(why),
            Err(other) => panic!("{command:?}: {other:?}"),
        }
    }

    /// Whatever a decision looks at it also waits for: what is not loaded is asked for, never taken for absent.
    #[track_caller]
    pub fn nothing_is_guessed(&self, command: &Command) {
        let mut snapshots = self.snapshots(None);
        let _ = decide(&mut snapshots, command, self.now);
        for want in snapshots.asked {
            let outcome = decide(&mut self.snapshots(Some(want.clone())), command, self.now);
            assert_eq!(outcome.map(|_| ()), Err(DecideError::Need(want)), "{command:?}");
        }
    }

    fn snapshots(&self, missing: Option<Want>) -> TestSnapshots<'_> {
        let Self { states, log, known, closed, .. } = self;
        TestSnapshots { states, log, known, closed, asked: BTreeSet::new(), missing }
    }

    /// Performs a command and commits what it means.
    #[track_caller]
    pub fn act(&mut self, command: &Command) -> Result<Vec<Event>, Refusal> {
        let decision = self.ask(command)?;
        self.offers_nothing_to_who_owes(command, &decision);
        Ok(self.commit(decision))
    }

    /// Nobody who owes a disposition is offered anything of its medium.
    #[track_caller]
    fn offers_nothing_to_who_owes(&self, command: &Command, decision: &Decision) {
        let owes = |agent: &UserId, medium: &MediumName| {
            self.agents().any(|found| found.id == *agent && found.owes(medium))
        };
        for event in decision.changes.iter().flat_map(|change| &change.events) {
            if let Event::Session(event) = event
                && let Fact::Offered { agent, invitation, .. } = &event.fact
                && !matches!(invitation, Invitation::Own | Invitation::Watch(_))
            {
                assert!(!owes(agent, &event.medium), "{command:?}");
            }
        }
        if let Command::OfferCall { agent, .. } = command {
            assert!(decision.changes.is_empty() || !owes(agent, &medium::voice()), "{command:?}");
        }
    }

    /// Commits a decision, and holds it against everything that must be true of any.
    #[track_caller]
    fn commit(&mut self, decision: Decision) -> Vec<Event> {
        let Decision { changes, messages, known, tasks, settled, signals, effects, order } = decision;
        let keys: BTreeSet<_> = changes.iter().map(|change| &change.key).collect();
        assert_eq!(keys.len(), changes.len(), "one change for each entity");
        for (place, change) in changes.iter().enumerate() {
            assert_eq!(change.before.as_ref(), self.states.get(&change.key), "before is what was");
            let folded = change.events.iter().fold(change.before.as_deref().cloned(), |state, event| {
                Some(State::apply(state, &change.key, self.now, event).expect("an event that fits"))
            });
            assert_eq!(folded.as_ref(), Some(&*change.after), "fold(events) == snapshot");
            let told: Vec<_> = order.iter().filter(|(of, _)| *of == place).map(|(_, nth)| *nth).collect();
            assert_eq!(told, (0..change.events.len()).collect::<Vec<_>>(), "each event has its turn once");
            if let (Some(State::Session(before)), State::Session(after)) =
                (change.before.as_deref(), &*change.after)
            {
                nothing_is_undone(before, after);
            }
            if let (Some(State::Call(before)), State::Call(after)) =
                (change.before.as_deref(), &*change.after)
            {
                no_part_comes_back(before, after);
            }
            reads_back(&*change.after);
        }
        let events: Vec<_> = order
            .iter()
            .map(|(of, nth)| (changes[*of].key.clone(), changes[*of].events[*nth].clone()))
            .collect();
        let is_new = |(session, message): &(InteractionId, Message)| {
            message.index as usize > self.log.get(session).map_or(0, Vec::len)
        };
        let (new, amended): (Vec<_>, Vec<_>) = messages.into_iter().partition(is_new);
        assert_eq!(spoken(&events), heard(&new), "one message for each event that tells of one");
        for (session, message) in new {
            reads_back(&message);
            let log = self.log.entry(session).or_default();
            if log.len() >= message.index as usize {
                // Written and amended in one decision.
                let place = message.index as usize - 1;
                log[place] = message;
                continue;
            }
            assert_eq!(message.index as usize, log.len() + 1, "indexes ascend by one");
            log.push(message);
        }
        for (session, message) in amended {
            reads_back(&message);
            let place = &mut self.log.get_mut(&session).expect("a log")[message.index as usize - 1];
            assert_eq!((place.index, &place.from), (message.index, &message.from), "the envelope stays");
            *place = message;
        }
        for known in known {
            assert!(self.known.insert(known.key.to_string(), known).is_none(), "a name is given once");
        }
        self.tasks.retain(|task| !settled.contains(&task.id()));
        for task in tasks {
            reads_back(&task);
            assert!(
                !self.tasks.iter().any(|open| open.id() == task.id()),
                "one task at a time for {}",
                task.id()
            );
            self.tasks.push(task);
        }
        self.effects.extend(effects);
        self.signals.extend(signals.into_iter().map(|signal| signal.sign));
        for change in changes {
            self.states.insert(change.key, change.after);
        }
        for (key, event) in &events {
            reads_back(event);
            self.history.push((key.clone(), self.now, event.clone()));
        }
        self.hold();
        events.into_iter().map(|(_, event)| event).collect()
    }

    /// What must be true of the whole centre at any time.
    #[track_caller]
    fn hold(&self) {
        for agent in self.agents() {
            for (medium, held) in &agent.slots {
                let live = self.sessions().filter(|session| {
                    session.medium == *medium && session.live_agents().any(|party| party.user == agent.id)
                });
                let calls = self.calls().filter(|_| *medium == medium::voice());
                let parts = calls.flat_map(|call| call.live_parts(&agent.id).map(|party| call.uuid(party)));
                let live = live.map(|session| &session.id).chain(parts);
                let live: BTreeSet<_> = live.cloned().collect();
                let calls: Vec<_> = self.calls().collect();
                assert_eq!(
                    held.len(),
                    live.len(),
                    "{}: one slot for each live part: {held:?} {live:?} {calls:?}",
                    agent.user_name
                );
                assert_eq!(held.iter().cloned().collect::<BTreeSet<_>>(), live);
            }
        }
        for agent in self.agents() {
            for id in &agent.idle {
                let session = self.sessions().find(|session| session.id == *id).expect("a conversation");
                let is_idle = session.post.as_ref().is_some_and(|post| post.is_idle);
                assert!(is_idle && session.live_party(&agent.id).is_some(), "{id} of {agent:?}");
            }
            let is_ready = agent.is_ready(&medium::voice());
            assert!(!is_ready || !agent.owes(&medium::voice()), "who owes is not ready for calls: {agent:?}");
            let after = agent.login.as_ref().and_then(|login| login.after_call.as_ref());
            assert!(!is_ready || after.is_none(), "work after a call is no readiness: {agent:?}");
        }
        self.calls_hold();
        self.watches_hold();
        visibility::watches_hold(self);
        self.phones_hold();
        for session in self.sessions() {
            let idle =
                !session.customer.present && !session.waiting && session.live_agents().next().is_none();
            assert_eq!(session.is_open(), !idle, "over as soon as nobody has to do with it: {session:?}");
            let offered = session.live_agents().any(|party| {
                party.state == AgentPartyState::Invited && party.invitation == Invitation::Queue
            });
            let served = session.talking().next().is_some();
            if session.customer.present {
                assert!(session.waiting || served || offered, "no customer is forgotten: {session:?}");
            }
            visibility::holds(session, &self.log[&session.id], &self.tasks);
            let participants: BTreeSet<_> = session.agents.iter().map(|party| &party.participant).collect();
            assert_eq!(participants.len(), session.agents.len(), "each joining has an id of its own");
            assert!(!participants.contains(&session.customer.participant));
            let log = &self.log[&session.id];
            for message in log.iter().filter(|message| message.delivery.is_some()) {
                let progress = message.delivery.as_ref().expect("checked");
                let id = message_task(&session.id, message.index);
                let waits = self.tasks.iter().any(|task| task.id() == id);
                assert_eq!(
                    waits,
                    progress.state == Delivery::Queued,
                    "a task for each message that waits: {id}"
                );
                let kept = session.post.as_ref().and_then(|post| post.outgoing.get(&message.index));
                assert!(kept.is_none_or(|kept| kept.state == progress.state), "log and snapshot agree: {id}");
            }
            let is_idle = session.post.as_ref().is_some_and(|post| post.is_idle);
            // Who came in unseen meanwhile has a slot for that.
            let seen =
                |party: &&AgentParty| party.state == AgentPartyState::Chatting && party.visibility.is_all();
            for party in session.live_agents().filter(seen) {
                let holds_idle = self.agent(party.user.as_str()).idle.contains(&session.id);
                assert_eq!(holds_idle, is_idle, "{session:?}");
            }
            for agent in session.live_agents() {
                let of = self.agent(agent.user.as_str()).slots.get(&session.medium);
                assert!(of.is_some_and(|held| held.contains(&session.id)), "a live part has a slot");
            }
        }
    }

    pub fn sessions(&self) -> impl Iterator<Item = &Session> {
        self.states.values().filter_map(|state| match &**state {
            State::Session(session) => Some(session),
            _ => None,
        })
    }

    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        self.states.values().filter_map(|state| match &**state {
            State::Call(call) => Some(&**call),
            _ => None,
        })
    }

    /// The call that most rules are about.
    pub fn call(&self) -> &Call {
        self.calls().next().expect("a call")
    }

    pub fn agents(&self) -> impl Iterator<Item = &Agent> {
        self.states.values().filter_map(|state| match &**state {
            State::Agent(agent) => Some(agent),
            _ => None,
        })
    }

    /// The conversation that most rules are about.
    pub fn session(&self) -> &Session {
        self.sessions().next().expect("a conversation")
    }

    pub fn centre(&self) -> &Centre {
        match self.states[&Key::Centre].as_ref() {
            State::Centre(centre) => centre,
            other => panic!("{other:?}"),
        }
    }

    pub fn agent(&self, name: &str) -> &Agent {
        self.agents().find(|agent| agent.id.as_str() == name).expect("an agent")
    }
}

fn spoken(events: &[(Key, Event)]) -> Vec<(InteractionId, u32, String)> {
    let told = events.iter().filter_map(|(key, event)| match (key, event) {
        (Key::Session(id), Event::Session(event)) => match &event.fact {
            crate::session::Fact::Said { index, kind, .. } => Some((id.clone(), *index, kind.clone())),
            crate::session::Fact::Typed { index, on, .. } => {
                let kind = if *on { "typing-started" } else { "typing-stopped" };
                Some((id.clone(), *index, kind.to_owned()))
            }
            _ => None,
        },
        _ => None,
    });
    told.collect()
}

fn heard(messages: &[(InteractionId, Message)]) -> Vec<(InteractionId, u32, String)> {
    let heard =
        messages.iter().map(|(id, message)| (id.clone(), message.index, message.content.kind().to_owned()));
    heard.collect()
}

/// Terminal parts stay as they are, late dispositions and erasure excepted; what is over stays over.
#[track_caller]
fn nothing_is_undone(before: &Session, after: &Session) {
    assert!(after.agents.len() >= before.agents.len(), "parts are never taken out");
    for (was, is) in before.agents.iter().zip(&after.agents) {
        if was.state.is_terminal() {
            let mut is = is.clone();
            is.late.clone_from(&was.late);
            assert_eq!(*was, is, "a terminal part never changes");
        }
    }
    if before.ended.is_some() {
        assert_eq!(before.ended, after.ended, "an ended conversation stays ended");
        assert_eq!(after.live_agents().count(), 0);
    }
    assert!(before.customer.present || !after.customer.present, "a customer who left does not come back");
}

/// What is stored reads back as it was.
#[track_caller]
pub fn reads_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(thing: &T) {
    let text = serde_json::to_string(thing).expect("JSON");
    assert_eq!(serde_json::from_str::<T>(&text).expect("JSON of ours"), *thing);
}

pub const HOUR: Millis = 3_600_000;
pub const DAY: Millis = 24 * HOUR;

pub fn centre() -> Centre {
    let service = |terms| Service {
        medium: medium(),
        queue: "Support".into(),
        inactivity: 300_000,
        idle_slot: 100_000,
        terms,
    };
    let texts = Terms { max_chars: Some(1_600), ..Terms::default() };
    let page = Terms { reply: Some(DAY), person: Some(7 * DAY), tells_reading: true, ..Terms::default() };
    Centre {
        id: "c0ffee00-0000-4000-8000-000000000001".into(),
        name: "Test".into(),
        features: BTreeSet::from([crate::watch::FEATURE, crate::command::CONTROL_FEATURE].map(str::to_owned)),
        agent_states: system_states(),
        disposition: Rule::default(),
        capacity: BTreeMap::from([(medium(), 3)]),
        across: crate::across::AcrossMedia::default(),
        services: BTreeMap::from([
            ("support".into(), service(Terms::default())),
            ("texts".into(), service(texts)),
            ("page".into(), Service { inactivity: 0, ..service(page) }),
        ]),
        settings: BTreeMap::new(),
        transfers_answered_only: false,
        agent_groups: Vec::new(),
        places: BTreeMap::new(),
        wrap_up: crate::centre::WrapUp::default(),
        made_by_file: crate::centre::MadeByFile::default(),
    }
}

pub fn queue(name: &str) -> Queue {
    Queue {
        name: name.into(),
        skills: BTreeMap::new(),
        priority: 0,
        ageing: 0,
        offer: 30_000,
        cool_down: 10_000,
        last_agent_wait: 0,
        max_waiting: 100,
        reserve_percent: crate::share::RESERVE_PERCENT,
        service_level: crate::queue::SERVICE_LEVEL,
        short_abandon: crate::queue::SHORT_ABANDON,
        routing_point: None,
        hours: crate::hours::Hours::default(),
        closed: crate::hours::Closed::default(),
        calls: Calls::default(),
        required: crate::disposition::Requirement::default(),
    }
}

pub fn user(name: &str) -> User {
    User {
        id: name.into(),
        user_name: name.into(),
        first_name: String::new(),
        last_name: String::new(),
        email: String::new(),
        password_hash: String::new(),
        roles: vec![Role::Agent],
        enabled: true,
        skills: BTreeMap::new(),
        device: None,
        place: Some(format!("{name}'s place")),
        capacity: BTreeMap::new(),
        across: crate::across::AcrossMedia::default(),
        queues: Vec::new(),
        settings: BTreeMap::new(),
    }
}

pub fn code(name: &str) -> Code {
    Code { id: format!("code-{name}"), name: name.into(), display: name.into() }
}

pub fn group(name: &str, parent: Option<&str>, codes: &[&str]) -> DispositionGroup {
    DispositionGroup {
        id: format!("group-{name}"),
        name: name.into(),
        parent: parent.map(|parent| format!("group-{parent}")),
        codes: codes.iter().map(|name| code(name)).collect(),
    }
}

pub fn book() -> DispositionTree {
    let root = group("DispositionCode", None, &["IssueResolved", "Referred"]);
    DispositionTree { groups: vec![root, group("Complaint", Some("DispositionCode"), &["Billing"])] }
}

//! A small centre in memory: three people with phones, two queues, a book. Cat leads the others.

use crate::words;
use domain::{
    Command, DecideError, Event, InteractionId, Key, Message, Millis, ProviderKey, Snapshots, State, UserId,
    across::AcrossMedia,
    centre::{self, MadeByFile, Service, WrapUp, system_states},
    command::{AgentAct, Provision},
    decide,
    disposition::{Requirement, Rule},
    disposition_tree::{Code, DispositionGroup, DispositionTreeEvent},
    hours::{Closed, Closure, Hours},
    queue::{Calls, Queue},
    task::KnownProviderKey,
    thread::Terms,
    user::{Device, Role, User},
};
use stats::{Fold, Row, RowKey};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// One event as the journal has it.
#[derive(Clone)]
pub struct Entry {
    pub seq: u64,
    pub at: Millis,
    pub key: Key,
    pub event: Event,
}

#[derive(Default)]
pub struct Centre {
    states: BTreeMap<Key, Arc<State>>,
    /// Queues that are closed.
    pub closed: BTreeSet<String>,
    pub journal: Vec<Entry>,
    pub now: Millis,
}

impl Snapshots for Centre {
    fn state(&mut self, key: &Key) -> Result<Option<Arc<State>>, DecideError> {
        Ok(self.states.get(key).cloned())
    }

    fn head(&mut self, _agent: &UserId) -> Result<u64, DecideError> {
        Ok(0)
    }

    fn known(&mut self, _key: &ProviderKey) -> Result<Option<KnownProviderKey>, DecideError> {
        Ok(None)
    }

    fn message(&mut self, _session: &InteractionId, _index: u32) -> Result<Option<Message>, DecideError> {
        Ok(None)
    }

    fn closure(&mut self, queue: &Queue, _at: Millis) -> Option<Closure> {
        self.closed.contains(queue.name.as_str()).then_some(Closure { until: None })
    }
}

impl Centre {
    /// As it is set up, at the moment 0, with nobody at work.
    pub fn new() -> Self {
        let mut centre = Self::default();
        let book = DispositionTreeEvent::GroupAdded(group());
        centre.commit(Key::Book, Event::Book(book));
        let put = centre::CentreEvent::Put(Box::new(settings()));
        centre.commit(Key::Centre, Event::Centre(put));
        for (name, point) in [("Support", "9000"), ("Sales", "9001")] {
            centre.perform(&Command::Provision(Provision::PutQueue(Box::new(queue(name, point)))));
        }
        for (name, dn) in words::PHONES {
            centre.perform(&Command::Provision(Provision::PutUser(Box::new(user(name, dn)))));
            let on = Command::InService { dn: (*dn).into(), on: true, answers: true };
            centre.perform(&on);
        }
        centre
    }

    /// Performs what the lines say.
    #[track_caller]
    pub fn tell(&mut self, story: &str) {
        let lines = story.split([';', '\n']).map(str::trim);
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (time, words) = line.split_once(' ').unwrap_or_else(|| panic!("no words: {line}"));
            self.now = words::moment(time);
            match words.split(' ').collect::<Vec<_>>()[..] {
                ["closes", queue] => _ = self.closed.insert(queue.to_owned()),
                ["opens", queue] => _ = self.closed.remove(queue),
                ["is"] => {}
                ref said => {
                    for command in words::commands(said) {
                        self.perform(&command);
                    }
                }
            }
        }
    }

    /// Performs a command, which must be allowed and mean something.
    #[track_caller]
    pub fn perform(&mut self, command: &Command) {
        let now = self.now;
        let decision = decide(self, command, now).unwrap_or_else(|why| panic!("{command:?}: {why:?}"));
        for (of, nth) in &decision.order {
            let change = &decision.changes[*of];
            self.note(change.key.clone(), change.events[*nth].clone());
        }
        for change in decision.changes {
            self.states.insert(change.key, change.after);
        }
    }

    fn note(&mut self, key: Key, event: Event) {
        let seq = self.journal.len() as u64 + 1;
        self.journal.push(Entry { seq, at: self.now, key, event });
    }

    fn commit(&mut self, key: Key, event: Event) {
        let state = State::apply(None, &key, self.now, &event).expect("a first event");
        self.states.insert(key.clone(), Arc::new(state));
        self.note(key, event);
    }

    /// The rows of the whole journal, until now.
    pub fn rows(&self) -> BTreeMap<RowKey, Row> {
        let mut fold = Fold::default();
        for entry in &self.journal {
            entry.apply(&mut fold);
        }
        fold.advance(self.now);
        let mut rows = BTreeMap::new();
        keep(&mut rows, &mut fold);
        rows
    }

    /// The fold of the whole journal.
    pub fn fold(&self) -> Fold {
        let mut fold = Fold::default();
        self.journal.iter().for_each(|entry| entry.apply(&mut fold));
        fold
    }
}

impl Entry {
    pub fn apply(&self, fold: &mut Fold) {
        fold.apply(self.seq, self.at, &self.key, &self.event);
    }
}

/// Adds what was counted to rows.
pub fn keep(rows: &mut BTreeMap<RowKey, Row>, fold: &mut Fold) {
    let revision = fold.seq();
    for change in fold.take_changes() {
        rows.entry(change.key.clone())
            .or_insert_with(|| Row::new(change.key.clone()))
            .apply(&change, revision);
    }
}

fn settings() -> centre::Centre {
    let service = |queue: &str, terms| {
        (
            queue.to_lowercase().as_str().into(),
            Service { medium: words::chat(), queue: queue.into(), inactivity: 300_000, idle_slot: 0, terms },
        )
    };
    let texts = Terms { max_chars: Some(1_600), ..Terms::default() };
    let (_, by_text) = service("Support", texts);
    let services = BTreeMap::from([
        service("Support", Terms::default()),
        service("Sales", Terms::default()),
        ("texts".into(), Service { medium: "smsession".into(), ..by_text }),
    ]);
    centre::Centre {
        id: "c0ffee00-0000-4000-8000-000000000001".into(),
        name: "Test".into(),
        features: [domain::watch::FEATURE, domain::command::CONTROL_FEATURE].map(str::to_owned).into(),
        agent_states: system_states(),
        disposition: Rule::default(),
        capacity: BTreeMap::from([(words::chat(), 3), ("smsession".into(), 3)]),
        across: AcrossMedia::default(),
        services,
        settings: BTreeMap::new(),
        transfers_answered_only: false,
        agent_groups: Vec::new(),
        places: BTreeMap::new(),
        wrap_up: WrapUp::default(),
        made_by_file: MadeByFile::default(),
    }
}

fn queue(name: &str, point: &str) -> Queue {
    Queue {
        name: name.into(),
        skills: BTreeMap::new(),
        priority: 0,
        ageing: 0,
        offer: 30_000,
        cool_down: 10_000,
        last_agent_wait: 0,
        max_waiting: 100,
        reserve_percent: domain::share::RESERVE_PERCENT,
        service_level: 20_000,
        short_abandon: 5_000,
        routing_point: Some(point.into()),
        hours: Hours::default(),
        closed: match name {
            "Support" => Closed::Refuse("We are back at eight.".into()),
            _ => Closed::Reply("We are back at eight.".into()),
        },
        calls: Calls { wrap_up: 30_000, patience: 120_000, ..Calls::default() },
        required: Requirement::default(),
    }
}

fn user(name: &str, dn: &str) -> User {
    let roles = if name == "cat" { vec![Role::Agent, Role::Supervisor] } else { vec![Role::Agent] };
    User {
        id: name.into(),
        user_name: name.into(),
        first_name: String::new(),
        last_name: String::new(),
        email: String::new(),
        password_hash: String::new(),
        roles,
        enabled: true,
        skills: BTreeMap::new(),
        device: Some(Device { id: format!("device-{dn}"), phone_number: dn.into() }),
        place: None,
        capacity: BTreeMap::new(),
        across: AcrossMedia::default(),
        queues: Vec::new(),
        settings: BTreeMap::new(),
    }
}

fn group() -> DispositionGroup {
    let code = |name: &str| Code { id: format!("code-{name}"), name: name.into(), display: name.into() };
    DispositionGroup {
        id: "group-1".into(),
        name: "DispositionCode".into(),
        parent: None,
        codes: ["Sold", "Lost"].map(code).into(),
    }
}

/// Logs somebody in on all channels, which are ready.
pub fn at_work(agent: &str) -> [Command; 2] {
    let channels = vec![words::chat(), "smsession".into(), domain::medium::voice()];
    let act = |act| Command::Agent { agent: agent.into(), act };
    [act(AgentAct::LogIn { channels, place: None }), words::state(agent, "Ready")]
}

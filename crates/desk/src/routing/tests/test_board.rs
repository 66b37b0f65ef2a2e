//! A board with seats and a queue before it, written down in one line.

use crate::routing::{Board, ItemKey, Obstacle, Offer, explain, route};
use domain::{
    InteractionId, Key, MediumName, Millis, State, UserData, UserId,
    agent::{Agent, AgentState, ChannelState, Login, OwedDisposition, Readiness},
    centre::Centre,
    device::Device,
    disposition::Rule,
    queue::{Calls, Queue},
    session::{Fact, Session, SessionEvent},
    user::{self, Role, User},
};
use std::{collections::BTreeMap, sync::Arc};

/// The medium of everybody and everything that does not say otherwise.
pub const MEDIUM: &str = "text";
/// The queue likewise.
pub const QUEUE: &str = "Support";

/// The snapshots a board is made of.
#[derive(Clone, Debug)]
pub struct TestBoard {
    pub states: Vec<(Key, Arc<State>)>,
    pub now: Millis,
}

/// One slot each, one queue that asks for nothing; the time is 0.
pub fn test_board() -> TestBoard {
    let centre = Centre {
        id: "centre".into(),
        name: "Centre".into(),
        features: [].into(),
        agent_states: Vec::new(),
        disposition: Rule::default(),
        capacity: BTreeMap::from([(MEDIUM.into(), 1), ("post".into(), 1)]),
        across: domain::across::AcrossMedia::default(),
        services: BTreeMap::new(),
        settings: BTreeMap::new(),
        transfers_answered_only: false,
        agent_groups: Vec::new(),
        places: BTreeMap::new(),
        wrap_up: domain::centre::WrapUp::default(),
        made_by_file: domain::centre::MadeByFile::default(),
    };
    let test = TestBoard { states: vec![(Key::Centre, Arc::new(State::Centre(centre)))], now: 0 };
    test.queue(QUEUE, |_| {})
}

impl TestBoard {
    pub fn at(self, now: Millis) -> Self {
        Self { now, ..self }
    }

    pub fn put(mut self, key: Key, state: State) -> Self {
        self.states.retain(|(known, _)| *known != key);
        self.states.push((key, Arc::new(state)));
        self
    }

    pub fn queue(self, name: &str, change: impl FnOnce(&mut Queue)) -> Self {
        let mut queue = Queue {
            name: name.into(),
            skills: BTreeMap::new(),
            priority: 0,
            ageing: 0,
            offer: 30_000,
            cool_down: 30_000,
            last_agent_wait: 0,
            max_waiting: 100,
            reserve_percent: domain::share::RESERVE_PERCENT,
            service_level: domain::queue::SERVICE_LEVEL,
            short_abandon: domain::queue::SHORT_ABANDON,
            routing_point: None,
            hours: domain::hours::Hours::default(),
            closed: domain::hours::Closed::default(),
            calls: Calls::default(),
            required: domain::disposition::Requirement::default(),
        };
        change(&mut queue);
        self.put(Key::Queue(name.into()), State::Queue(Some(queue)))
    }

    pub fn seat(self, who: TestAgent) -> Self {
        let (user, agent) = (Key::User(who.user.id.clone()), Key::Agent(who.user.id.clone()));
        self.put(user, State::User(Some(who.user.into()))).put(agent, State::Agent(who.agent))
    }

    /// A phone of a user, in service or not; it takes calls, or is not to be disturbed.
    pub fn phone(self, dn: &str, owner: &str, in_service: bool, do_not_disturb: bool) -> Self {
        let device =
            Device { owner: Some(owner.into()), in_service, do_not_disturb, ..Device::new(dn.into()) };
        self.put(Key::Device(dn.into()), State::Device(device))
    }

    pub fn waits(self, what: What) -> Self {
        self.put(Key::Session(what.0.id.clone()), State::Session(what.0))
    }

    pub fn board(&self) -> Board {
        let mut board = Board::default();
        for (key, state) in &self.states {
            board.take(key, state);
        }
        board
    }

    /// Fails unless the offers are these, in this order: `item>agent`.
    pub fn gives(&self, expected: &str) {
        assert_eq!(in_words(&offers(&self.board(), self.now)), expected);
    }

    /// What stands between a waiting item and an agent.
    pub fn why(&self, item: &str, agent: &str) -> Option<Obstacle> {
        let standings = explain(&self.board(), &ItemKey::of(item), self.now).expect("it waits");
        let standing = standings.into_iter().find(|standing| standing.user_name == agent);
        standing.expect("the agent is seated").obstacle
    }
}

/// All offers of a round.
pub fn offers(board: &Board, now: Millis) -> Vec<Offer> {
    route(board, now).collect()
}

/// Offers as `item>agent`.
pub fn in_words(offers: &[Offer]) -> String {
    let words: Vec<_> =
        offers.iter().map(|offer| format!("{}>{}", offer.key.interaction, offer.agent)).collect();
    words.join(" ")
}

/// An agent.
#[derive(Clone, Debug)]
pub struct TestAgent {
    pub user: User,
    pub agent: Agent,
}

/// Logged in, ready, free, with the centre's one slot and no skill; idle since 0.
pub fn who(name: &str) -> TestAgent {
    let user = User {
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
        place: None,
        capacity: BTreeMap::new(),
        across: domain::across::AcrossMedia::default(),
        queues: Vec::new(),
        settings: BTreeMap::new(),
    };
    let mut agent = Agent::new(name.into(), name.into());
    agent.login = Some(Login {
        at: 0,
        place: None,
        channels: BTreeMap::new(),
        wrap_up: None,
        after_call: None,
        owed: Vec::new(),
        absence: None,
        desk: None,
    });
    TestAgent { user, agent }.state(MEDIUM, Readiness::Ready, None)
}

impl TestAgent {
    pub fn state(mut self, medium: &str, state: Readiness, reason: Option<&str>) -> Self {
        let state = AgentState {
            id: String::new(),
            operation: String::new(),
            display: String::new(),
            state,
            work_mode: None,
            reason: reason.map(Into::into),
        };
        let channel = ChannelState { state: Some(state.into()), since: 0, do_not_disturb: false };
        self.channels().insert(medium.into(), channel);
        self
    }

    /// At a phone, ready for calls as well.
    pub fn at(mut self, dn: &str) -> Self {
        self.user.device = Some(user::Device { id: format!("device of {dn}"), phone_number: dn.into() });
        self.user.capacity.insert(domain::medium::voice(), 1);
        self.state(domain::medium::VOICE, Readiness::Ready, None)
    }

    pub fn channels(&mut self) -> &mut BTreeMap<MediumName, ChannelState> {
        &mut self.agent.login.as_mut().expect("logged in").channels
    }

    /// Owes the disposition of something of a medium.
    pub fn owing(mut self, medium: &str) -> Self {
        let owed =
            OwedDisposition { medium: medium.into(), interaction: "0".into(), since: 0, until: 60_000 };
        self.agent.login.as_mut().expect("logged in").owed.push(owed);
        self
    }

    pub fn undisturbed(mut self) -> Self {
        self.channels().values_mut().for_each(|channel| channel.do_not_disturb = true);
        self
    }

    pub fn gone(mut self) -> Self {
        self.agent.login = None;
        self
    }

    pub fn slots(mut self, slots: u8) -> Self {
        self.user.capacity.insert(MEDIUM.into(), slots);
        self
    }

    pub fn busy(self, taken: usize) -> Self {
        self.holding(MEDIUM, taken)
    }

    /// So many of a medium.
    pub fn holding(mut self, medium: &str, taken: usize) -> Self {
        let held = (0..taken).map(|number| InteractionId::new(format!("held-{number}")));
        self.agent.slots.insert(medium.into(), held.collect());
        self
    }

    pub fn across(mut self, across: domain::across::AcrossMedia) -> Self {
        self.user.across = across;
        self
    }

    pub fn skill(mut self, skill: &str, level: u8) -> Self {
        self.user.skills.insert(skill.into(), level);
        self
    }

    pub fn only(mut self, queue: &str) -> Self {
        self.user.queues.push(queue.into());
        self
    }

    pub fn idle_since(mut self, at: Millis) -> Self {
        self.agent.idle_since = at;
        self
    }
}

/// A conversation.
#[derive(Clone, Debug)]
pub struct What(pub Session);

/// Waits in the one queue since 0, at priority 0.
pub fn what(id: &str) -> What {
    let created = Fact::Created {
        service: "".into(),
        participant: "p".into(),
        nickname: "Ina".into(),
        key_digest: String::new(),
        user_data: UserData::default(),
        post: None,
    };
    let event = SessionEvent {
        medium: MEDIUM.into(),
        queue: QUEUE.into(),
        fact: created,
        written: 0,
        elapsed_ms: None,
    };
    let mut session = Session::begin(id.into(), 0, &event).expect("it begins");
    session.waiting = true;
    What(session)
}

impl What {
    pub fn priority(mut self, priority: i32) -> Self {
        self.0.place.priority = priority;
        self
    }

    pub fn since(mut self, since: Millis) -> Self {
        self.0.place.since = since;
        self
    }

    pub fn queue(mut self, queue: &str) -> Self {
        self.0.queue = queue.into();
        self
    }

    pub fn medium(mut self, medium: &str) -> Self {
        self.0.medium = medium.into();
        self
    }

    pub fn barred(mut self, agent: &str, until: Millis) -> Self {
        self.0.barred.insert(UserId::from(agent), until);
        self
    }

    pub fn kept_for(mut self, agent: &str, until: Millis) -> Self {
        self.0.preferred = Some((agent.into(), until));
        self
    }

    pub fn served(mut self) -> Self {
        self.0.waiting = false;
        self
    }
}

//! A small centre at work, for tests: real commands, decided by the domain, on whatever store.

use desk::ports::{CommitPlan, NewNote, Receipt, Store, StoreFault, Work};
use domain::{
    Command, Decision, Key, Millis, Refusal, State, UserData, UserId,
    centre::{Centre, Service, system_states},
    command::{AgentAct, CustomerAct, Open, Provision, SessionAct},
    disposition::Rule,
    queue::{Calls, Queue},
    session::Session,
    user::{Role, User},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

/// The service whose messages a connector carries.
pub const SERVICE: &str = "texts";

/// The topic of the fixture's notes.
pub const TOPIC: &str = "/v2/me/chats";

/// A store with a centre in it.
pub struct StoreFixture {
    pub store: Arc<dyn Store>,
    now: AtomicI64,
}

impl StoreFixture {
    /// Goes on with what is in the store.
    pub fn at(store: Arc<dyn Store>, now: Millis) -> Self {
        Self { store, now: AtomicI64::new(now) }
    }

    /// Sets up a centre with one queue and so many agents, logged in and ready.
    pub async fn set_up(store: Arc<dyn Store>, agents: u32) -> Self {
        let fixture = Self::at(store, 1_000);
        fixture.done(Command::Provision(Provision::PutCentre(Box::new(centre())))).await;
        fixture.done(Command::Provision(Provision::PutQueue(Box::new(queue())))).await;
        for number in 1..=agents {
            fixture.done(Command::Provision(Provision::PutUser(Box::new(user(number))))).await;
            let channels = vec!["chat".into(), "smsession".into()];
            fixture.agent(number, AgentAct::LogIn { channels, place: None }).await;
            fixture
                .agent(number, AgentAct::SetState { channel: None, operation: "Ready".into(), wrap_up: None })
                .await;
        }
        fixture
    }

    /// The next moment.
    pub fn tick(&self) -> Millis {
        self.now.fetch_add(1, Ordering::Relaxed)
    }

    pub async fn run(&self, command: Command) -> Result<Result<Receipt, Refusal>, StoreFault> {
        self.store.transact(Vec::new(), work(command, self.tick(), TOPIC)).await
    }

    pub async fn done(&self, command: Command) -> Receipt {
        self.run(command).await.expect("the store works").expect("the rules allow it")
    }

    pub async fn agent(&self, number: u32, act: AgentAct) -> Receipt {
        self.done(Command::Agent { agent: agent(number), act }).await
    }

    pub async fn act(&self, id: &str, number: u32, act: SessionAct) -> Receipt {
        self.done(session_command(id, number, act)).await
    }

    pub async fn dispose(&self, id: &str, number: u32, value: &str) -> Receipt {
        self.act(id, number, SessionAct::SetDisposition { value: value.into(), key: None }).await
    }

    /// The same where the store may fail.
    pub async fn try_dispose(&self, id: &str, number: u32, value: &str) -> desk::ports::Transacted {
        let act = SessionAct::SetDisposition { value: value.into(), key: None };
        self.run(session_command(id, number, act)).await
    }

    pub async fn customer(&self, id: &str, act: CustomerAct) {
        self.done(Command::Customer { session: id.into(), act }).await;
    }

    /// A customer comes and waits.
    pub async fn come(&self, id: &str, nickname: &str, data: &[(&str, &str)]) {
        let mut user_data = UserData::default();
        for (key, value) in data {
            user_data.set(*key, (*value).into());
        }
        let open = Open {
            session: id.into(),
            service: "support".into(),
            participant: "00000000000000AA".into(),
            nickname: nickname.into(),
            key_digest: "0".repeat(64),
            user_data,
        };
        self.done(Command::Open(Box::new(open))).await;
    }

    /// A customer comes and talks with an agent.
    pub async fn talk(&self, id: &str, number: u32) {
        self.come(id, "Mary", &[("Phone", "+15550142")]).await;
        self.take(id, number).await;
    }

    /// An agent takes a waiting conversation.
    pub async fn take(&self, id: &str, number: u32) {
        self.done(Command::Offer { session: id.into(), agent: agent(number), request: None }).await;
        self.act(id, number, SessionAct::Accept { nickname: "Kate".into(), save_last_agent: false }).await;
    }

    /// The agent ends a conversation.
    pub async fn complete(&self, id: &str, number: u32) {
        self.act(id, number, SessionAct::Leave { last: None }).await;
        self.act(id, number, SessionAct::Complete { queue: None, save_last_agent: false, last: None }).await;
    }

    pub async fn state(&self, key: &Key) -> Option<Arc<State>> {
        self.store.state(key).await.expect("the store works")
    }

    pub async fn session(&self, id: &str) -> Session {
        match self.state(&session(id)).await.as_deref() {
            Some(State::Session(session)) => session.clone(),
            other => panic!("no conversation but {other:?}"),
        }
    }

    pub async fn head(&self, number: u32) -> u64 {
        let heads = self.store.heads().await.expect("the store works");
        heads.into_iter().find(|(found, _)| *found == agent(number)).map_or(0, |(_, head)| head)
    }

    pub async fn positions(&self, number: u32, after: u64) -> Vec<u64> {
        let notes =
            self.store.notes(&agent(number), after, 10_000, usize::MAX).await.expect("the store works");
        notes.iter().map(|note| note.pos).collect()
    }
}

/// The id of an agent.
pub fn agent(number: u32) -> UserId {
    format!("{number:032x}").as_str().into()
}

/// The key of a conversation.
pub fn session(id: &str) -> Key {
    Key::Session(id.into())
}

pub fn session_command(id: &str, number: u32, act: SessionAct) -> Command {
    Command::Session { session: id.into(), agent: agent(number), act }
}

/// Decides a command as the desk would, with notes on one topic for the agents of the conversations it changed.
pub fn work(command: Command, now: Millis, topic: &'static str) -> Work {
    Box::new(move |view| {
        let cause = match command.actor() {
            Some(agent) => Some((agent.clone(), view.head(agent)? + 1)),
            None => None,
        };
        let decision = domain::decide(view, &command, now)?;
        let notes = notes(&decision, topic);
        Ok(CommitPlan { at: now, decision, notes, cause, result: None })
    })
}

/// One note for each agent of each changed conversation. It tells all there is to tell, so that an erasure has
/// something to find.
pub fn notes(decision: &Decision, topic: &str) -> Vec<NewNote> {
    let mut notes = Vec::new();
    for change in &decision.changes {
        let (body, agents): (_, BTreeSet<_>) = match &*change.after {
            State::Session(session) => {
                let said = decision.messages.iter().filter(|(id, _)| *id == session.id);
                let said: Vec<_> = said.map(|(_, said)| said).collect();
                let body = serde_json::json!({"customer": session.customer, "userData": session.user_data, "said": said});
                (body, session.agents.iter().map(|party| party.user.clone()).collect())
            }
            State::Call(call) => {
                let agents = call.parties.iter().filter_map(|party| party.user().cloned());
                (serde_json::json!(call), agents.collect())
            }
            _ => continue,
        };
        notes.extend(agents.into_iter().map(|agent| NewNote {
            agent,
            channel: topic.into(),
            body: body.to_string().into(),
            about: change.key.clone(),
        }));
    }
    notes
}

fn centre() -> Centre {
    let service = |medium: &str| Service {
        medium: medium.into(),
        queue: "Support".into(),
        inactivity: 60_000,
        terms: domain::thread::Terms::default(),
    };
    Centre {
        id: "c0ffee00-0000-4000-8000-000000000001".into(),
        name: "Test".into(),
        features: BTreeSet::from(["api-multimedia-chat".into()]),
        agent_states: system_states(),
        disposition: Rule::default(),
        capacity: BTreeMap::from([("chat".into(), 200), ("smsession".into(), 200)]),
        across: domain::across::AcrossMedia::default(),
        services: BTreeMap::from([
            ("support".into(), service("chat")),
            (SERVICE.into(), service("smsession")),
        ]),
        settings: BTreeMap::new(),
        transfers_answered_only: false,
        agent_groups: Vec::new(),
        places: [].into(),
        wrap_up: domain::centre::WrapUp::default(),
        made_by_file: domain::centre::MadeByFile::default(),
    }
}

/// The queue of the fixture.
pub fn queue() -> Queue {
    Queue {
        name: "Support".into(),
        skills: BTreeMap::new(),
        priority: 0,
        ageing: 0,
        offer: 30_000,
        cool_down: 0,
        last_agent_wait: 0,
        max_waiting: 10_000,
        reserve_percent: domain::share::RESERVE_PERCENT,
        service_level: domain::queue::SERVICE_LEVEL,
        short_abandon: domain::queue::SHORT_ABANDON,
        routing_point: None,
        hours: domain::hours::Hours::default(),
        closed: domain::hours::Closed::default(),
        calls: Calls::default(),
        required: domain::disposition::Requirement::default(),
    }
}

/// An agent as they are provisioned, without a phone.
pub fn user(number: u32) -> User {
    User {
        id: agent(number),
        user_name: format!("agent{number}@demo"),
        first_name: "Kate".into(),
        last_name: "Lewis".into(),
        email: String::new(),
        password_hash: "none".into(),
        roles: vec![Role::Agent],
        enabled: true,
        skills: BTreeMap::new(),
        device: None,
        place: None,
        capacity: BTreeMap::new(),
        across: domain::across::AcrossMedia::default(),
        queues: Vec::new(),
        settings: BTreeMap::new(),
    }
}

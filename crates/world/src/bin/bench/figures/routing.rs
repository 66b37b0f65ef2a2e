//! The router alone: from an agent's slot that is free again to the offer that follows, on a board where thousands wait.

use crate::{Setting, centre, stats::Durations};
use anyhow::{Context, ensure};
use desk::routing::{Board, Offer, next_change, route};
use domain::{
    Command, InteractionId, Key, MediumName, Millis, QueueName, State, UserData, UserId,
    agent::{Agent, ChannelState, Login, Readiness},
    call::{self, Call, CallEvent, CallKind, CallQueueing, CallerId},
    centre::{Centre, system_states},
    command::Provision,
    device::Device,
    interaction::QueuePosition,
    medium::{Media, voice},
    queue::Queue,
    session::{Fact, Session, SessionEvent},
    user::{self, User},
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
    time::Instant,
};

const AGENTS: usize = 2_000;
const WAITING: usize = 5_000;
const DECISIONS: usize = 20_000;
/// How many offers are made out in one look at the board, as the desk does.
const AT_ONCE: usize = 512;
const QUEUES: usize = 20;
/// Of these each queue asks for one; an agent has three, at levels of their own.
const SKILLS: usize = 8;

/// Two thousand agents of four media, all of whose slots are taken, and five thousand customers of twenty queues who wait.
/// One agent after the other has a slot free again: it is taken in, the round is made, what was offered does not wait any
/// more, and another customer comes. Beside it: a round in which nobody is free.
pub fn measure(setting: &Setting) -> anyhow::Result<Value> {
    let mut floor = Floor::open(setting.scaled(AGENTS), setting.scaled(WAITING))?;
    let (mut freed, mut nobody) = (Durations::default(), Durations::default());
    for _ in 0..setting.scaled(DECISIONS) {
        let begun = Instant::now();
        ensure!(route(&floor.board, floor.now).next().is_none(), "somebody was left free");
        next_change(&floor.board, floor.now);
        nobody.add(begun.elapsed());

        let agent = floor.hangs_up()?;
        let state = floor.agent(&agent)?;
        let begun = Instant::now();
        floor.board.take(&Key::Agent(agent.clone()), &state);
        let offers: Vec<Offer> = route(&floor.board, floor.now).collect();
        next_change(&floor.board, floor.now);
        freed.add(begun.elapsed());

        ensure!(offers.iter().all(|offer| offer.agent == agent), "somebody else was asked");
        for offer in offers {
            floor.accepts(&offer)?;
        }
    }
    Ok(json!({
        "agents": floor.agents.len(),
        "waiting": floor.board.waiting().count(),
        "slot_freed": freed.summary(),
        "nobody_free": nobody.summary(),
    }))
}

/// A board, and what the commits would bring it.
struct Floor {
    board: Board,
    agents: HashMap<UserId, Agent>,
    media: Vec<MediumName>,
    random: fastrand::Rng,
    came: usize,
    now: Millis,
}

impl Floor {
    fn open(agents: usize, waiting: usize) -> anyhow::Result<Self> {
        let mut media: Vec<_> = Media::default().rows().iter().map(|row| row.name.clone()).collect();
        media.push(voice());
        let mut floor = Self {
            board: Board::default(),
            agents: HashMap::new(),
            media,
            random: fastrand::Rng::with_seed(7),
            came: 0,
            now: 0,
        };
        floor.provision(agents)?;
        let media = floor.media.clone();
        for number in 0..waiting {
            let queue = name(floor.random.usize(..QUEUES)).into();
            floor.comes(&media[number % media.len()], &queue)?;
        }
        // Until everybody has as much as they may have.
        loop {
            let offers: Vec<Offer> = route(&floor.board, floor.now).take(AT_ONCE).collect();
            if offers.is_empty() {
                break;
            }
            for offer in offers {
                floor.accepts(&offer)?;
            }
        }
        Ok(floor)
    }

    fn provision(&mut self, agents: usize) -> anyhow::Result<()> {
        let ready = system_states().into_iter().find(|state| state.state == Readiness::Ready);
        let ready = ready.context("no state is ready")?;
        for command in centre::commands(agents)? {
            match command {
                Command::Provision(Provision::PutCentre(centre)) => self.put_centre(*centre),
                Command::Provision(Provision::PutQueue(queue)) => self.put_queues(&queue),
                Command::Provision(Provision::PutUser(user)) => self.put_agent(*user, &ready),
                _ => {}
            }
        }
        Ok(())
    }

    fn put_centre(&mut self, mut centre: Centre) {
        centre.capacity = self.media.iter().map(|medium| (medium.clone(), 2)).collect();
        centre.capacity.insert(voice(), 1);
        // So that each slot is freed and filled for itself.
        let all: BTreeSet<_> = self.media.iter().cloned().collect();
        centre.across.while_busy = self.media.iter().map(|medium| (medium.clone(), all.clone())).collect();
        self.take(&Key::Centre, State::Centre(centre));
    }

    fn put_queues(&mut self, like: &Queue) {
        for number in 0..QUEUES {
            let skills = BTreeMap::from([(skill(number), 2)]);
            // Half of them age.
            let ageing = if number % 2 == 0 { 60_000 } else { 0 };
            let queue = Queue { name: name(number).into(), skills, ageing, ..like.clone() };
            self.take(&Key::Queue(queue.name.clone()), State::Queue(Some(queue)));
        }
    }

    fn put_agent(&mut self, mut user: User, ready: &Arc<domain::agent::AgentState>) {
        let dn = format!("5{}", user.user_name);
        user.device = Some(user::Device { id: dn.clone(), phone_number: dn.as_str().into() });
        for _ in 0..3 {
            user.skills.insert(skill(self.random.usize(..SKILLS)), self.random.u8(2..6));
        }
        let device =
            Device { owner: Some(user.id.clone()), in_service: true, ..Device::new(dn.as_str().into()) };
        let channel = || ChannelState { state: Some(ready.clone()), since: 0, do_not_disturb: false };
        let mut agent = Agent::new(user.id.clone(), user.user_name.clone());
        agent.login = Some(Login {
            at: 0,
            place: None,
            channels: self.media.iter().map(|medium| (medium.clone(), channel())).collect(),
            wrap_up: None,
            after_call: None,
            owed: Vec::new(),
            desk: None,
            absence: None,
        });
        self.take(&Key::Device(device.dn.clone()), State::Device(device));
        self.take(&Key::Agent(user.id.clone()), State::Agent(agent.clone()));
        self.agents.insert(user.id.clone(), agent);
        self.take(&Key::User(user.id.clone()), State::User(Some(user.into())));
    }

    fn take(&mut self, key: &Key, state: State) {
        self.board.take(key, &Arc::new(state));
    }

    /// Somebody comes and waits.
    fn comes(&mut self, medium: &MediumName, queue: &QueueName) -> anyhow::Result<()> {
        self.came += 1;
        self.now += 10;
        let id = InteractionId::from(format!("{:016}", self.came));
        let place = QueuePosition { priority: self.random.i32(0..4), since: self.now };
        if *medium == voice() {
            let call = called(&id, queue, place).context("it does not begin")?;
            self.take(&Key::Call(id), State::Call(call.into()));
        } else {
            let session = written(&id, medium, queue, place).context("it does not begin")?;
            self.take(&Key::Session(id), State::Session(session));
        }
        Ok(())
    }

    /// What was offered does not wait any more, the agent has it, and another of its kind comes.
    fn accepts(&mut self, offer: &Offer) -> anyhow::Result<()> {
        let item = self.board.item(&offer.key).context("it does not wait")?.clone();
        let id = item.key.interaction;
        let place = QueuePosition { priority: item.priority, since: item.since };
        if offer.is_call {
            let mut call = called(&id, &item.queue, place).context("it does not begin")?;
            call.queued.iter_mut().for_each(|queued| queued.waiting = false);
            self.take(&Key::Call(id.clone()), State::Call(call.into()));
        } else {
            let mut session = written(&id, &item.medium, &item.queue, place).context("it does not begin")?;
            session.waiting = false;
            self.take(&Key::Session(id.clone()), State::Session(session));
        }
        let agent = self.agents.get_mut(&offer.agent).context("nobody is called so")?;
        agent.slots.entry(item.medium.clone()).or_default().push(id);
        agent.idle_since = self.now;
        let state = State::Agent(agent.clone());
        self.take(&Key::Agent(offer.agent.clone()), state);
        self.comes(&item.medium, &item.queue)
    }

    /// Some agent is done with the oldest of some medium.
    fn hangs_up(&mut self) -> anyhow::Result<UserId> {
        let medium = self.random.choice(&self.media).context("no medium")?.clone();
        loop {
            let number = self.random.usize(1..=self.agents.len());
            let agent = self.agents.get_mut(&centre::id(number)).context("nobody is called so")?;
            if let Some(slots) = agent.slots.get_mut(&medium).filter(|slots| !slots.is_empty()) {
                slots.remove(0);
                agent.idle_since = self.now;
                return Ok(agent.id.clone());
            }
        }
    }

    fn agent(&self, id: &UserId) -> anyhow::Result<Arc<State>> {
        Ok(Arc::new(State::Agent(self.agents.get(id).context("nobody is called so")?.clone())))
    }
}

fn name(queue: usize) -> String {
    format!("Queue {queue}")
}

fn skill(queue: usize) -> String {
    format!("skill {}", queue % SKILLS)
}

fn written(
    id: &InteractionId,
    medium: &MediumName,
    queue: &QueueName,
    place: QueuePosition,
) -> Option<Session> {
    let fact = Fact::Created {
        service: "bench".into(),
        participant: "p".into(),
        nickname: "Ina".into(),
        key_digest: String::new(),
        user_data: UserData::default(),
        post: None,
    };
    let queue = queue.clone();
    let event = SessionEvent { medium: medium.clone(), queue, fact, written: 0, elapsed_ms: None };
    let mut session = Session::begin(id.clone(), place.since, &event)?;
    (session.place, session.waiting) = (place, true);
    Some(session)
}

fn called(id: &InteractionId, queue: &QueueName, place: QueuePosition) -> Option<Call> {
    let fact = call::Fact::Began {
        conn_id: "0".into(),
        kind: CallKind::Inbound,
        from: CallerId::default(),
        dialled: "9000".into(),
        location: None,
        aim: None,
        user_data: UserData::default(),
        owner: None,
    };
    let mut call = Call::begin(
        id.clone(),
        place.since,
        &CallEvent { queue: None, line_uuid: None, fact, elapsed_ms: None },
    )?;
    call.queued = Some(CallQueueing {
        queue: queue.clone(),
        place,
        waiting: true,
        overflow_at: None,
        barred: BTreeMap::new(),
        party: None,
        after: 0,
    });
    Some(call)
}

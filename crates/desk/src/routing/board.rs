//! The board: what the router looks at. A projection of committed snapshots, rebuilt from them at start.

use domain::{
    InteractionId, Key, MediumName, Millis, QueueName, State, UserId,
    agent::Agent,
    call::Dn,
    centre::Centre,
    offer::{Candidate, capacity},
    queue::{Overflow, Queue},
    session::Session,
    share::{self, WaitingCounts},
    user::User,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

/// A conversation that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingItem {
    /// The conversation or call.
    pub interaction: InteractionId,
    /// Its medium.
    pub medium: MediumName,
    /// The queue it waits in.
    pub queue: QueueName,
    /// The priority it came with.
    pub priority: i32,
    /// Since when it waits.
    pub since: Millis,
    /// Agents that should not be offered it before a moment.
    pub barred: BTreeMap<UserId, Millis>,
    /// The agent for whom it is kept, and until when.
    pub preferred: Option<(UserId, Millis)>,
    /// Agents to whom it can never be offered, as an attempt showed. Kept in memory while it waits.
    pub given_up: BTreeSet<UserId>,
}

/// An agent as the router sees them: snapshot and provisioning, shared with the other readers.
#[derive(Clone, Debug)]
pub struct BoardAgent {
    /// The agent.
    pub agent: UserId,
    state: Arc<State>,
    /// `None` for one who is not provisioned as an agent; they have no room.
    user: Option<Arc<User>>,
    room: Vec<(MediumName, usize)>,
    /// Whether the agent's phone is registered and takes calls.
    has_phone: bool,
}

impl BoardAgent {
    /// The agent's user name.
    pub fn user_name(&self) -> &str {
        self.at_work().map_or("", |agent| &agent.user_name)
    }

    /// How many slots of a medium are taken.
    pub fn taken(&self, medium: &MediumName) -> usize {
        self.at_work().map_or(0, |agent| agent.taken(medium))
    }

    /// How many the agent may have.
    pub fn capacity(&self, medium: &MediumName) -> usize {
        self.room.iter().find(|(name, _)| name == medium).map_or(0, |(_, room)| *room)
    }

    /// The agent as an offer of a medium finds them, when so many further slots are held to be taken.
    pub(super) fn candidate(&self, medium: &MediumName, extra: usize) -> Candidate<'_> {
        let (agent, user) = (self.at_work(), self.user.as_deref());
        Candidate { agent, user, capacity: self.capacity(medium), extra, has_phone: self.has_phone }
    }

    /// The agent's level in a skill; 0 without it.
    pub fn level(&self, skill: &str) -> u8 {
        self.user.as_ref().and_then(|user| user.skills.get(skill)).copied().unwrap_or(0)
    }

    /// Since when the agent has been given nothing.
    pub fn idle_since(&self) -> Millis {
        self.at_work().map_or(0, |agent| agent.idle_since)
    }

    fn at_work(&self) -> Option<&Agent> {
        match &*self.state {
            State::Agent(agent) => Some(agent),
            _ => None,
        }
    }
}

/// What waits and who works, as committed.
#[derive(Debug, Default)]
pub struct Board {
    waiting: HashMap<InteractionId, WaitingItem>,
    /// How many wait in each queue, by medium.
    count: HashMap<QueueName, WaitingCounts>,
    seats: HashMap<UserId, BoardAgent>,
    users: HashMap<UserId, Arc<User>>,
    /// Numbers whose phone is registered and takes calls.
    phones: HashSet<Dn>,
    queues: HashMap<QueueName, Queue>,
    centre: Option<Centre>,
}

impl Board {
    /// Takes a committed snapshot in. Answers whether it could open the way for an offer.
    pub fn take(&mut self, key: &Key, state: &Arc<State>) -> bool {
        match (key, &**state) {
            (Key::Session(id), State::Session(session)) => self.take_session(id, session),
            (Key::Call(id), State::Call(call)) => {
                let item = call.queued.as_ref().filter(|queued| queued.waiting).map(|queued| WaitingItem {
                    interaction: id.clone(),
                    medium: domain::medium::voice(),
                    queue: queued.queue.clone(),
                    priority: queued.place.priority,
                    since: queued.place.since,
                    barred: queued.barred.clone(),
                    preferred: None,
                    given_up: BTreeSet::new(),
                });
                self.take_item(id, item)
            }
            (Key::Device(dn), State::Device(device)) => {
                let takes_calls = device.in_service && !device.do_not_disturb;
                let changed =
                    if takes_calls { self.phones.insert(dn.clone()) } else { self.phones.remove(dn) };
                if changed && let Some(user) = device.user() {
                    self.reseat(user);
                }
                changed && takes_calls
            }
            (Key::Agent(id), State::Agent(agent)) => self.take_agent(id, agent, state),
            (Key::User(id), State::User(Some(user))) => {
                if user.has(&[domain::user::Role::Agent, domain::user::Role::Supervisor]) {
                    self.users.insert(id.clone(), user.clone());
                } else {
                    self.users.remove(id);
                }
                self.reseat(id);
                true
            }
            (Key::User(id), State::User(None)) => {
                self.users.remove(id);
                self.seats.remove(id);
                false
            }
            (Key::Queue(name), State::Queue(Some(queue))) => {
                self.queues.insert(name.clone(), queue.clone());
                true
            }
            (Key::Queue(name), State::Queue(None)) => {
                self.queues.remove(name);
                false
            }
            (_, State::Centre(centre)) => {
                self.centre = Some(centre.clone());
                let ids: Vec<UserId> = self.seats.keys().cloned().collect();
                for id in ids {
                    self.reseat(&id);
                }
                true
            }
            _ => false,
        }
    }

    fn take_session(&mut self, id: &InteractionId, session: &Session) -> bool {
        let item = session.waiting.then(|| WaitingItem {
            interaction: id.clone(),
            medium: session.medium.clone(),
            queue: session.queue.clone(),
            priority: session.place.priority,
            since: session.place.since,
            barred: session.barred.clone(),
            preferred: session.preferred.clone(),
            given_up: BTreeSet::new(),
        });
        self.take_item(id, item)
    }

    /// Takes in that something waits, or that it does not wait any more.
    fn take_item(&mut self, id: &InteractionId, item: Option<WaitingItem>) -> bool {
        let Some(mut item) = item else {
            if let Some(item) = self.waiting.remove(id) {
                self.leaves(&item);
            }
            return false;
        };
        if let Some(before) = self.waiting.get(id) {
            item.given_up.clone_from(&before.given_up);
        }
        // A customer who speaks while they wait moves nothing: the router need not look at the whole queue again.
        if self.waiting.get(id) == Some(&item) {
            return false;
        }
        *self.count.entry(item.queue.clone()).or_default().entry(item.medium.clone()).or_default() += 1;
        if let Some(before) = self.waiting.insert(id.clone(), item) {
            self.leaves(&before);
        }
        true
    }

    /// Something that waits can never be offered to an agent: it is not tried again while it waits.
    pub fn give_up(&mut self, id: &InteractionId, agent: &UserId) {
        if let Some(item) = self.waiting.get_mut(id) {
            item.given_up.insert(agent.clone());
        }
    }

    fn leaves(&mut self, item: &WaitingItem) {
        if let Some(count) = self.count.get_mut(&item.queue).and_then(|media| media.get_mut(&item.medium)) {
            *count = count.saturating_sub(1);
        }
    }

    fn take_agent(&mut self, id: &UserId, agent: &Agent, state: &Arc<State>) -> bool {
        if agent.login.is_none() {
            self.seats.remove(id);
            // What was kept for them is anybody's now.
            return self
                .waiting
                .values()
                .any(|item| item.preferred.as_ref().is_some_and(|(who, _)| who == id));
        }
        let seat = BoardAgent {
            agent: id.clone(),
            state: state.clone(),
            user: None,
            room: Vec::new(),
            has_phone: false,
        };
        let before = self.seats.insert(id.clone(), seat);
        self.reseat(id);
        // What an agent looks at, for instance, does not concern routing.
        before.as_ref().and_then(BoardAgent::at_work).is_none_or(|before| {
            before.login != agent.login
                || before.slots != agent.slots
                || before.idle_since != agent.idle_since
        })
    }

    /// Writes what provisioning says of an agent into their seat. Somebody who is not provisioned as an agent has no
    /// room.
    fn reseat(&mut self, id: &UserId) {
        let (Some(seat), Some(centre)) = (self.seats.get_mut(id), &self.centre) else { return };
        seat.user = self.users.get(id).cloned();
        let phone = match (&seat.user, &*seat.state) {
            (Some(user), State::Agent(agent)) => agent.device(user),
            _ => None,
        };
        seat.has_phone = phone.is_some_and(|phone| self.phones.contains(&phone.phone_number));
        seat.room = match (&seat.user, &*seat.state) {
            (Some(user), State::Agent(Agent { login: Some(login), .. })) => login
                .channels
                .keys()
                .map(|medium| (medium.clone(), usize::from(capacity(user, centre, medium))))
                .collect(),
            _ => Vec::new(),
        };
    }

    /// An agent who is logged in.
    pub fn seat(&self, agent: &UserId) -> Option<&BoardAgent> {
        self.seats.get(agent)
    }

    /// Everything that waits, in no order.
    pub fn waiting(&self) -> impl Iterator<Item = &WaitingItem> {
        self.waiting.values()
    }

    /// One conversation or call that waits.
    pub fn item(&self, session: &InteractionId) -> Option<&WaitingItem> {
        self.waiting.get(session)
    }

    /// Whether a queue takes one more of a medium, as far as memory tells ([`share::admits`]).
    pub fn admits(&self, queue: &Queue, medium: &MediumName) -> bool {
        let none = WaitingCounts::new();
        share::admits(queue, &self.served(queue), self.count.get(&queue.name).unwrap_or(&none), medium)
    }

    /// The queue of a service, if it takes no more of the service's medium as far as memory tells.
    pub fn full(&self, service: &str) -> Option<QueueName> {
        // If there is no such service, the rules will say so.
        let service = self.centre.as_ref()?.services.get(service)?;
        let queue = self.queue(&service.queue)?;
        (!self.admits(queue, &service.medium)).then(|| queue.name.clone())
    }

    /// The media that can come into a queue: those of its services, and calls when a number or the calls of another
    /// queue lead there.
    pub fn served(&self, queue: &Queue) -> BTreeSet<MediumName> {
        let services = self.centre.iter().flat_map(|centre| centre.services.values());
        let mut media: BTreeSet<MediumName> = services
            .filter(|service| service.queue == queue.name)
            .map(|service| service.medium.clone())
            .collect();
        let leads_here = |to: &Overflow| matches!(to, Overflow::Queue(name) if *name == queue.name);
        let from = |other: &Queue| {
            let calls = &other.calls;
            [&calls.closed, &calls.full, &calls.late].into_iter().any(leads_here)
        };
        if queue.routing_point.is_some() || self.queues.values().any(from) {
            media.insert(domain::medium::voice());
        }
        media
    }

    /// Every agent that is logged in, in no order.
    pub fn seats(&self) -> impl Iterator<Item = &BoardAgent> {
        self.seats.values()
    }

    /// A queue.
    pub fn queue(&self, name: &QueueName) -> Option<&Queue> {
        self.queues.get(name)
    }

    /// The queue that a number leads to.
    pub fn routed(&self, number: &Dn) -> Option<&Queue> {
        self.queues.values().find(|queue| queue.routing_point.as_ref() == Some(number))
    }

    /// Every queue, by name.
    pub fn queues(&self) -> Vec<Queue> {
        let mut queues: Vec<Queue> = self.queues.values().cloned().collect();
        queues.sort_by(|a, b| a.name.cmp(&b.name));
        queues
    }

    /// The centre.
    pub fn centre(&self) -> Option<&Centre> {
        self.centre.as_ref()
    }
}

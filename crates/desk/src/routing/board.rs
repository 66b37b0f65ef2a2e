//! The board: what the router looks at. A projection of committed snapshots, rebuilt from them at start.

use domain::{
    Key, MediumName, Millis, QueueName, SessionId, State, UserId,
    agent::{Agent, ChannelState},
    capacity,
    centre::Centre,
    queue::Queue,
    session::Session,
    user::User,
};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// A conversation that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingItem {
    /// The conversation.
    pub session: SessionId,
    /// Its medium.
    pub medium: MediumName,
    /// The queue it waits in.
    pub queue: QueueName,
    /// The priority it came with.
    pub priority: i32,
    /// Since when.
    pub since: Millis,
    /// Agents that shall not be offered it before a moment.
    pub barred: BTreeMap<UserId, Millis>,
}

/// An agent as the router sees him.
#[derive(Clone, Debug, PartialEq)]
pub struct Seat {
    /// The agent.
    pub agent: UserId,
    /// His user name.
    pub user_name: String,
    /// His channels, while he is logged in.
    pub channels: BTreeMap<MediumName, ChannelState>,
    /// How many slots of each medium are taken.
    pub taken: BTreeMap<MediumName, usize>,
    /// How many he may have.
    pub capacity: BTreeMap<MediumName, usize>,
    /// His skills.
    pub skills: BTreeMap<String, u8>,
    /// The queues he is bound to; empty means any whose skills he has.
    pub queues: Vec<QueueName>,
    /// Since when he has been given nothing.
    pub idle_since: Millis,
}

/// Who waits and who works, as committed.
#[derive(Debug, Default)]
pub struct Board {
    waiting: HashMap<SessionId, WaitingItem>,
    seats: HashMap<UserId, Seat>,
    users: HashMap<UserId, Arc<State>>,
    queues: HashMap<QueueName, Queue>,
    centre: Option<Centre>,
}

impl Board {
    /// Takes a committed snapshot in. Answers whether it could open the way for an offer.
    pub fn take(&mut self, key: &Key, state: &Arc<State>) -> bool {
        match (key, &**state) {
            (Key::Session(id), State::Session(session)) => self.take_session(id, session),
            (Key::Agent(id), State::Agent(agent)) => self.take_agent(id, agent),
            (Key::User(id), State::User(Some(user))) => {
                if user.has(&[domain::user::Role::Agent, domain::user::Role::Supervisor]) {
                    self.users.insert(id.clone(), state.clone());
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

    fn take_session(&mut self, id: &SessionId, session: &Session) -> bool {
        if !session.waiting {
            self.waiting.remove(id);
            return false;
        }
        let item = WaitingItem {
            session: id.clone(),
            medium: session.medium.clone(),
            queue: session.queue.clone(),
            priority: session.place.priority,
            since: session.place.since,
            barred: session.barred.clone(),
        };
        // A customer who speaks while he waits moves nothing: the router need not look at the whole queue again.
        self.waiting.insert(id.clone(), item.clone()) != Some(item)
    }

    fn take_agent(&mut self, id: &UserId, agent: &Agent) -> bool {
        let Some(login) = &agent.login else {
            self.seats.remove(id);
            return false;
        };
        let seat = Seat {
            agent: id.clone(),
            user_name: agent.user_name.clone(),
            channels: login.channels.clone(),
            taken: agent.slots.iter().map(|(medium, held)| (medium.clone(), held.len())).collect(),
            capacity: BTreeMap::new(),
            skills: BTreeMap::new(),
            queues: Vec::new(),
            idle_since: agent.idle_since,
        };
        let before = self.seats.insert(id.clone(), seat);
        self.reseat(id);
        // What he looks at, for instance, is no matter of routing.
        before.as_ref() != self.seats.get(id)
    }

    /// Writes what provisioning says of an agent into his seat. Who is not provisioned as one has no room.
    fn reseat(&mut self, id: &UserId) {
        let (Some(seat), Some(centre)) = (self.seats.get_mut(id), &self.centre) else { return };
        let Some(State::User(Some(user))) = self.users.get(id).map(|state| &**state) else {
            seat.capacity.clear();
            return;
        };
        let User { skills, queues, .. } = &**user;
        seat.skills.clone_from(skills);
        seat.queues.clone_from(queues);
        seat.capacity = seat
            .channels
            .keys()
            .map(|medium| (medium.clone(), usize::from(capacity(user, centre, medium))))
            .collect();
    }

    /// Everything that waits, in no order.
    pub fn waiting(&self) -> impl Iterator<Item = &WaitingItem> {
        self.waiting.values()
    }

    /// One that waits.
    pub fn item(&self, session: &SessionId) -> Option<&WaitingItem> {
        self.waiting.get(session)
    }

    /// How many wait in a queue.
    pub fn waiting_in(&self, queue: &QueueName) -> usize {
        self.waiting.values().filter(|item| item.queue == *queue).count()
    }

    /// Every agent that is logged in, in no order.
    pub fn seats(&self) -> impl Iterator<Item = &Seat> {
        self.seats.values()
    }

    /// A queue.
    pub fn queue(&self, name: &QueueName) -> Option<&Queue> {
        self.queues.get(name)
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

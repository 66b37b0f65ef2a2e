//! The board: what the router looks at. A projection of committed snapshots, rebuilt from them at start.

use super::{
    free::{Crew, Free},
    item::{ItemKey, WaitingItem},
    lines::{Line, Lines},
    seat::{BoardAgent, Stand},
};
use domain::{
    InteractionId, Key, MediumName, QueueName, State, UserId,
    agent::Agent,
    call::Dn,
    centre::Centre,
    queue::{Overflow, Queue},
    request::Request,
    session::Session,
    share::{self, WaitingCounts},
};
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

/// What waits and who works, as committed.
#[derive(Debug, Default)]
pub struct Board {
    waiting: HashMap<ItemKey, WaitingItem>,
    /// Of those, the requests for help of each interaction.
    requests: HashMap<InteractionId, BTreeSet<ItemKey>>,
    /// The same in its order.
    lines: Lines,
    /// How many wait in each queue, by medium.
    count: HashMap<QueueName, WaitingCounts>,
    seats: HashMap<UserId, BoardAgent>,
    /// Those of them who could take something at once.
    free: Free,
    /// Everybody who is provisioned as an agent.
    users: HashMap<UserId, Crew>,
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
                    key: ItemKey::of(id.clone()),
                    medium: domain::medium::voice(),
                    queue: queued.queue.clone(),
                    priority: queued.place.priority,
                    since: queued.place.since,
                    barred: queued.barred.clone(),
                    taking_part: BTreeSet::new(),
                    preferred: None,
                    given_up: BTreeSet::new(),
                });
                let is_moved = self.take_item(&ItemKey::of(id.clone()), item);
                let taking_part: BTreeSet<UserId> =
                    call.live().filter_map(|party| party.user().cloned()).collect();
                let voice = domain::medium::voice();
                let requests = requested(id, &call.requests, &voice, &taking_part);
                self.take_requests(id, requests) || is_moved
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
                    self.users.insert(id.clone(), Crew::of(user.clone()));
                } else {
                    self.users.remove(id);
                }
                self.reseat(id);
                true
            }
            (Key::User(id), State::User(None)) => {
                self.users.remove(id);
                self.unseat(id);
                false
            }
            (Key::Queue(name), State::Queue(Some(queue))) => {
                self.queues.insert(name.clone(), queue.clone());
                for (medium, line) in self.lines.of_queue(name) {
                    find_crews(line, medium, Some(queue), &self.free);
                }
                true
            }
            (Key::Queue(name), State::Queue(None)) => {
                self.queues.remove(name);
                for (medium, line) in self.lines.of_queue(name) {
                    find_crews(line, medium, None, &self.free);
                }
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
        let taking_part = || session.live_agents().map(|party| party.user.clone()).collect();
        let item = session.waiting.then(|| WaitingItem {
            key: ItemKey::of(id.clone()),
            medium: session.medium.clone(),
            queue: session.queue.clone(),
            priority: session.place.priority,
            since: session.place.since,
            barred: session.barred.clone(),
            taking_part: taking_part(),
            preferred: session.preferred.clone(),
            given_up: BTreeSet::new(),
        });
        let is_moved = self.take_item(&ItemKey::of(id.clone()), item);
        let requests = requested(id, &session.requests, &session.medium, &taking_part());
        self.take_requests(id, requests) || is_moved
    }

    /// Takes in what an interaction asks queues for besides its own place, in the place of what was known of that.
    fn take_requests(&mut self, id: &InteractionId, items: Vec<WaitingItem>) -> bool {
        let known = self.requests.remove(id).unwrap_or_default();
        let keys: BTreeSet<ItemKey> = items.iter().map(|item| item.key.clone()).collect();
        for gone in known.difference(&keys) {
            self.take_item(gone, None);
        }
        if !keys.is_empty() {
            self.requests.insert(id.clone(), keys);
        }
        let mut is_moved = false;
        for item in items {
            is_moved |= self.take_item(&item.key.clone(), Some(item));
        }
        is_moved
    }

    /// Takes in that something waits, or that it does not wait any more.
    fn take_item(&mut self, key: &ItemKey, item: Option<WaitingItem>) -> bool {
        let Some(mut item) = item else {
            if let Some(item) = self.waiting.remove(key) {
                self.leaves(&item);
            }
            return false;
        };
        if let Some(before) = self.waiting.get(key) {
            item.given_up.clone_from(&before.given_up);
        }
        // A customer who speaks while they wait moves nothing: the router need not look at the whole queue again.
        if self.waiting.get(key) == Some(&item) {
            return false;
        }
        if let Some(before) = self.waiting.remove(key) {
            self.leaves(&before);
        }
        // A queue that takes no more customers still helps those whom it has.
        if item.key.request.is_none() {
            *self.count.entry(item.queue.clone()).or_default().entry(item.medium.clone()).or_default() += 1;
        }
        if let Some(line) = self.lines.enter(&item) {
            find_crews(line, &item.medium, self.queues.get(&item.queue), &self.free);
        }
        self.waiting.insert(key.clone(), item);
        true
    }

    /// Something that waits can never be offered to an agent: it is not tried again while it waits.
    pub fn give_up(&mut self, key: &ItemKey, agent: &UserId) {
        if let Some(item) = self.waiting.get_mut(key) {
            item.given_up.insert(agent.clone());
        }
    }

    fn leaves(&mut self, item: &WaitingItem) {
        self.lines.leave(item);
        if item.key.request.is_some() {
            return;
        }
        if let Some(count) = self.count.get_mut(&item.queue).and_then(|media| media.get_mut(&item.medium)) {
            *count = count.saturating_sub(1);
        }
    }

    fn take_agent(&mut self, id: &UserId, agent: &Agent, state: &Arc<State>) -> bool {
        if agent.login.is_none() {
            self.unseat(id);
            // What was kept for them is anybody's now.
            return self
                .waiting
                .values()
                .any(|item| item.preferred.as_ref().is_some_and(|(who, _)| who == id));
        }
        // What an agent looks at, for instance, does not concern routing.
        let is_moved = self.seats.get(id).and_then(BoardAgent::at_work).is_none_or(|before| {
            before.login != agent.login
                || before.slots != agent.slots
                || before.idle != agent.idle
                || before.idle_since != agent.idle_since
        });
        match self.seats.get_mut(id) {
            Some(seat) => seat.state = state.clone(),
            None => _ = self.seats.insert(id.clone(), BoardAgent::new(id.clone(), state.clone())),
        }
        if is_moved {
            self.reseat(id);
        }
        is_moved
    }

    fn unseat(&mut self, id: &UserId) {
        if let Some(seat) = self.seats.remove(id) {
            self.restand(&seat.stands, &[]);
        }
    }

    /// Writes what provisioning says of an agent into their seat, and where they stand among those who are free. Somebody
    /// who is not provisioned as an agent has no room.
    fn reseat(&mut self, id: &UserId) {
        let Some((id, mut seat)) = self.seats.remove_entry(id) else { return };
        let before = std::mem::take(&mut seat.stands);
        seat.crew = self.users.get(&id).cloned();
        let phone = match (&seat.crew, &*seat.state) {
            (Some(crew), State::Agent(agent)) => agent.device(crew.user()),
            _ => None,
        };
        seat.has_phone = phone.is_some_and(|phone| self.phones.contains(&phone.phone_number));
        seat.stands = seat.free(self.centre.as_ref());
        self.restand(&before, &seat.stands);
        self.seats.insert(id, seat);
    }

    /// An agent does not stand any more where they stood before. Who only moves up or down leaves after they came, so that
    /// their crew stays where it is.
    fn restand(&mut self, before: &[Stand], after: &[Stand]) {
        for Stand { medium, crew, standing } in after.iter().filter(|stand| !before.contains(stand)) {
            if self.free.enter(medium, crew, standing.clone()) {
                for (name, line) in self.lines.of_medium(medium) {
                    if self.queues.get(name).is_some_and(|queue| crew.serves(queue)) {
                        line.crews.push(crew.clone());
                    }
                }
            }
        }
        for Stand { medium, crew, standing } in before.iter().filter(|stand| !after.contains(stand)) {
            if self.free.leave(medium, crew, standing) {
                for (_, line) in self.lines.of_medium(medium) {
                    line.crews.retain(|there| there != crew);
                }
            }
        }
    }

    /// Everything that waits, in no order.
    pub fn waiting(&self) -> impl Iterator<Item = &WaitingItem> {
        self.waiting.values()
    }

    /// Something that waits.
    pub fn item(&self, key: &ItemKey) -> Option<&WaitingItem> {
        self.waiting.get(key)
    }

    pub(super) const fn lines(&self) -> &Lines {
        &self.lines
    }

    pub(super) const fn free(&self) -> &Free {
        &self.free
    }

    /// An agent who is logged in.
    pub(super) fn seat(&self, agent: &UserId) -> Option<&BoardAgent> {
        self.seats.get(agent)
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

/// What an interaction asks queues for besides its own place, and nobody is offered now.
fn requested(
    id: &InteractionId,
    requests: &[Request],
    medium: &MediumName,
    taking_part: &BTreeSet<UserId>,
) -> Vec<WaitingItem> {
    let open = requests.iter().filter(|request| request.waiting);
    open.map(|request| WaitingItem {
        key: ItemKey { interaction: id.clone(), request: Some(request.number) },
        medium: medium.clone(),
        queue: request.queue.clone(),
        priority: request.place.priority,
        since: request.place.since,
        barred: request.barred.clone(),
        taking_part: taking_part.clone(),
        preferred: None,
        given_up: BTreeSet::new(),
    })
    .collect()
}

/// Finds the crews that a line could be served by at once: none where its queue was taken away.
fn find_crews(line: &mut Line, medium: &MediumName, queue: Option<&Queue>, free: &Free) {
    line.crews = match queue {
        Some(queue) => free.crews(medium).filter(|crew| crew.serves(queue)).cloned().collect(),
        None => Vec::new(),
    };
}

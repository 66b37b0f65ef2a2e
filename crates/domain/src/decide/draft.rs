//! The draft of a decision: what is read, what is pushed, and how both stay in step.

use super::elapsed;
use crate::{
    Event, InteractionId, Key, Message, Millis, ProviderKey, QueueName, Refusal, ServiceName, State,
    ThreadId, UserId, Want,
    agent::{self, Agent},
    call::{self, Call, Dn, LegCommand, LegId, PartyOrigin, SwitchCommand},
    centre::{Centre, Service},
    device::{self, Device},
    disposition_tree::DispositionTree,
    hours::Closure,
    message::{Author, Content, PartyKind, Viewer, Visibility},
    queue::Queue,
    session::{self, Delivery, Fact, Progress, Session},
    task::{KnownProviderKey, Signal, Task},
    thread::{self, Thread},
    user::User,
};
use std::{ops::Deref, sync::Arc};

/// Why there is no decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecideError {
    /// The rules say no.
    Refused(Refusal),
    /// The rule turned out to need what was not loaded: load it as well and decide again.
    Need(Want),
    /// The store could not be read. It knows why.
    Fault,
}

impl From<Refusal> for DecideError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// How something came to be said.
#[derive(Clone, Copy, Default)]
struct Said {
    /// When it was written, where that was elsewhere.
    sent_at: Option<Millis>,
    /// Whether these are words of the server's own for the customer.
    is_ours: bool,
}

/// What a decision may look at.
pub trait Snapshots {
    /// The snapshot of an entity; `Ok(None)` when there is none.
    fn state(&mut self, key: &Key) -> Result<Option<Arc<State>>, DecideError>;
    /// The position last taken in an agent's mailbox; 0 when none was.
    fn head(&mut self, agent: &UserId) -> Result<u64, DecideError>;
    /// What a platform or provider means by a name of theirs; `Ok(None)` when the name is new.
    fn known(&mut self, key: &ProviderKey) -> Result<Option<KnownProviderKey>, DecideError>;
    /// One entry of a conversation's log.
    fn message(&mut self, session: &InteractionId, index: u32) -> Result<Option<Message>, DecideError>;
    /// Whether the hours of a queue leave it closed at a moment; `None` when it is open. Whoever decides without a
    /// calendar leaves every queue open.
    fn closure(&mut self, _queue: &Queue, _at: Millis) -> Option<Closure> {
        None
    }
}

/// What changed of one entity.
#[derive(Clone, Debug)]
pub struct EntityChange {
    /// Which.
    pub key: Key,
    /// The snapshot before, if there was one.
    pub before: Option<Arc<State>>,
    /// The snapshot after.
    pub after: Arc<State>,
    /// What happened, in order.
    pub events: Vec<Event>,
}

/// What a command means.
#[derive(Clone, Debug, Default)]
pub struct Decision {
    /// Entities in the order in which they were first touched.
    pub changes: Vec<EntityChange>,
    /// Log entries written, in order; one whose place in the log is taken replaces what stood there.
    pub messages: Vec<(InteractionId, Message)>,
    /// Names that platforms or providers gave, each new.
    pub known: Vec<KnownProviderKey>,
    /// What connectors should carry away.
    pub tasks: Vec<Task>,
    /// Ids of tasks whose outcome this is.
    pub settled: Vec<String>,
    /// Passing signs for customers; they are not kept.
    pub signals: Vec<Signal>,
    /// What the switch should do, in order; it is not kept.
    pub effects: Vec<SwitchCommand>,
    /// The order in which events happened across entities: index into `changes`, index into its events.
    pub order: Vec<(usize, usize)>,
}

/// A typed look at a snapshot.
pub(super) struct SnapshotRef<T: 'static> {
    state: Arc<State>,
    pick: fn(&State) -> Option<&T>,
}

impl<T> Deref for SnapshotRef<T> {
    type Target = T;

    fn deref(&self) -> &T {
        match (self.pick)(&self.state) {
            Some(found) => found,
            None => unreachable!("a view is only made of a state that has the thing"),
        }
    }
}

pub(super) struct Draft<'a> {
    seen: &'a mut dyn Snapshots,
    pub now: Millis,
    /// Bytes of JSON that the customer writes by this command; the next event of the conversation carries the number.
    pub written: u32,
    /// The supervisor who does what the command does to an agent; the events of that agent carry it.
    pub by: Option<UserId>,
    decision: Decision,
}

impl<'a> Draft<'a> {
    pub fn new(seen: &'a mut dyn Snapshots, now: Millis) -> Self {
        Self { seen, now, written: 0, by: None, decision: Decision::default() }
    }

    /// The calls that the command has changed.
    pub fn calls(&self) -> Vec<InteractionId> {
        let changed = self.decision.changes.iter();
        let calls = changed.filter_map(|change| match &change.key {
            Key::Call(id) => Some(id.clone()),
            _ => None,
        });
        calls.collect()
    }

    /// The conversations that the command has changed so far.
    pub fn sessions(&self) -> Vec<InteractionId> {
        let changed = self.decision.changes.iter();
        let sessions = changed.filter_map(|change| match &change.key {
            Key::Session(id) => Some(id.clone()),
            _ => None,
        });
        sessions.collect()
    }

    /// The legs of those whom the command has called into a call.
    pub fn called_in(&self, id: &InteractionId) -> Vec<u16> {
        let change = self.decision.changes.iter().find(|change| change.key == Key::Call(id.clone()));
        let events = change.into_iter().flat_map(|change| &change.events);
        let called = events.filter_map(|event| match event {
            Event::Call(call::CallEvent { fact: call::Fact::Joined { leg, origin, .. }, .. }) => {
                matches!(origin, PartyOrigin::Called | PartyOrigin::Queue).then_some(*leg)
            }
            _ => None,
        });
        called.collect()
    }

    pub fn finish(self) -> Decision {
        self.decision
    }

    fn state(&mut self, key: &Key) -> Result<Option<Arc<State>>, DecideError> {
        match self.decision.changes.iter().find(|change| change.key == *key) {
            Some(change) => Ok(Some(change.after.clone())),
            None => self.seen.state(key),
        }
    }

    fn view<T>(
        &mut self,
        key: &Key,
        pick: fn(&State) -> Option<&T>,
    ) -> Result<Option<SnapshotRef<T>>, DecideError> {
        Ok(self.state(key)?.filter(|state| pick(state).is_some()).map(|state| SnapshotRef { state, pick }))
    }

    pub fn session(&mut self, id: &InteractionId) -> Result<SnapshotRef<Session>, DecideError> {
        self.view(&Key::Session(id.clone()), |state| match state {
            State::Session(session) => Some(session),
            _ => None,
        })?
        .ok_or_else(|| Refusal::NotFound(format!("Interaction '{id}'")).into())
    }

    pub fn call(&mut self, id: &InteractionId) -> Result<SnapshotRef<Call>, DecideError> {
        self.view(&Key::Call(id.clone()), |state| match state {
            State::Call(call) => Some(&**call),
            _ => None,
        })?
        .ok_or_else(|| Refusal::NotFound(format!("Call '{id}'")).into())
    }

    /// The call that one of its lines is named by, or the one that has absorbed it.
    pub fn call_named(&mut self, uuid: &InteractionId) -> Result<SnapshotRef<Call>, DecideError> {
        for id in call::interactions_of(uuid) {
            if let Some(call) = self.call_or_heir(&id)? {
                return Ok(call);
            }
        }
        // The refusal names what was asked for.
        self.call(uuid)
    }

    /// The call of an id, or the one that has absorbed it, if there is any.
    fn call_or_heir(&mut self, id: &InteractionId) -> Result<Option<SnapshotRef<Call>>, DecideError> {
        let mut id = id.clone();
        loop {
            if !self.exists(&Key::Call(id.clone()))? {
                return Ok(None);
            }
            let call = self.call(&id)?;
            // Each is older than the one before, so that this comes to an end.
            match &call.absorbed_into {
                Some(heir) => id = heir.clone(),
                None => return Ok(Some(call)),
            }
        }
    }

    /// The call that a leg is part of now, and its number there.
    pub fn call_of_leg(&mut self, leg: &LegId) -> Result<Option<(SnapshotRef<Call>, u16)>, DecideError> {
        let Some(call) = self.call_or_heir(&leg.call)? else { return Ok(None) };
        let number = call.leg_number(leg);
        Ok(number.map(|number| (call, number)))
    }

    pub fn device(&mut self, dn: &Dn) -> Result<Option<SnapshotRef<Device>>, DecideError> {
        self.view(&Key::Device(dn.clone()), |state| match state {
            State::Device(device) => Some(device),
            _ => None,
        })
    }

    pub fn thread(&mut self, id: &ThreadId) -> Result<Option<SnapshotRef<Thread>>, DecideError> {
        self.view(&Key::Thread(id.clone()), |state| match state {
            State::Thread(thread) => Some(thread),
            _ => None,
        })
    }

    pub fn agent(&mut self, id: &UserId) -> Result<Option<SnapshotRef<Agent>>, DecideError> {
        self.view(&Key::Agent(id.clone()), |state| match state {
            State::Agent(agent) => Some(agent),
            _ => None,
        })
    }

    pub fn user(&mut self, id: &UserId) -> Result<SnapshotRef<User>, DecideError> {
        self.user_if_any(id)?.ok_or_else(|| Refusal::NotFound(format!("User '{id}'")).into())
    }

    /// A user who may have been taken away meanwhile.
    pub fn user_if_any(&mut self, id: &UserId) -> Result<Option<SnapshotRef<User>>, DecideError> {
        self.view(&Key::User(id.clone()), |state| match state {
            State::User(user) => user.as_deref(),
            _ => None,
        })
    }

    pub fn service(&mut self, name: &ServiceName) -> Result<Service, DecideError> {
        let found = self.centre()?.services.get(name).cloned();
        found.ok_or_else(|| Refusal::NotFound(format!("Service '{name}'")).into())
    }

    pub fn queue(&mut self, name: &QueueName) -> Result<SnapshotRef<Queue>, DecideError> {
        self.queue_if_any(name)?.ok_or_else(|| Refusal::NotFound(format!("Queue '{name}'")).into())
    }

    /// Whether a queue is closed now.
    pub fn closure(&mut self, queue: &Queue) -> Option<Closure> {
        self.seen.closure(queue, self.now)
    }

    /// A queue that may have been taken away while conversations of it went on.
    pub fn queue_if_any(&mut self, name: &QueueName) -> Result<Option<SnapshotRef<Queue>>, DecideError> {
        self.view(&Key::Queue(name.clone()), |state| match state {
            State::Queue(queue) => queue.as_ref(),
            _ => None,
        })
    }

    pub fn centre(&mut self) -> Result<SnapshotRef<Centre>, DecideError> {
        self.view(&Key::Centre, |state| match state {
            State::Centre(centre) => Some(centre),
            _ => None,
        })?
        .ok_or_else(|| Refusal::NotFound("The contact center".into()).into())
    }

    pub fn book(&mut self) -> Result<Option<SnapshotRef<DispositionTree>>, DecideError> {
        self.view(&Key::Book, |state| match state {
            State::Book(book) => Some(book),
            _ => None,
        })
    }

    /// The number a command of this agent has in their mailbox counter (spec: decisions#2, `referenceId`).
    pub fn reference(&mut self, agent: &UserId) -> Result<u64, DecideError> {
        Ok(self.seen.head(agent)? + 1)
    }

    pub fn push(&mut self, key: Key, mut event: Event) -> Result<(), DecideError> {
        let at = self.now;
        let changes = &mut self.decision.changes;
        let Some(place) = changes.iter().position(|change| change.key == key) else {
            let before = self.seen.state(&key)?;
            elapsed::note(before.as_deref(), &mut event, at);
            let after =
                State::apply(before.as_deref().cloned(), &key, at, &event).ok_or(DecideError::Fault)?;
            changes.push(EntityChange { key, before, after: Arc::new(after), events: vec![event] });
            self.decision.order.push((changes.len() - 1, 0));
            return Ok(());
        };
        let change = &mut changes[place];
        elapsed::note(Some(&change.after), &mut event, at);
        // A view may still hold the snapshot; only then is it copied again.
        let after = std::mem::replace(&mut change.after, Arc::new(State::User(None)));
        let after = State::apply(Some(Arc::unwrap_or_clone(after)), &change.key, at, &event)
            .ok_or(DecideError::Fault)?;
        change.after = Arc::new(after);
        change.events.push(event);
        self.decision.order.push((place, change.events.len() - 1));
        Ok(())
    }

    /// Whether there is such an entity.
    pub fn exists(&mut self, key: &Key) -> Result<bool, DecideError> {
        Ok(self.state(key)?.is_some())
    }

    /// Whether an entity is already as wanted.
    pub fn holds(&mut self, key: &Key, wanted: &State) -> Result<bool, DecideError> {
        Ok(self.state(key)?.is_some_and(|state| *state == *wanted))
    }

    /// A fact of a conversation that leaves it in its queue.
    pub fn tell(&mut self, id: &InteractionId, fact: Fact) -> Result<(), DecideError> {
        let queue = self.session(id)?.queue.clone();
        self.tell_in(id, &queue, fact)
    }

    /// A fact of a conversation that brings it into a queue.
    pub fn tell_in(&mut self, id: &InteractionId, queue: &QueueName, fact: Fact) -> Result<(), DecideError> {
        let medium = self.session(id)?.medium.clone();
        let written = std::mem::take(&mut self.written);
        let event = session::SessionEvent { medium, queue: queue.clone(), fact, written, elapsed_ms: None };
        self.push(Key::Session(id.clone()), Event::Session(event))
    }

    /// A fact of a call that leaves it in its queue.
    pub fn tell_call(&mut self, id: &InteractionId, fact: call::Fact) -> Result<(), DecideError> {
        let (queue, line_uuid) = {
            let call = self.call(id)?;
            (call.queued.as_ref().map(|queued| queued.queue.clone()), taken_line(&call, &fact))
        };
        let event = call::CallEvent { queue, line_uuid, fact, elapsed_ms: None };
        self.push(Key::Call(id.clone()), Event::Call(event))
    }

    /// A fact of a call that brings it into a queue.
    pub fn tell_call_in(
        &mut self,
        id: &InteractionId,
        queue: &QueueName,
        fact: call::Fact,
    ) -> Result<(), DecideError> {
        let event = call::CallEvent { queue: Some(queue.clone()), line_uuid: None, fact, elapsed_ms: None };
        self.push(Key::Call(id.clone()), Event::Call(event))
    }

    /// A fact of a phone.
    pub fn tell_device(&mut self, dn: &Dn, event: device::DeviceEvent) -> Result<(), DecideError> {
        self.push(Key::Device(dn.clone()), Event::Device(event))
    }

    /// Something the switch should do.
    pub fn effect(&mut self, leg: LegId, act: LegCommand) {
        self.decision.effects.push(SwitchCommand { leg, act });
    }

    /// A fact of an agent at work.
    pub fn tell_agent(&mut self, id: &UserId, fact: agent::Fact) -> Result<(), DecideError> {
        let user_name = match self.agent(id)? {
            Some(agent) => agent.user_name.clone(),
            None => self.user(id)?.user_name.clone(),
        };
        let by = self.by.clone();
        let event = agent::AgentEvent { user_name, fact, by, elapsed_ms: None };
        self.push(Key::Agent(id.clone()), Event::Agent(event))
    }

    /// A fact of a thread.
    pub fn tell_thread(
        &mut self,
        id: &ThreadId,
        service: &ServiceName,
        fact: thread::Fact,
    ) -> Result<(), DecideError> {
        let event = thread::ThreadEvent { service: service.clone(), fact };
        self.push(Key::Thread(id.clone()), Event::Thread(event))
    }

    /// An entry in the conversation's log, and the fact that it was made. Whoever sees its author sees it.
    pub fn say(&mut self, id: &InteractionId, from: Author, content: Content) -> Result<(), DecideError> {
        self.enter(id, from, content, Visibility::All, Said::default())
    }

    /// The same for the eyes of some alone; who does not see the author does not see it either.
    pub fn say_to(
        &mut self,
        id: &InteractionId,
        from: Author,
        content: Content,
        whom: Visibility,
    ) -> Result<(), DecideError> {
        self.enter(id, from, content, whom, Said::default())
    }

    /// The same for words of the server's own that a connector carries to the customer, where one does.
    pub fn say_to_customer(
        &mut self,
        id: &InteractionId,
        from: Author,
        content: Content,
    ) -> Result<(), DecideError> {
        self.enter(id, from, content, Visibility::All, Said { is_ours: true, ..Said::default() })
    }

    /// The same for something that was written elsewhere, at the moment that is given.
    pub fn say_late(
        &mut self,
        id: &InteractionId,
        from: Author,
        content: Content,
        sent_at: Millis,
    ) -> Result<(), DecideError> {
        self.enter(id, from, content, Visibility::All, Said { sent_at: Some(sent_at), ..Said::default() })
    }

    fn enter(
        &mut self,
        id: &InteractionId,
        from: Author,
        content: Content,
        whom: Visibility,
        said: Said,
    ) -> Result<(), DecideError> {
        // No view is kept: the conversation would be copied for it.
        let (index, is_idle) = {
            let session = self.session(id)?;
            (session.next_index, session.post.as_ref().is_some_and(|post| post.is_idle))
        };
        let Said { sent_at, is_ours } = said;
        let visibility = from.visibility.max(whom);
        let posted = match visibility.is_for(Viewer::Customer) {
            true if is_ours => self.posted_by_us(id, index)?,
            true => self.posted(id, &from, &content, index)?,
            false => None,
        };
        let fact = match &content {
            Content::TypingStarted { .. } | Content::TypingStopped => Fact::Typed {
                index,
                participant: from.participant.clone(),
                on: matches!(content, Content::TypingStarted { .. }),
                visibility,
            },
            _ => Fact::Said {
                index,
                by: from.kind,
                agent: from.user.clone(),
                kind: content.kind().to_owned(),
                visibility,
                sent_at: sent_at.map(|at| at.min(self.now)),
                posted,
            },
        };
        // What only some hear does not end its silence, either.
        let is_said = matches!(fact, Fact::Said { .. }) && visibility.is_all();
        self.tell(id, fact)?;
        if is_said && is_idle {
            self.take_slots_again(id)?;
        }
        let queued = Progress { state: Delivery::Queued, code: None, why: None };
        let delivery = posted.map(|_| queued);
        self.write(id, Message { index, at: self.now, from, visibility, content, delivery });
        Ok(())
    }

    /// Somebody writes in an idle conversation: whoever holds it has their hands full with it again, whatever they took on
    /// meanwhile.
    fn take_slots_again(&mut self, id: &InteractionId) -> Result<(), DecideError> {
        for party in self.session(id)?.live_agents() {
            if self.agent(&party.user)?.is_some_and(|agent| agent.idle.contains(id)) {
                self.tell_agent(&party.user, agent::Fact::SlotIdle { session: id.clone(), on: false })?;
            }
        }
        Ok(())
    }

    /// Has a connector carry words of ours to the customer, where one does; no command of anybody's asked for it.
    fn posted_by_us(&mut self, id: &InteractionId, index: u32) -> Result<Option<u64>, DecideError> {
        let task = Task::message(&*self.session(id)?, index);
        Ok(task.map(|task| {
            self.ask(task);
            0
        }))
    }

    /// Whether a connector should carry an entry that the customer may see: what an agent writes. Then there is a task,
    /// and the number of the command that asked for it.
    fn posted(
        &mut self,
        id: &InteractionId,
        from: &Author,
        content: &Content,
        index: u32,
    ) -> Result<Option<u64>, DecideError> {
        let is_written = matches!(content, Content::Text { .. } | Content::Url { .. });
        let (PartyKind::Agent, Some(agent), true) = (from.kind, &from.user, is_written) else {
            return Ok(None);
        };
        let session = self.session(id)?;
        let Some(task) = Task::message(&session, index) else { return Ok(None) };
        self.ask(task);
        self.reference(agent).map(Some)
    }

    /// An entry of the log as it should stand.
    pub fn write(&mut self, id: &InteractionId, message: Message) {
        self.decision.messages.push((id.clone(), message));
    }

    /// An entry of the log, as this decision left it.
    pub fn message(&mut self, id: &InteractionId, index: u32) -> Result<Option<Message>, DecideError> {
        let written = self.decision.messages.iter().rev();
        match written.into_iter().find(|(session, message)| session == id && message.index == index) {
            Some((_, message)) => Ok(Some(message.clone())),
            None => self.seen.message(id, index),
        }
    }

    /// What a platform or provider means by a name of theirs.
    pub fn known(&mut self, key: &ProviderKey) -> Result<Option<KnownProviderKey>, DecideError> {
        match self.decision.known.iter().find(|known| known.key == *key) {
            Some(known) => Ok(Some(known.clone())),
            None => self.seen.known(key),
        }
    }

    /// From now on a provider's name is known; a name that is known already keeps its meaning.
    pub fn learn(
        &mut self,
        key: &ProviderKey,
        entry: Option<(InteractionId, u32)>,
    ) -> Result<(), DecideError> {
        if self.known(key)?.is_none() {
            self.decision.known.push(KnownProviderKey { key: key.clone(), entry });
        }
        Ok(())
    }

    /// Something a connector should send.
    pub fn ask(&mut self, task: Task) {
        self.decision.tasks.push(task);
    }

    /// A task is done with, however it went.
    pub fn settle(&mut self, task: String) {
        self.decision.settled.push(task);
    }

    /// A passing sign for a customer.
    pub fn signal(&mut self, signal: Signal) {
        self.decision.signals.push(signal);
    }
}

/// The UUID of the line that a fact names, where it came with another interaction.
fn taken_line(call: &Call, fact: &call::Fact) -> Option<InteractionId> {
    let (call::Fact::Joined { line, .. }
    | call::Fact::Moved { line, .. }
    | call::Fact::Requested { line, .. }
    | call::Fact::RequestEnded { line, .. }) = fact
    else {
        return None;
    };
    let uuid = &call.lines.get(usize::from(*line))?.uuid;
    (call::line_uuid(&call.id, *line).as_ref() != Some(uuid)).then(|| uuid.clone())
}

//! The snapshot of one entity: what is read, and what events fold into.

use crate::{
    Event, Key, Millis,
    agent::{self, Agent},
    call::Call,
    centre::{self, Centre},
    device::{self, Device},
    disposition_tree::DispositionTree,
    queue::{self, Queue},
    session::Session,
    thread::{self, Thread},
    user::{self, User},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The snapshot of one entity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum State {
    /// A conversation.
    Session(Session),
    /// An agent at work.
    Agent(Agent),
    /// A user; `None` once removed.
    User(Option<Arc<User>>),
    /// A queue; `None` once removed.
    Queue(Option<Queue>),
    /// The disposition book.
    Book(DispositionTree),
    /// The centre.
    Centre(Centre),
    /// A thread.
    Thread(Thread),
    /// A call.
    Call(Box<Call>),
    /// A phone.
    Device(Device),
}

impl State {
    /// Folds one event into the snapshot, or begins one. `None` for an event that cannot begin this entity:
    /// a journal that holds one is damaged.
    pub fn apply(before: Option<Self>, key: &Key, at: Millis, event: &Event) -> Option<Self> {
        Some(match (before, event) {
            (None, Event::Session(event)) => Self::Session(Session::begin(key_session(key)?, at, event)?),
            (Some(Self::Session(mut session)), Event::Session(event)) if !event.fact.begins() => {
                session.apply(at, event);
                Self::Session(session)
            }
            (None, Event::Call(event)) => Self::Call(Box::new(Call::begin(key_call(key)?, at, event)?)),
            (Some(Self::Call(mut call)), Event::Call(event)) if !event.fact.begins() => {
                call.apply(at, event);
                Self::Call(call)
            }
            (before, Event::Device(event)) => Self::Device(device_after(before, key, event)?),
            (before, Event::Agent(event)) => Self::Agent(agent_after(before, key, at, event)?),
            (None | Some(Self::User(_)), Event::User(user::UserAccountEvent::Put(user))) => {
                Self::User(Some(Arc::new((**user).clone())))
            }
            (Some(Self::User(_)), Event::User(user::UserAccountEvent::Removed { .. })) => Self::User(None),
            (None | Some(Self::Queue(_)), Event::Queue(queue::QueueEvent::Put(queue))) => {
                Self::Queue(Some((**queue).clone()))
            }
            (Some(Self::Queue(_)), Event::Queue(queue::QueueEvent::Removed)) => Self::Queue(None),
            (None | Some(Self::Centre(_)), Event::Centre(centre::CentreEvent::Put(centre))) => {
                Self::Centre((**centre).clone())
            }
            (before, Event::Thread(event)) => Self::Thread(thread_after(before, key, event)?),
            (None, Event::Book(event)) => {
                let mut book = DispositionTree::default();
                book.apply(event);
                Self::Book(book)
            }
            (Some(Self::Book(mut book)), Event::Book(event)) => {
                book.apply(event);
                Self::Book(book)
            }
            _ => return None,
        })
    }

    /// The key of the entity; `None` for one that was taken away, since that no longer says what it was.
    pub fn key(&self) -> Option<Key> {
        Some(match self {
            Self::Session(session) => Key::Session(session.id.clone()),
            Self::Call(call) => Key::Call(call.id.clone()),
            Self::Device(device) => Key::Device(device.dn.clone()),
            Self::Agent(agent) => Key::Agent(agent.id.clone()),
            Self::User(user) => Key::User(user.as_ref()?.id.clone()),
            Self::Queue(queue) => Key::Queue(queue.as_ref()?.name.clone()),
            Self::Book(_) => Key::Book,
            Self::Centre(_) => Key::Centre,
            Self::Thread(thread) => Key::Thread(thread.id.clone()),
        })
    }

    /// Whether a restart must look at it: conversations that are not over, and everything provisioned.
    pub fn is_open(&self) -> bool {
        match self {
            Self::Session(session) => session.is_open(),
            Self::Call(call) => call.is_open(),
            // A thread is looked at when something comes in.
            Self::User(None) | Self::Queue(None) | Self::Thread(_) => false,
            Self::Agent(_)
            | Self::Device(_)
            | Self::User(_)
            | Self::Queue(_)
            | Self::Book(_)
            | Self::Centre(_) => true,
        }
    }
}

fn key_session(key: &Key) -> Option<crate::InteractionId> {
    match key {
        Key::Session(id) => Some(id.clone()),
        _ => None,
    }
}

fn key_call(key: &Key) -> Option<crate::InteractionId> {
    match key {
        Key::Call(id) => Some(id.clone()),
        _ => None,
    }
}

fn device_after(before: Option<State>, key: &Key, event: &device::DeviceEvent) -> Option<Device> {
    let mut device = match (before, key) {
        (Some(State::Device(device)), _) => device,
        (None, Key::Device(dn)) => Device::new(dn.clone()),
        _ => return None,
    };
    device.apply(event);
    Some(device)
}

fn agent_after(before: Option<State>, key: &Key, at: Millis, event: &agent::AgentEvent) -> Option<Agent> {
    let mut agent = match (before, key) {
        (Some(State::Agent(agent)), _) => agent,
        (None, Key::Agent(id)) => Agent::new(id.clone(), event.user_name.clone()),
        _ => return None,
    };
    agent.apply(at, event);
    Some(agent)
}

fn thread_after(before: Option<State>, key: &Key, event: &thread::ThreadEvent) -> Option<Thread> {
    let mut thread = match (before, key) {
        (Some(State::Thread(thread)), _) => thread,
        (None, Key::Thread(id)) => Thread::new(id.clone(), event.service.clone()),
        _ => return None,
    };
    thread.apply(event);
    Some(thread)
}

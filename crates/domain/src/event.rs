//! Everything that can happen: one closed list, the vocabulary of the journal and of reporting.

use crate::{agent, call, centre, device, disposition_tree, queue, session, thread, user};
use serde::{Deserialize, Serialize};

/// An event of one entity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// Of a conversation.
    Session(session::SessionEvent),
    /// Of an agent at work.
    Agent(agent::AgentEvent),
    /// Of a user.
    User(user::UserAccountEvent),
    /// Of a queue.
    Queue(queue::QueueEvent),
    /// Of the disposition book.
    Book(disposition_tree::DispositionTreeEvent),
    /// Of the centre.
    Centre(centre::CentreEvent),
    /// Of a thread.
    Thread(thread::ThreadEvent),
    /// Of a call.
    Call(call::CallEvent),
    /// Of a phone.
    Device(device::DeviceEvent),
}

impl Event {
    /// The word under which the journal files it and the reporting feed tells of it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Session(event) => event.fact.kind(),
            Self::Call(event) => event.fact.kind(),
            Self::Device(event) => event.kind(),
            Self::Agent(event) => event.fact.kind(),
            Self::User(user::UserAccountEvent::Put(_)) => "user.put",
            Self::User(user::UserAccountEvent::Removed { .. }) => "user.removed",
            Self::Queue(queue::QueueEvent::Put(_)) => "queue.put",
            Self::Queue(queue::QueueEvent::Removed) => "queue.removed",
            Self::Book(disposition_tree::DispositionTreeEvent::GroupAdded(_)) => "book.group-added",
            Self::Book(disposition_tree::DispositionTreeEvent::GroupRemoved { .. }) => "book.group-removed",
            Self::Book(disposition_tree::DispositionTreeEvent::CodeAdded { .. }) => "book.code-added",
            Self::Book(disposition_tree::DispositionTreeEvent::CodeRenamed { .. }) => "book.code-renamed",
            Self::Book(disposition_tree::DispositionTreeEvent::CodeRemoved { .. }) => "book.code-removed",
            Self::Centre(centre::CentreEvent::Put(_)) => "centre.put",
            Self::Thread(thread::ThreadEvent { fact: thread::Fact::Began { .. }, .. }) => "thread.began",
            Self::Thread(thread::ThreadEvent { fact: thread::Fact::Consent { .. }, .. }) => "thread.consent",
        }
    }

    /// Whether the reporting feed tells of it: typing is too fleeting, what is only asked of a phone has not
    /// happened, slots and threads follow from the conversations, who works at a phone from the agents, and when a silent
    /// client is looked at again is nobody else's business.
    pub const fn is_reported(&self) -> bool {
        !matches!(
            self,
            Self::Session(session::SessionEvent { fact: session::Fact::Typed { .. }, .. })
                | Self::Device(device::DeviceEvent::Occupied { .. } | device::DeviceEvent::WatchedBy { .. })
                | Self::Agent(agent::AgentEvent {
                    fact: agent::Fact::SlotTaken { .. }
                        | agent::Fact::SlotIdle { .. }
                        | agent::Fact::SlotFreed { .. }
                        | agent::Fact::WatchedBy { .. }
                        | agent::Fact::AbsenceUntil { .. },
                    ..
                })
                | Self::Thread(thread::ThreadEvent { fact: thread::Fact::Began { .. }, .. })
                | Self::Call(call::CallEvent {
                    fact: call::Fact::LegUp { .. }
                        | call::Fact::AnswerAsked { .. }
                        | call::Fact::HoldAsked { .. },
                    ..
                })
        )
    }

    /// How long the state lasted that it ended, in milliseconds, where that is known.
    pub const fn elapsed_ms(&self) -> Option<u64> {
        match self {
            Self::Session(event) => event.elapsed_ms,
            Self::Call(event) => event.elapsed_ms,
            Self::Agent(event) => event.elapsed_ms,
            Self::User(_)
            | Self::Queue(_)
            | Self::Book(_)
            | Self::Centre(_)
            | Self::Thread(_)
            | Self::Device(_) => None,
        }
    }

    /// Takes the personal values of customers out. Provisioning holds none.
    pub fn redact(&mut self) {
        match self {
            Self::Session(event) => event.fact.redact(),
            Self::Call(event) => event.fact.redact(),
            Self::Device(event) => event.redact(),
            Self::Agent(_)
            | Self::User(_)
            | Self::Queue(_)
            | Self::Book(_)
            | Self::Centre(_)
            | Self::Thread(_) => {}
        }
    }
}

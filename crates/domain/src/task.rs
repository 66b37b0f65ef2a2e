//! What a commit asks of connectors: messages that one of them should carry away.

use crate::{
    InteractionId, ProviderKey, ServiceName,
    message::ParticipantId,
    session::Session,
    thread::{Address, ThreadId},
};
use serde::{Deserialize, Serialize};

/// Something a connector should send. It is a row of the journal, written in the commit that asks for it and gone
/// in the commit of its outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// The service whose connector carries it.
    pub service: ServiceName,
    /// Tasks of one thread are done one after the other (spec: channel-connectors#0.2.4).
    pub thread: ThreadId,
    /// What to send.
    pub errand: TaskKind,
}

/// What to send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaskKind {
    /// An entry of a conversation's log; only the log holds the words.
    Message {
        /// The conversation.
        session: InteractionId,
        /// Place in its log.
        index: u32,
    },
    /// A text of the server's own outside of any conversation: the answer to a keyword of consent.
    Notice {
        /// Unique among notices.
        id: String,
        /// From where and to whom.
        address: Address,
        /// The words.
        text: String,
    },
}

impl Task {
    /// The task that sends an entry of a conversation's log; `None` where no connector carries the messages.
    pub fn message(session: &Session, index: u32) -> Option<Self> {
        let post = session.post.as_ref()?;
        Some(Self {
            service: session.service.clone(),
            thread: post.address.thread.clone(),
            errand: TaskKind::Message { session: session.id.clone(), index },
        })
    }

    /// Its id, the same whenever it is asked for: `session/index`, or `notice/` and the notice's id.
    pub fn id(&self) -> String {
        match &self.errand {
            TaskKind::Message { session, index } => message_task(session, *index),
            TaskKind::Notice { id, .. } => format!("notice/{id}"),
        }
    }
}

/// The id of the task that sends an entry of a log.
pub fn message_task(session: &InteractionId, index: u32) -> String {
    format!("{session}/{index}")
}

/// A passing sign for the customer. It is not kept: at most once, and nobody hears of its failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signal {
    /// The service whose connector carries it.
    pub service: ServiceName,
    /// From where and to whom.
    pub address: Address,
    /// Which.
    pub sign: Sign,
}

/// A passing sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// The agent types.
    Typing,
    /// The agent stopped typing.
    Stopped,
    /// What the customer wrote was seen.
    Seen,
}

/// A provider's name for something of ours, or for something it gave us: a unit that comes again under the same name
/// is the same unit (spec: channel-connectors#0.2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownProviderKey {
    /// The name.
    pub key: ProviderKey,
    /// The log entry of that name, if it is one.
    pub entry: Option<(InteractionId, u32)>,
}

/// Ids for a conversation that may have to begin. They are made outside, since nothing is made here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewConversationIds {
    /// The conversation's id.
    pub session: InteractionId,
    /// The id of the customer as a participant.
    pub participant: ParticipantId,
}

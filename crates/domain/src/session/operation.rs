//! What an agent can do with a conversation: at all, now, and as an act with all that it takes. [`crate::decide`] refuses
//! exactly what is not open here.

use super::{party::AgentPartyState, snapshot::Session};
use crate::{QueueName, UserData, UserId};

/// An operation of an agent on a conversation, in the field's plain words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionOperation {
    /// Take the offer.
    Accept,
    /// Refuse the offer.
    Reject,
    /// Hand over to a colleague or a queue.
    Transfer,
    /// Leave the talk.
    Leave,
    /// Be done with it.
    Complete,
    /// Say which interaction the agent looks at.
    SetInFocus,
    /// Set the disposition.
    SetDisposition,
    /// Add pairs.
    AttachUserData,
    /// Take pairs away.
    DeleteUserData,
    /// Replace pairs.
    UpdateUserData,
    /// Write the agents' note.
    SetComment,
    /// Say something to everyone.
    SendMessage,
    /// Send a link.
    SendUrl,
    /// Tell that the agent types.
    StartTyping,
    /// Tell that the agent stopped typing.
    StopTyping,
    /// Send a notice of the agent's application.
    SendCustomNotice,
    /// Change the agent's nickname.
    ChangeNickname,
    /// Have a message sent again.
    ResendMessage,
    /// Leave the talk and be done with it.
    LeaveAndComplete,
}

impl SessionOperation {
    /// Every operation, in the order in which answers list them.
    pub const ALL: [Self; 19] = [
        Self::Accept,
        Self::Reject,
        Self::Transfer,
        Self::Leave,
        Self::Complete,
        Self::SetInFocus,
        Self::SetDisposition,
        Self::AttachUserData,
        Self::DeleteUserData,
        Self::UpdateUserData,
        Self::SetComment,
        Self::SendMessage,
        Self::SendUrl,
        Self::StartTyping,
        Self::StopTyping,
        Self::SendCustomNotice,
        Self::ChangeNickname,
        Self::ResendMessage,
        Self::LeaveAndComplete,
    ];

    /// Whether answers list it when it is open. What is two operations in one is not listed (spec: digital-channels#2.3).
    const fn is_listed(self) -> bool {
        !matches!(self, Self::LeaveAndComplete)
    }

    /// Whether the operation only concerns the agents' work on the conversation, not the talk.
    const fn is_desk_work(self) -> bool {
        matches!(
            self,
            Self::Complete
                | Self::SetInFocus
                | Self::SetDisposition
                | Self::AttachUserData
                | Self::DeleteUserData
                | Self::UpdateUserData
                | Self::SetComment
        )
    }
}

/// The operations open to an agent, in the order of [`SessionOperation::ALL`] (spec: digital-channels#2.3). Empty for a
/// stranger and for an agent whose part is over.
pub fn capabilities(session: &Session, agent: &UserId) -> Vec<SessionOperation> {
    let listed = SessionOperation::ALL.into_iter().filter(|operation| operation.is_listed());
    listed.filter(|operation| is_open(session, agent, *operation)).collect()
}

/// Whether one operation is open to an agent.
pub fn is_open(session: &Session, agent: &UserId, operation: SessionOperation) -> bool {
    let Some(party) = session.party(agent) else { return false };
    if operation == SessionOperation::LeaveAndComplete {
        return [SessionOperation::Leave, SessionOperation::Complete]
            .iter()
            .all(|part| is_open(session, agent, *part));
    }
    match party.state {
        AgentPartyState::Invited => matches!(operation, SessionOperation::Accept | SessionOperation::Reject),
        AgentPartyState::Chatting => match operation {
            SessionOperation::Accept | SessionOperation::Reject => false,
            SessionOperation::Leave => true,
            SessionOperation::ResendMessage => session.customer.present && has_repeatable(session),
            SessionOperation::Transfer => session.customer.present && session.transfer_of(agent).is_none(),
            _ => session.customer.present || operation.is_desk_work(),
        },
        AgentPartyState::LeftChat | AgentPartyState::JoinFailed => operation.is_desk_work(),
        AgentPartyState::Completed | AgentPartyState::Revoked => false,
    }
}

fn has_repeatable(session: &Session) -> bool {
    let mut outgoing = session.post.iter().flat_map(|post| post.outgoing.values());
    outgoing.any(|sent| sent.state.may_be_repeated())
}

/// A last message that goes with the end of an agent's part (spec: digital-channels#2.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosingMessage {
    /// The words.
    pub text: String,
    /// The sender's word for this kind of message.
    pub message_type: Option<String>,
}

/// Where a conversation is handed over to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandoverTarget {
    /// A colleague.
    Agent(UserId),
    /// A queue.
    Queue(QueueName),
}

/// What an agent does with a conversation (spec: digital-channels#2.6, #1.7).
#[derive(Clone, Debug, PartialEq)]
pub enum SessionAct {
    /// Takes the offer.
    Accept {
        /// The name the customer should see.
        nickname: String,
        /// Whether to write the agent down as the one who last served this customer.
        save_last_agent: bool,
    },
    /// Refuses the offer.
    Reject,
    /// Says something to everyone.
    Say {
        /// The words.
        text: String,
        /// The sender's word for this kind of message.
        message_type: Option<String>,
    },
    /// Sends a link.
    SendUrl(String),
    /// Starts or stops typing.
    Type {
        /// Starts or stops.
        on: bool,
    },
    /// Sends a notice of the agent's application.
    Notice(String),
    /// Changes the agent's nickname.
    Rename(String),
    /// Leaves the talk.
    Leave {
        /// A last message to the customer.
        last: Option<ClosingMessage>,
    },
    /// Is done with it.
    Complete {
        /// The queue to put it into instead of ending it.
        queue: Option<QueueName>,
        /// Whether to write the agent down as the one who last served this customer.
        save_last_agent: bool,
        /// A last message to the customer.
        last: Option<ClosingMessage>,
    },
    /// Leaves the talk and is done with it, as one.
    LeaveAndComplete {
        /// The queue to put it into instead of ending it.
        queue: Option<QueueName>,
        /// Whether to write the agent down as the one who last served this customer.
        save_last_agent: bool,
        /// A last message to the customer.
        last: Option<ClosingMessage>,
    },
    /// Hands it over.
    Transfer {
        /// To whom.
        to: HandoverTarget,
        /// A last message to the customer.
        last: Option<ClosingMessage>,
    },
    /// Sets the disposition.
    SetDisposition {
        /// The value; empty clears.
        value: String,
        /// The key; the centre's when not given.
        key: Option<String>,
    },
    /// Adds pairs. The same as replacing them (spec: decisions#8), but reported under its own name.
    AttachUserData(UserData),
    /// Adds and replaces pairs.
    UpdateUserData(UserData),
    /// Takes pairs away.
    DeleteUserData(Vec<String>),
    /// Says whether the agent looks at it.
    SetInFocus(bool),
    /// Writes the agents' note.
    Comment(String),
    /// Sends a message again that did not arrive, or may not have arrived.
    Resend {
        /// Place in the log.
        index: u32,
    },
}

impl SessionAct {
    /// The operation that it belongs to.
    pub const fn operation(&self) -> SessionOperation {
        match self {
            Self::Accept { .. } => SessionOperation::Accept,
            Self::Reject => SessionOperation::Reject,
            Self::Say { .. } => SessionOperation::SendMessage,
            Self::SendUrl(_) => SessionOperation::SendUrl,
            Self::Type { on: true } => SessionOperation::StartTyping,
            Self::Type { on: false } => SessionOperation::StopTyping,
            Self::Notice(_) => SessionOperation::SendCustomNotice,
            Self::Rename(_) => SessionOperation::ChangeNickname,
            Self::Leave { .. } => SessionOperation::Leave,
            Self::Complete { .. } => SessionOperation::Complete,
            Self::LeaveAndComplete { .. } => SessionOperation::LeaveAndComplete,
            Self::Transfer { .. } => SessionOperation::Transfer,
            Self::SetDisposition { .. } => SessionOperation::SetDisposition,
            Self::AttachUserData(_) => SessionOperation::AttachUserData,
            Self::UpdateUserData(_) => SessionOperation::UpdateUserData,
            Self::DeleteUserData(_) => SessionOperation::DeleteUserData,
            Self::SetInFocus(_) => SessionOperation::SetInFocus,
            Self::Comment(_) => SessionOperation::SetComment,
            Self::Resend { .. } => SessionOperation::ResendMessage,
        }
    }

    /// The act in a word, for logs.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Accept { .. } => "session.accept",
            Self::Reject => "session.reject",
            Self::Say { .. } => "session.say",
            Self::SendUrl(_) => "session.send-url",
            Self::Type { .. } => "session.type",
            Self::Notice(_) => "session.notice",
            Self::Rename(_) => "session.rename",
            Self::Leave { .. } => "session.leave",
            Self::Complete { .. } => "session.complete",
            Self::LeaveAndComplete { .. } => "session.leave-and-complete",
            Self::Transfer { .. } => "session.transfer",
            Self::SetDisposition { .. } => "session.set-disposition",
            Self::AttachUserData(_) | Self::UpdateUserData(_) | Self::DeleteUserData(_) => {
                "session.user-data"
            }
            Self::SetInFocus(_) => "session.focus",
            Self::Comment(_) => "session.comment",
            Self::Resend { .. } => "session.resend",
        }
    }

    /// The words that it carries to the customer, if it carries any.
    pub fn words(&self) -> Option<Words<'_>> {
        match self {
            Self::Say { text, .. } | Self::SendUrl(text) => Some(Words::Given(text)),
            Self::Leave { last }
            | Self::Complete { last, .. }
            | Self::LeaveAndComplete { last, .. }
            | Self::Transfer { last, .. } => last.as_ref().map(|last| Words::Given(&last.text)),
            Self::Resend { index } => Some(Words::Of(*index)),
            _ => None,
        }
    }
}

/// What an act carries to the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words<'a> {
    /// The words themselves.
    Given(&'a str),
    /// The words of an entry of the log.
    Of(u32),
}

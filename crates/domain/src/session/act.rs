//! What an agent does with a conversation, with all that it takes.

use super::operation::SessionOperation;
use crate::{QueueName, UserData, UserId, request::Help, watch::Monitoring};

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
    /// Asks for help.
    Ask {
        /// For what.
        help: Help,
        /// Whom.
        of: HandoverTarget,
    },
    /// Takes somebody out of the conversation.
    Remove(UserId),
    /// Says something to the agents alone.
    SayToAgents(String),
    /// Starts or stops typing, for the agents alone.
    TypeToAgents {
        /// Starts or stops.
        on: bool,
    },
    /// Sends the agents alone a notice of the agent's application.
    NoticeToAgents(String),
    /// Follows otherwise, as a supervisor.
    Follow(Monitoring),
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
            Self::Ask { help: Help::Consult, .. } => SessionOperation::Consult,
            Self::Ask { help: Help::Invite, .. } => SessionOperation::Invite,
            Self::Remove(_) => SessionOperation::RemoveParticipant,
            Self::SayToAgents(_) => SessionOperation::SendToAgents,
            Self::TypeToAgents { on: true } => SessionOperation::StartTypingToAgents,
            Self::TypeToAgents { on: false } => SessionOperation::StopTypingToAgents,
            Self::NoticeToAgents(_) => SessionOperation::SendCustomNoticeToAgents,
            Self::Follow(Monitoring::ListenIn) => SessionOperation::SwitchToMonitor,
            Self::Follow(Monitoring::Coach) => SessionOperation::SwitchToCoach,
            Self::Follow(Monitoring::BargeIn) => SessionOperation::SwitchToBargeIn,
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
            Self::Ask { help: Help::Consult, .. } => "session.consult",
            Self::Ask { help: Help::Invite, .. } => "session.invite",
            Self::Remove(_) => "session.remove",
            Self::SayToAgents(_) => "session.say-to-agents",
            Self::TypeToAgents { .. } => "session.type-to-agents",
            Self::NoticeToAgents(_) => "session.notice-to-agents",
            Self::Follow(_) => "session.follow",
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

//! The parties of a conversation: its customer, and the agents that were ever invited.

use super::written::Written;
use crate::{
    Millis, UserId,
    interaction::Part,
    message::{Author, ParticipantId, PartyKind, Viewer, Visibility},
    request::Help,
    watch::Monitoring,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The state of one agent in a conversation (spec: digital-channels#2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AgentPartyState {
    /// Offered; waiting for the agent.
    Invited,
    /// The agent talks with the customer.
    Chatting,
    /// The agent accepted, but the customer's side was over already.
    JoinFailed,
    /// The talk is over, the agent still has work to do on it.
    LeftChat,
    /// The agent is done with it.
    Completed,
    /// It was taken away from the agent.
    Revoked,
}

impl AgentPartyState {
    /// Whether the agent is done with the conversation; a terminal state is never left.
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Revoked)
    }

    /// The state in the words of the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invited => "Invited",
            Self::Chatting => "Chatting",
            Self::JoinFailed => "JoinFailed",
            Self::LeftChat => "LeftChat",
            Self::Completed => "Completed",
            Self::Revoked => "Revoked",
        }
    }
}

/// Why an agent was invited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Invitation {
    /// The queue offered it.
    Queue,
    /// A colleague hands it over; `reference` is the number of their command, for the outcome they are owed.
    Transfer {
        /// Who hands over.
        from: UserId,
        /// Position of their command in their mailbox counter.
        reference: u64,
    },
    /// Nobody invited them: they began the conversation.
    Own,
    /// A colleague asks for their help. The customer sees nothing of it.
    Consult(AskedBy),
    /// A colleague invites them to talk with the customer as well.
    Invite(AskedBy),
    /// They supervise, and follow somebody.
    Watch(Following),
}

/// Who asked for an agent's help in a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedBy {
    /// Who asked.
    pub from: UserId,
    /// Position of their command in their mailbox counter, for the outcome they are owed.
    pub reference: u64,
    /// The request by which a queue gave it to them; `None` where they were named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<u32>,
}

/// That a supervisor follows an agent in a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Following {
    /// The agent.
    pub target: UserId,
    /// How.
    pub monitoring: Monitoring,
}

impl Monitoring {
    /// Who sees a supervisor who follows in this way (spec: digital-channels#2.8).
    pub const fn visibility(self) -> Visibility {
        match self {
            Self::ListenIn => Visibility::Supervisors,
            Self::Coach => Visibility::Agents,
            Self::BargeIn => Visibility::All,
        }
    }
}

impl Invitation {
    /// By which somebody comes who takes a request for help.
    pub const fn for_help(help: Help, asked: AskedBy) -> Self {
        match help {
            Help::Consult => Self::Consult(asked),
            Help::Invite => Self::Invite(asked),
        }
    }

    /// Who asked for help, and how to tell them what became of it; `None` where nobody did.
    pub const fn asked_by(&self) -> Option<&AskedBy> {
        match self {
            Self::Consult(asked) | Self::Invite(asked) => Some(asked),
            Self::Queue | Self::Transfer { .. } | Self::Own | Self::Watch(_) => None,
        }
    }

    /// Who invited, and the number of their command; `None` where nobody did.
    pub const fn inviter(&self) -> Option<(&UserId, u64)> {
        match self {
            Self::Transfer { from, reference }
            | Self::Consult(AskedBy { from, reference, .. })
            | Self::Invite(AskedBy { from, reference, .. }) => Some((from, *reference)),
            Self::Queue | Self::Own | Self::Watch(_) => None,
        }
    }

    /// Who sees somebody who comes by it.
    pub const fn visibility(&self) -> Visibility {
        match self {
            Self::Queue | Self::Transfer { .. } | Self::Own | Self::Invite(_) => Visibility::All,
            Self::Consult(_) => Visibility::Agents,
            Self::Watch(following) => following.monitoring.visibility(),
        }
    }

    /// Whether somebody who comes by it answers for the conversation, and not only helps.
    pub const fn answers(&self) -> bool {
        matches!(self, Self::Queue | Self::Transfer { .. } | Self::Own)
    }
}

/// One agent of a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentParty {
    /// The user.
    pub user: UserId,
    /// The agent's user name, for the reporting feed.
    pub user_name: String,
    /// Id of the agent as a participant.
    pub participant: ParticipantId,
    /// Place among all that ever joined, from 1; 0 while only invited.
    pub number: u32,
    /// The name shown to the customer.
    pub nickname: String,
    /// Where they are in it.
    pub state: AgentPartyState,
    /// Who sees them.
    pub visibility: Visibility,
    /// Why they were invited.
    pub invitation: Invitation,
    /// When it was offered to them.
    pub invited_at: Millis,
    /// When the offer lapses.
    pub deadline: Option<Millis>,
    /// When they accepted.
    pub joined_at: Option<Millis>,
    /// When their part ended.
    pub closed_at: Option<Millis>,
    /// Whom they follow in it, for a supervisor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<Following>,
    /// Whether they answer for the conversation although they came to help: they took it over from who left.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub took_over: bool,
    /// Dispositions they set after their part ended: key → value as reporting has it last.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub late: BTreeMap<String, serde_json::Value>,
}

impl AgentParty {
    /// Whether the party takes part in the conversation now, in any live state.
    pub fn is_live(&self) -> bool {
        !self.state.is_terminal()
    }

    /// Whether they talk with the customer.
    pub fn talks(&self) -> bool {
        self.state == AgentPartyState::Chatting && self.visibility.is_all()
    }

    /// Whether they help, or follow, without the customer knowing, now or once they accept.
    pub fn is_behind(&self) -> bool {
        self.is_live() && !self.visibility.is_all()
    }

    /// Whether they are asked by a colleague and the customer does not know of it.
    pub fn is_consulted(&self) -> bool {
        self.state == AgentPartyState::Chatting && !self.visibility.is_all() && self.follows.is_none()
    }

    /// Whether they answer for the conversation: it was given to them, or they took it over.
    pub const fn answers(&self) -> bool {
        self.took_over || self.invitation.answers()
    }

    /// What they may see.
    pub const fn viewer(&self) -> Viewer {
        if self.follows.is_some() { Viewer::Supervisor } else { Viewer::Agent }
    }

    /// The party as the author of a message.
    pub fn author(&self) -> Author {
        Author {
            participant: self.participant.clone(),
            number: self.number,
            kind: PartyKind::Agent,
            nickname: self.nickname.clone(),
            user: Some(self.user.clone()),
            visibility: self.visibility,
        }
    }
}

/// The customer of a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Customer {
    /// Id of the customer as a participant; also the `userId` of the chat protocol.
    pub participant: ParticipantId,
    /// The customer's name.
    pub nickname: String,
    /// SHA-256 of the key that opens this conversation for them, in hex; never the key.
    pub key_digest: String,
    /// Whether they are still in it.
    pub present: bool,
    /// When their side ended.
    pub left_at: Option<Millis>,
    /// How much the customer has written; nothing in conversations of releases that did not count it.
    #[serde(default, skip_serializing_if = "Written::is_nothing")]
    pub written: Written,
}

impl Customer {
    /// The customer as the author of a message: always the first that joined.
    pub fn author(&self) -> Author {
        Author {
            participant: self.participant.clone(),
            number: 1,
            kind: PartyKind::Customer,
            nickname: self.nickname.clone(),
            user: None,
            visibility: Visibility::All,
        }
    }
}

impl Part for AgentParty {
    fn agent(&self) -> Option<&UserId> {
        Some(&self.user)
    }

    fn is_live(&self) -> bool {
        Self::is_live(self)
    }

    /// They joined the conversation and completed it. What was taken away from them is another agent's work.
    fn took_part(&self) -> bool {
        self.state == AgentPartyState::Completed && self.joined_at.is_some()
    }

    fn ended_at(&self) -> Option<Millis> {
        self.closed_at
    }

    fn late(&self) -> &BTreeMap<String, serde_json::Value> {
        &self.late
    }
}

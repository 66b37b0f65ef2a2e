//! The session machine: one conversation of any text medium, with all its parties.
//!
//! A conversation outlives its parties: *Completed* and *Revoked* are states of a party. What an agent
//! sees as "the chat" is a projection of the conversation for that agent; see [`Session::party`] and
//! [`capabilities`].

mod capabilities;
mod delivery;
mod event;
mod fold;
mod written;

pub use capabilities::{Operation, capabilities, is_open};
pub use delivery::{Delivery, MAX_OUTGOING, Outgoing, Progress};
pub use event::{Amendment, Event, Fact, Route, Via};
pub(crate) use event::{blank, blank_value};
pub use written::{MAX_CUSTOMER_BYTES, MAX_CUSTOMER_MESSAGES, Written};

use crate::{
    InteractionId, Millis, QueueName, UserData, UserId,
    medium::MediumName,
    message::{Author, Content, Message, ParticipantId, PartyKind, Visibility},
    thread::{Address, Terms, Window, Writer},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Who ended something (decisions §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Closer {
    /// The agent, by an operation.
    Agent,
    /// The customer.
    Customer,
    /// A supervisor.
    Supervisor,
    /// Nobody: the customer fell silent for too long.
    Idle,
    /// Nobody: the agent did not answer the offer.
    NoAnswer,
    /// The server, taking up after a restart what can no longer go on.
    Restart,
    /// An administrator or a program, by the API.
    Api,
}

/// The state of one agent in a conversation (digital-channels §2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PartyState {
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

impl PartyState {
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
    /// A colleague hands it over; `reference` is the number of his command, for the outcome he is owed.
    Transfer {
        /// Who hands over.
        from: UserId,
        /// Position of their command in their mailbox counter.
        reference: u64,
    },
    /// Nobody invited him: he began the conversation.
    Own,
}

/// One agent of a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentParty {
    /// The user.
    pub user: UserId,
    /// His user name, for the reporting feed.
    pub user_name: String,
    /// His joining.
    pub participant: ParticipantId,
    /// Place among all that ever joined, from 1; 0 while only invited.
    pub number: u32,
    /// The name shown to the customer.
    pub nickname: String,
    /// Where he is in it.
    pub state: PartyState,
    /// Who sees him.
    pub visibility: Visibility,
    /// Why he was invited.
    pub invitation: Invitation,
    /// When it was offered to him.
    pub invited_at: Millis,
    /// When the offer lapses.
    pub deadline: Option<Millis>,
    /// When he accepted.
    pub joined_at: Option<Millis>,
    /// When his part ended.
    pub closed_at: Option<Millis>,
    /// Dispositions he set after his part ended: key → value as reporting has it last.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub late: BTreeMap<String, serde_json::Value>,
}

impl AgentParty {
    /// Whether the party takes part in the conversation now, in any live state.
    pub fn is_live(&self) -> bool {
        !self.state.is_terminal()
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
    /// His joining; also the `userId` of the chat protocol.
    pub participant: ParticipantId,
    /// His name.
    pub nickname: String,
    /// SHA-256 of the key that opens this conversation for him, in hex; never the key.
    pub key_digest: String,
    /// Whether he is still in it.
    pub present: bool,
    /// When his side ended.
    pub left_at: Option<Millis>,
    /// How much the customer has written; nothing in conversations of releases that did not count it.
    #[serde(default, skip_serializing_if = "Written::is_nothing")]
    pub written: Written,
}

impl Customer {
    /// The customer as the author of a message. He is always the first that joined.
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

/// A place in a queue. It is kept while offers are made, so that a refused offer costs the customer nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Higher goes first.
    pub priority: i32,
    /// Since when it waits.
    pub since: Millis,
}

/// How a conversation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// When.
    pub at: Millis,
    /// By whom.
    pub closer: Closer,
}

/// What was last told of a party's typing, so that repeats can be dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typing {
    /// Whether the party types.
    pub on: bool,
    /// Since when that is known.
    pub at: Millis,
}

/// A conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// Its id.
    pub id: InteractionId,
    /// Its medium.
    pub medium: MediumName,
    /// The customer-facing service it came in through.
    pub service: String,
    /// When it began.
    pub created_at: Millis,
    /// The customer.
    pub customer: Customer,
    /// Every agent that was ever invited, in order of invitation. One agent may appear more than once; his
    /// latest row counts.
    pub agents: Vec<AgentParty>,
    /// The queue it was last put into.
    pub queue: QueueName,
    /// Its last place in that queue.
    pub place: Place,
    /// Whether it waits there for an agent now.
    pub waiting: bool,
    /// Agents that shall not be offered it before a moment.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub barred: BTreeMap<UserId, Millis>,
    /// Attached data.
    pub user_data: UserData,
    /// A note of the agents'.
    pub comment: Option<String>,
    /// Index of the next log entry.
    pub next_index: u32,
    /// How many ever joined.
    pub joined: u32,
    /// Who ended the talk with the customer, once it is over; agents may still work on it.
    pub talk_ended: Option<Closer>,
    /// Typing as last told, by participant.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub typing: BTreeMap<ParticipantId, Typing>,
    /// Set when nobody has anything to do with it any more.
    pub ended: Option<End>,
    /// Whether personal values were erased.
    #[serde(default)]
    pub erased: bool,
    /// Where its customer is reached, when a connector carries its messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post: Option<Box<Post>>,
}

/// The part of a conversation that a connector carries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Post {
    /// From where and to whom.
    pub address: Address,
    /// The conversation before it in the same thread.
    pub previous: Option<InteractionId>,
    /// Under which terms.
    pub terms: Terms,
    /// It is over when nobody wrote for this long, in milliseconds; 0 is never.
    pub idle: Millis,
    /// The agent who began it; `None` when the customer did.
    pub begun_by: Option<UserId>,
    /// When somebody last wrote.
    pub spoken_at: Millis,
    /// When the customer last acted, by the clock of the platform; `None` while he has not.
    pub heard_at: Option<Millis>,
    /// Whether it was told that the time to answer runs out.
    pub warned: bool,
    /// Messages of ours that are not settled, by their place in the log.
    pub outgoing: BTreeMap<u32, Outgoing>,
}

/// The first warning comes so long before the time to answer runs out (channel-connectors §2.6).
const WARNING: Millis = 60 * 60 * 1_000;

impl Post {
    /// Whether a writer may write now.
    pub fn window(&self, writer: Writer, now: Millis) -> Window {
        // Who began it himself is bound by no answer's time.
        let since = self.heard_at.map_or(0, |heard| now - heard);
        self.terms.window(writer, since)
    }

    /// Until when an answer of anyone's is carried, and until when a person's; `None` is without end.
    pub fn window_ends(&self) -> (Option<Millis>, Option<Millis>) {
        let after = |time: Option<Millis>| Some(self.heard_at? + time?);
        (after(self.terms.reply), after(self.terms.person))
    }

    /// When to warn that the time to answer runs out.
    pub fn warns_at(&self) -> Option<Millis> {
        let ends = self.window_ends().0.filter(|_| !self.warned)?;
        Some(ends - WARNING)
    }

    /// When it is over if nobody writes.
    pub fn idles_at(&self) -> Option<Millis> {
        (self.idle > 0).then(|| self.spoken_at + self.idle)
    }
}

/// What falls due in a conversation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Deadline {
    /// An offer to this agent.
    Offer(UserId),
    /// The time to answer the customer runs out.
    Window,
    /// Nobody has written for too long.
    Idle,
}

impl Session {
    /// The agent's latest part in it.
    pub fn party(&self, user: &UserId) -> Option<&AgentParty> {
        self.agents.iter().rev().find(|party| party.user == *user)
    }

    /// The agent's live part in it.
    pub fn live_party(&self, user: &UserId) -> Option<&AgentParty> {
        self.party(user).filter(|party| party.is_live())
    }

    /// The agents that take part now.
    pub fn live_agents(&self) -> impl Iterator<Item = &AgentParty> {
        self.agents.iter().filter(|party| party.is_live())
    }

    /// The agents that talk now.
    pub fn chatting(&self) -> impl Iterator<Item = &AgentParty> {
        self.agents.iter().filter(|party| party.state == PartyState::Chatting)
    }

    /// The open invitation that a colleague's transfer made, if one is pending.
    pub fn transfer_of(&self, from: &UserId) -> Option<&AgentParty> {
        self.agents.iter().find(|party| {
            party.state == PartyState::Invited
                && matches!(&party.invitation, Invitation::Transfer { from: who, .. } if who == from)
        })
    }

    /// Id for the next that joins or is invited: unique in the conversation, and the same on every run.
    pub fn next_participant(&self) -> ParticipantId {
        let made = self.agents.len() + 1;
        ParticipantId::new(format!("{:011X}{made:05X}", self.created_at & 0xFFF_FFFF_FFFF))
    }

    /// Moments at which the conversation must be looked at again.
    pub fn deadlines(&self) -> impl Iterator<Item = (Deadline, Millis)> {
        let offers = self
            .agents
            .iter()
            .filter(|party| party.state == PartyState::Invited)
            .filter_map(|party| Some((Deadline::Offer(party.user.clone()), party.deadline?)));
        let post = self.post.as_ref().filter(|_| self.customer.present);
        let window = post.and_then(|post| Some((Deadline::Window, post.warns_at()?)));
        // Who waits for us is not idle, however long we let him wait.
        let served = post.filter(|_| self.chatting().next().is_some());
        let idle = served.and_then(|post| Some((Deadline::Idle, post.idles_at()?)));
        offers.chain(window).chain(idle)
    }

    /// Whether an entry of its log only tells that somebody typed, and was overtaken by something later of the same
    /// party (digital-channels §2.5). Entries that are later than this snapshot are news; of a talk that has ended it is not
    /// known any more.
    pub fn is_overtaken(&self, entry: &Message) -> bool {
        if !entry.content.is_typing() || entry.index >= self.next_index || self.talk_ended.is_some() {
            return false;
        }
        let on = matches!(entry.content, Content::TypingStarted { .. });
        self.typing.get(&entry.from.participant) != Some(&Typing { on, at: entry.at })
    }

    /// Whether anyone still has to do with it.
    pub fn is_open(&self) -> bool {
        self.ended.is_none()
    }
}

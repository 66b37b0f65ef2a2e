//! What can happen to a conversation.

use super::party::{AgentPartyState, Following, Invitation};
use crate::{
    InteractionId, Millis, QueueName, ServiceName, UserData, UserId,
    delivery::Delivery,
    interaction::{EndedBy, Via},
    medium::MediumName,
    message::{ParticipantId, PartyKind, Visibility},
    request::Help,
    thread::{Address, Terms},
    userdata::blank_value,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One event of a conversation; medium and queue stand in each, so that a reader of the feed needs no state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionEvent {
    /// The medium.
    pub medium: MediumName,
    /// The queue it was last put into, after this event.
    pub queue: QueueName,
    /// What happened.
    pub fact: Fact,
    /// How many bytes of JSON the customer of a web chat wrote by it; 0 is none.
    #[serde(default, skip_serializing_if = "is_none")]
    pub written: u32,
    /// How long the state lasted that this event ended, in milliseconds; `None` where it ends none, where that is not
    /// known, and in events of format 1 ([`crate::format`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elapsed_ms: Option<u64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
const fn is_none(bytes: &u32) -> bool {
    *bytes == 0
}

/// What happened to a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Fact {
    /// A customer came.
    Created {
        /// The service the customer came through.
        service: ServiceName,
        /// Id of the customer as a participant.
        participant: ParticipantId,
        /// The customer's name.
        nickname: String,
        /// SHA-256 of the customer's key, in hex.
        key_digest: String,
        /// What the customer's application sent along.
        user_data: UserData,
        /// Where the customer is reached, when a connector carries the messages.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        post: Option<Route>,
    },
    /// It takes a place in a queue.
    Queued {
        /// Higher goes first.
        priority: i32,
        /// Its place is counted from here.
        since: Millis,
        /// The agent who put it there, if one did.
        by: Option<UserId>,
        /// That agent is not offered it before this moment.
        barred_until: Option<Millis>,
    },
    /// It is kept for the agent who served its customer last.
    Preferred {
        /// The agent.
        agent: UserId,
        /// The agent's user name.
        user_name: String,
        /// Until when.
        until: Millis,
    },
    /// It is offered to an agent.
    Offered {
        /// The agent.
        agent: UserId,
        /// The agent's user name.
        user_name: String,
        /// Id of the agent as a participant, if they accept.
        participant: ParticipantId,
        /// Why this agent.
        invitation: Invitation,
        /// When the offer lapses.
        deadline: Option<Millis>,
        /// The supervisor who named this agent, if one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<UserId>,
    },
    /// An agent asks a queue for help. The conversation waits there for that, whatever else it does.
    Requested {
        /// Its number in the conversation, from 1.
        request: u32,
        /// For what.
        help: Help,
        /// The queue that is asked.
        asks: QueueName,
        /// Higher goes first.
        priority: i32,
        /// Who asks.
        agent: UserId,
        /// Their user name.
        user_name: String,
        /// The number of their command.
        reference: u64,
        /// When it lapses.
        deadline: Millis,
    },
    /// A request for help came to nothing.
    RequestEnded {
        /// Its number in the conversation.
        request: u32,
        /// Who asked.
        agent: UserId,
        /// Their user name.
        user_name: String,
        /// Who ended it; nobody answered, or whose part ended.
        closer: EndedBy,
    },
    /// An agent is seen by others than before: somebody who was only asked talks with the customer from now on, or a
    /// supervisor follows otherwise.
    VisibilityChanged {
        /// The agent.
        agent: UserId,
        /// Their user name.
        user_name: String,
        /// Who sees them now.
        visibility: Visibility,
        /// Whom they follow now, and how.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        follows: Option<Following>,
    },
    /// An agent who came to help answers for the conversation from now on, and talks with the customer.
    TookOver {
        /// The agent.
        agent: UserId,
        /// Their user name.
        user_name: String,
        /// Who left it to them.
        from: UserId,
    },
    /// The agent refused the offer, or let it lapse, or it was withdrawn.
    OfferEnded {
        /// The agent.
        agent: UserId,
        /// `Completed` when the agent refused, `Revoked` otherwise.
        state: AgentPartyState,
        /// Who ended the offer.
        closer: EndedBy,
        /// The agent is not offered it again before this moment.
        barred_until: Option<Millis>,
        /// Whether the conversation had a disposition then.
        dispositioned: bool,
    },
    /// The agent took it and joined the talk.
    Accepted {
        /// The agent.
        agent: UserId,
        /// The name the customer sees.
        nickname: String,
    },
    /// The agent took it, but the talk was over.
    JoinFailed {
        /// The agent.
        agent: UserId,
        /// The name the customer would have seen.
        nickname: String,
    },
    /// Something was said; the words are in the message log.
    Said {
        /// Place in the log.
        index: u32,
        /// Who, as a kind.
        by: PartyKind,
        /// The agent, if one.
        agent: Option<UserId>,
        /// What kind of message ([`crate::message::Content::kind`]).
        kind: String,
        /// Who sees it.
        visibility: Visibility,
        /// When it was written, by the clock of the platform that brought it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sent_at: Option<Millis>,
        /// That a connector carries it to the customer, and the number of the command that asked for it; 0 is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        posted: Option<u64>,
    },
    /// A message of ours came further on its way to the customer, or did not.
    Delivery {
        /// Place in the log.
        index: u32,
        /// How far it has come.
        state: Delivery,
        /// The provider's code for what went wrong.
        code: Option<String>,
    },
    /// An agent has a message sent again that did not arrive.
    Resent {
        /// Place in the log.
        index: u32,
        /// The agent.
        agent: UserId,
        /// The number of the agent's command.
        reference: u64,
    },
    /// The customer changed something they had written.
    Amended {
        /// Place in the log.
        index: u32,
        /// How.
        how: Amendment,
    },
    /// The customer came, or wrote while they waited, and the queue is closed.
    FoundClosed {
        /// When it opens; `None` when nobody knows.
        until: Option<Millis>,
        /// Whether the customer was told so now; not when they had been told for this closure.
        told: bool,
        /// Whether the queue takes nobody in now, so that the conversation ends.
        refused: bool,
    },
    /// Nobody wrote for so long that it takes no slot of its agents any more, until somebody writes.
    SlotsLeft,
    /// The time in which the customer can be answered runs out soon.
    WindowClosing {
        /// When it has run out.
        at: Millis,
    },
    /// Somebody began or stopped typing. Not in the reporting feed.
    Typed {
        /// Place in the log.
        index: u32,
        /// Who.
        participant: ParticipantId,
        /// Began or stopped.
        on: bool,
        /// Who sees it.
        #[serde(default, skip_serializing_if = "Visibility::is_all")]
        visibility: Visibility,
    },
    /// A party changed its name.
    Renamed {
        /// The agent; `None` is the customer.
        agent: Option<UserId>,
        /// The new name.
        nickname: String,
    },
    /// The customer's side of the talk ended.
    TalkEnded {
        /// By whom.
        closer: EndedBy,
    },
    /// User data changed, disposition keys excepted.
    DataChanged {
        /// Pairs added or replaced.
        set: UserData,
        /// Keys taken away.
        removed: Vec<String>,
        /// The agent, if one did it.
        agent: Option<UserId>,
        /// By which operation.
        via: Via,
    },
    /// A disposition was set, changed or cleared (spec: decisions#6).
    Disposition {
        /// The agent; `None` when the customer's application wrote the key.
        agent: Option<UserId>,
        /// The agent's user name.
        user_name: Option<String>,
        /// Id of the agent as a participant: the leg of the conversation that the disposition belongs to.
        leg: ParticipantId,
        /// Under which key.
        key: String,
        /// The value; null when the pair was taken away.
        value: Value,
        /// The value before; null when there was none.
        previous: Value,
        /// By which operation.
        via: Via,
        /// Set after the agent's part ended: user data is not touched, only reporting hears of it.
        late: bool,
        /// Whether the book knows the value.
        known: bool,
        /// Whether it is kept as the agent's own beside what others set. In events of releases that kept one for all it
        /// is not, so that they come to the snapshots that those releases wrote.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        own: bool,
    },
    /// The agents' note changed.
    Commented {
        /// The agent.
        agent: UserId,
        /// The note.
        comment: String,
    },
    /// An agent's part moved on: to work after the talk, or to its end.
    PartyClosed {
        /// The agent.
        agent: UserId,
        /// The agent's user name.
        user_name: String,
        /// `LeftChat`, `Completed` or `Revoked`.
        state: AgentPartyState,
        /// Who closed it.
        closer: EndedBy,
        /// Whether the conversation had a disposition then.
        dispositioned: bool,
        /// To whom it went, when it was handed over.
        to: Option<UserId>,
    },
    /// It is taken from an agent, whose part ends with the next facts.
    TakenAway {
        /// The agent.
        agent: UserId,
        /// The supervisor who takes it; `None` when the agent's client fell silent.
        by: Option<UserId>,
        /// The agent is not offered it before this moment.
        barred_until: Option<Millis>,
    },
    /// Nobody has anything to do with it any more.
    Ended {
        /// Who ended the talk.
        closer: EndedBy,
        /// Whether the conversation had a disposition.
        dispositioned: bool,
    },
    /// Personal values were erased.
    Erased,
}

/// Where a conversation's customer is reached, and under which terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// From where and to whom.
    pub address: Address,
    /// The conversation before it in the same thread.
    pub previous: Option<InteractionId>,
    /// Under which terms.
    pub terms: Terms,
    /// It is over when nobody wrote for this long, in milliseconds; 0 is never.
    pub idle: Millis,
    /// It takes no slot of its agents when nobody wrote for this long, in milliseconds; 0 is never.
    #[serde(default, skip_serializing_if = "crate::millis::is_zero")]
    pub idle_slot: Millis,
    /// The agent who began it; `None` when the customer did.
    pub begun_by: Option<UserId>,
}

/// How a customer changed something they had written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Amendment {
    /// The customer wrote something else in its place.
    Edited,
    /// The customer took it back.
    Unsent,
}

impl Fact {
    /// Whether it is the first that can happen to a conversation, and only the first.
    pub const fn begins(&self) -> bool {
        matches!(self, Self::Created { .. })
    }

    /// The word under which the reporting feed tells of it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Created { .. } => "session.created",
            Self::Queued { .. } => "session.queued",
            Self::Requested { .. } => "session.requested",
            Self::RequestEnded { .. } => "session.request-ended",
            Self::VisibilityChanged { .. } => "session.visibility",
            Self::TookOver { .. } => "session.took-over",
            Self::Preferred { .. } => "session.preferred",
            Self::Offered { .. } => "session.offered",
            Self::OfferEnded { .. } => "session.offer-ended",
            Self::Accepted { .. } => "session.accepted",
            Self::JoinFailed { .. } => "session.join-failed",
            Self::Said { .. } => "session.message",
            Self::Delivery { .. } => "session.delivery",
            Self::Resent { .. } => "session.resent",
            Self::Amended { .. } => "session.amended",
            Self::FoundClosed { .. } => "session.found-closed",
            Self::SlotsLeft => "session.slots-left",
            Self::WindowClosing { .. } => "session.window-closing",
            Self::Typed { .. } => "session.typing",
            Self::Renamed { .. } => "session.renamed",
            Self::TalkEnded { .. } => "session.talk-ended",
            Self::DataChanged { .. } => "session.user-data",
            Self::Disposition { .. } => "disposition",
            Self::Commented { .. } => "session.comment",
            Self::PartyClosed { .. } => "session.party-closed",
            Self::TakenAway { .. } => "session.taken-away",
            Self::Ended { .. } => "session.ended",
            Self::Erased => "session.erased",
        }
    }

    /// Takes personal values out and leaves what the numbers need. Exhaustive on purpose: a new fact must
    /// say here what of it is personal. A disposition keeps the value of a code; words that no book knows, and
    /// whatever stood under the key before, may be about anybody and go.
    pub fn redact(&mut self) {
        match self {
            Self::Created { nickname, user_data, post, .. } => {
                nickname.clear();
                *user_data = user_data.blanked();
                if let Some(post) = post {
                    post.address.theirs.clear();
                }
            }
            Self::Renamed { agent: None, nickname } => nickname.clear(),
            Self::DataChanged { set, .. } => *set = set.blanked(),
            Self::Commented { comment, .. } => comment.clear(),
            Self::Disposition { value, previous, known, .. } => {
                if !*known {
                    blank_value(value);
                }
                blank_value(previous);
            }
            Self::Renamed { agent: Some(_), .. }
            | Self::Queued { .. }
            | Self::Requested { .. }
            | Self::RequestEnded { .. }
            | Self::VisibilityChanged { .. }
            | Self::TookOver { .. }
            | Self::Preferred { .. }
            | Self::Offered { .. }
            | Self::OfferEnded { .. }
            | Self::Accepted { .. }
            | Self::JoinFailed { .. }
            | Self::Said { .. }
            | Self::Delivery { .. }
            | Self::Resent { .. }
            | Self::Amended { .. }
            | Self::FoundClosed { .. }
            | Self::SlotsLeft
            | Self::WindowClosing { .. }
            | Self::Typed { .. }
            | Self::TalkEnded { .. }
            | Self::PartyClosed { .. }
            | Self::TakenAway { .. }
            | Self::Ended { .. }
            | Self::Erased => {}
        }
    }
}

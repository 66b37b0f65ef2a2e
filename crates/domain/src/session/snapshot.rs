//! A conversation as its events left it.

use super::{
    party::{AgentParty, AgentPartyState, Customer, Invitation},
    post::Post,
};
use crate::{
    InteractionId, Millis, QueueName, ServiceName, UserData, UserId,
    interaction::{End, EndedBy, Interaction, QueuePosition},
    medium::MediumName,
    message::{Content, Message, ParticipantId, Visibility},
    request::Request,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What was last told of a party's typing, so that repeats can be dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typing {
    /// Whether the party types.
    pub on: bool,
    /// Since when that is known.
    pub at: Millis,
}

/// A disposition that an agent set while they took part (spec: decisions#6).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentDisposition {
    /// The agent as a participant.
    pub party: ParticipantId,
    /// Under which key.
    pub key: String,
    /// The value.
    pub value: serde_json::Value,
}

/// A conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// Its id.
    pub id: InteractionId,
    /// Its medium.
    pub medium: MediumName,
    /// The customer-facing service it came in through.
    pub service: ServiceName,
    /// When it began.
    pub created_at: Millis,
    /// The customer.
    pub customer: Customer,
    /// Every agent that was ever invited, in order of invitation. One agent may appear more than once; their
    /// latest row counts.
    pub agents: Vec<AgentParty>,
    /// The queue it was last put into.
    pub queue: QueueName,
    /// Its last place in that queue.
    pub place: QueuePosition,
    /// Whether it waits there for an agent now.
    pub waiting: bool,
    /// The agent for whom it is kept while it waits, and until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred: Option<(UserId, Millis)>,
    /// Until when its customer knows that the queue is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_closed: Option<Millis>,
    /// Agents that should not be offered it before a moment.
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
    pub talk_ended: Option<EndedBy>,
    /// The dispositions of agents that stand, in the order in which they were set: one for a party and a key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dispositions: Vec<AgentDisposition>,
    /// Requests for help that queues have, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<Request>,
    /// How many requests for help there ever were.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub requested: u32,
    /// Typing as last told to everyone, by participant.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub typing: BTreeMap<ParticipantId, Typing>,
    /// Typing as last told to agents alone, by participant.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub typing_to_agents: BTreeMap<ParticipantId, Typing>,
    /// Set when nobody has anything to do with it any more.
    pub ended: Option<End>,
    /// Whether personal values were erased.
    #[serde(default)]
    pub erased: bool,
    /// Where its customer is reached, when a connector carries its messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post: Option<Box<Post>>,
}

/// How many take part in a conversation, or are asked to, at the same time, supervisors apart.
const MOST: usize = 10;
/// How often somebody is asked into one conversation by others than the queue that it waits in: each time is kept.
const MOST_PARTS: usize = 500;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
const fn is_zero(count: &u32) -> bool {
    *count == 0
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
    /// Nobody has written for so long that it takes no slot any more.
    Slots,
    /// Nobody has taken the request for help with this number.
    Request(u32),
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
        self.agents.iter().filter(|party| party.state == AgentPartyState::Chatting)
    }

    /// The agents that talk with the customer now.
    pub fn talking(&self) -> impl Iterator<Item = &AgentParty> {
        self.agents.iter().filter(|party| party.talks())
    }

    /// The agents that talk now as somebody sees it who takes part: a supervisor who only listens is seen by supervisors
    /// alone.
    pub fn seen_by(&self, party: &AgentParty) -> impl Iterator<Item = &AgentParty> {
        let (viewer, own) = (party.viewer(), party.participant.clone());
        self.chatting().filter(move |other| other.visibility.is_for(viewer) || other.participant == own)
    }

    /// Whether one more may be asked to take part. Supervisors take nobody's place: who does not see them must not be able
    /// to count them.
    pub fn has_room(&self) -> bool {
        let take_part = self.live_agents().filter(|party| party.follows.is_none());
        take_part.count() + self.requests.len() < MOST
    }

    /// Whether its list of everybody who was ever asked has room for others than whom a queue finds for its customer.
    pub fn takes_more_parts(&self) -> bool {
        self.agents.len() < MOST_PARTS
    }

    /// A request for help that no agent has taken yet.
    pub fn request(&self, number: u32) -> Option<&Request> {
        self.requests.iter().find(|request| request.number == number)
    }

    /// What was last told of the typing of a participant to everyone, or to agents alone.
    pub fn typing(&self, participant: &ParticipantId, visibility: Visibility) -> Option<Typing> {
        let told = if visibility.is_all() { &self.typing } else { &self.typing_to_agents };
        told.get(participant).copied()
    }

    /// The open invitation that a colleague's transfer made, if one is pending.
    pub fn transfer_of(&self, from: &UserId) -> Option<&AgentParty> {
        self.agents.iter().find(|party| {
            party.state == AgentPartyState::Invited
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
            .filter(|party| party.state == AgentPartyState::Invited)
            .filter_map(|party| Some((Deadline::Offer(party.user.clone()), party.deadline?)));
        let post = self.post.as_ref().filter(|_| self.customer.present);
        let window = post.and_then(|post| Some((Deadline::Window, post.warns_at()?)));
        // A customer who waits for us is not idle, however long we let them wait.
        let served = post.filter(|_| self.talking().next().is_some());
        let idle = served.and_then(|post| Some((Deadline::Idle, post.idles_at()?)));
        let slots = served.and_then(|post| Some((Deadline::Slots, post.leaves_slots_at()?)));
        let asked = self.requests.iter().map(|request| (Deadline::Request(request.number), request.deadline));
        offers.chain(window).chain(idle).chain(slots).chain(asked)
    }

    /// Whether an entry of its log only tells that somebody typed, and was overtaken by something later of the same
    /// party (spec: digital-channels#2.5). Entries later than this snapshot are news; once the talk has ended it is not
    /// known any more.
    pub fn is_overtaken(&self, entry: &Message) -> bool {
        if !entry.content.is_typing() || entry.index >= self.next_index || self.talk_ended.is_some() {
            return false;
        }
        let on = matches!(entry.content, Content::TypingStarted { .. });
        self.typing(&entry.from.participant, entry.visibility) != Some(Typing { on, at: entry.at })
    }

    /// Whether it is not over yet.
    pub fn is_open(&self) -> bool {
        self.ended.is_none()
    }
}

impl Interaction for Session {
    type Part = AgentParty;

    fn id(&self) -> &InteractionId {
        &self.id
    }

    fn medium(&self) -> MediumName {
        self.medium.clone()
    }

    fn parts(&self) -> &[AgentParty] {
        &self.agents
    }

    fn user_data(&self) -> &UserData {
        &self.user_data
    }

    fn known_as<'s>(&'s self, _: &'s AgentParty) -> &'s InteractionId {
        &self.id
    }

    fn disposition(&self, part: Option<&AgentParty>, key: &str) -> Option<&serde_json::Value> {
        let mut set = self.dispositions.iter().filter(|set| set.key == key).peekable();
        match part {
            // What no agent set came with the conversation, and counts for all.
            Some(party) if set.peek().is_some() => {
                set.find(|set| set.party == party.participant).map(|set| &set.value)
            }
            _ => self.user_data.get(key),
        }
    }

    fn is_open(&self) -> bool {
        Self::is_open(self)
    }

    fn is_erased(&self) -> bool {
        self.erased
    }
}

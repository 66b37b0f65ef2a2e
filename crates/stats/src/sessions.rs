//! Conversations, while they are open: what of one is needed to count what comes of it.

use crate::{
    columns::{agent as column, queue},
    ledger::{Ledger, lasted},
    queueing::{Desk, Left, Queueing},
};
use domain::{
    MediumName, Millis, QueueName, UserId,
    interaction::EndedBy,
    message::ParticipantId,
    session::{AgentPartyState, Fact, Invitation, SessionEvent},
};
use serde::{Deserialize, Serialize};

/// An open conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Conversation {
    pub medium: MediumName,
    /// The queue it was last put into.
    queue: QueueName,
    pub queueing: Queueing,
    pub parts: Vec<Part>,
    /// When the customer's side of the talk ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    over: Option<Millis>,
    /// Whether an agent began it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    outbound: bool,
}

/// The part of an agent in a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Part {
    pub agent: UserId,
    participant: ParticipantId,
    role: Role,
    /// Whether it is an offer of a customer, which is taken or not; who begins a conversation is offered nothing.
    offered: bool,
    /// Whether a queue offers it.
    by_queue: bool,
    /// Whose customers it serves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    queue: Option<QueueName>,
    pub joined: Option<Millis>,
    /// Whether there was a customer to talk with when they joined: else it is work alone.
    talked: bool,
    /// When its talk ended: later than that it is work after it.
    talk_end: Option<Millis>,
    pub ended: Option<Millis>,
}

/// What somebody is in a conversation for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Role {
    Serves,
    Helps,
    Follows(UserId),
}

impl Conversation {
    /// One that is seen for the first time.
    pub fn new(event: &SessionEvent) -> Self {
        Self {
            medium: event.medium.clone(),
            queue: event.queue.clone(),
            queueing: Queueing::default(),
            parts: Vec::new(),
            over: None,
            outbound: false,
        }
    }

    /// Counts an event of it.
    pub fn apply(&mut self, desk: &mut Desk<'_>, event: &SessionEvent) {
        let medium = self.medium.clone();
        let (medium, at) = (medium.as_str(), desk.at);
        match &event.fact {
            Fact::Created { post, .. } => {
                self.outbound = post.as_ref().is_some_and(|route| route.begun_by.is_some());
            }
            Fact::Queued { by, .. } => self.queued(desk, event, by.as_ref()),
            Fact::FoundClosed { refused: true, .. } => self.queueing.leave(desk, medium, Left::OutOfHours),
            Fact::FoundClosed { refused: false, .. } => {
                desk.ledger.queue(at, event.queue.as_str(), medium).one(queue::FOUND_CLOSED);
            }
            Fact::Offered { agent, participant, invitation, .. } => {
                self.offered(desk, agent, participant, invitation);
            }
            Fact::Requested { agent, .. } => {
                desk.ledger.agent(at, agent.as_str(), medium).one(column::ASKED);
            }
            Fact::OfferEnded { agent, state, closer, .. } => {
                let Some(part) = self.live(agent) else { return };
                part.ended = Some(at);
                if part.offered {
                    desk.ledger.agent(at, agent.as_str(), medium).one(match (state, closer) {
                        (AgentPartyState::Completed, _) => column::REFUSED,
                        (_, EndedBy::NoAnswer) => column::MISSED,
                        _ => column::WITHDRAWN,
                    });
                }
            }
            Fact::Accepted { agent, .. } => self.joined(desk, agent, true),
            Fact::JoinFailed { agent, .. } => self.joined(desk, agent, false),
            Fact::TookOver { agent, .. } => {
                let queue = event.queue.clone();
                if let Some(part) = self.live(agent) {
                    (part.role, part.queue) = (Role::Serves, Some(queue));
                }
            }
            Fact::TalkEnded { closer } => {
                self.over = Some(at);
                let how = match closer {
                    EndedBy::Customer | EndedBy::Idle => Left::Abandoned,
                    EndedBy::Closed => Left::OutOfHours,
                    _ => Left::Removed,
                };
                self.queueing.leave(desk, medium, how);
                for part in self.parts.iter_mut().filter(|part| part.ended.is_none() && part.joined.is_some())
                {
                    part.talk_end.get_or_insert(at);
                }
            }
            Fact::PartyClosed { agent, state, dispositioned, to, .. } => {
                let Some(part) = self.live(agent) else { return };
                if part.joined.is_some() {
                    part.talk_end.get_or_insert(at);
                }
                if state.is_terminal() {
                    part.ended = Some(at);
                    let lacks_code = *state == AgentPartyState::Completed && !dispositioned;
                    part.count(desk.ledger, at, medium, lacks_code, to.is_some());
                }
            }
            Fact::Ended { .. } => self.queueing.leave(desk, medium, Left::Removed),
            Fact::Preferred { .. }
            | Fact::TakenAway { .. }
            | Fact::RequestEnded { .. }
            | Fact::VisibilityChanged { .. }
            | Fact::Said { .. }
            | Fact::Delivery { .. }
            | Fact::Resent { .. }
            | Fact::Amended { .. }
            | Fact::SlotsLeft
            | Fact::WindowClosing { .. }
            | Fact::Typed { .. }
            | Fact::Renamed { .. }
            | Fact::DataChanged { .. }
            | Fact::Disposition { .. }
            | Fact::Commented { .. }
            | Fact::Erased => {}
        }
        self.queue.clone_from(&event.queue);
    }

    /// It is put into a queue: by the agent who hands it over, by a supervisor who moves it to another, or it goes back. The
    /// part of who hands it over ended in the same moment; a supervisor takes it from somebody else.
    fn queued(&mut self, desk: &mut Desk<'_>, event: &SessionEvent, by: Option<&UserId>) {
        let (medium, at) = (event.medium.as_str(), desk.at);
        let left =
            |part: &&Part| by == Some(&part.agent) && part.role == Role::Serves && part.ended == Some(at);
        let left = self.parts.iter().rev().find(left);
        let is_moved = event.queue != self.queue;
        self.queueing.enter(desk, &event.queue, medium, left.is_some() || is_moved);
        let Some(left) = left else { return };
        desk.ledger.agent(at, left.agent.as_str(), medium).one(column::TRANSFERRED_OUT);
        if let Some(served) = &left.queue {
            desk.ledger.queue(at, served.as_str(), medium).one(queue::TRANSFERRED_OUT);
        }
    }

    fn offered(
        &mut self,
        desk: &mut Desk<'_>,
        agent: &UserId,
        participant: &ParticipantId,
        invitation: &Invitation,
    ) {
        let (medium, at) = (self.medium.as_str(), desk.at);
        let role = match invitation {
            Invitation::Queue | Invitation::Transfer { .. } | Invitation::Own => Role::Serves,
            Invitation::Consult(asked) | Invitation::Invite(asked) => {
                // Who asks a queue is counted when they ask.
                if asked.request.is_none() {
                    desk.ledger.agent(at, asked.from.as_str(), medium).one(column::ASKED);
                }
                Role::Helps
            }
            Invitation::Watch(following) => Role::Follows(following.target.clone()),
        };
        let offered = matches!(invitation, Invitation::Queue | Invitation::Transfer { .. });
        if offered {
            desk.ledger.agent(at, agent.as_str(), medium).one(column::OFFERED);
        }
        let queue = (role == Role::Serves).then(|| self.queue.clone());
        let by_queue = *invitation == Invitation::Queue;
        if by_queue {
            self.queueing.offer();
        }
        let (agent, participant) = (agent.clone(), participant.clone());
        let part = Part {
            agent,
            participant,
            role,
            offered,
            by_queue,
            queue,
            joined: None,
            talked: false,
            talk_end: None,
            ended: None,
        };
        self.parts.push(part);
    }

    /// An agent takes it; `talks` says whether there is a customer to talk with.
    fn joined(&mut self, desk: &mut Desk<'_>, agent: &UserId, talks: bool) {
        let (medium, outbound) = (self.medium.clone(), self.outbound);
        let (medium, at) = (medium.as_str(), desk.at);
        let Some(part) = self.live(agent) else { return };
        (part.joined, part.talked) = (Some(at), talks);
        if !talks {
            part.talk_end = Some(at);
        }
        let row = desk.ledger.agent(at, agent.as_str(), medium);
        if part.offered {
            row.one(column::ACCEPTED);
        }
        match &part.role {
            Role::Serves if talks => {
                row.one(if outbound { column::OUTBOUND } else { column::INBOUND });
            }
            Role::Serves => {}
            Role::Helps => {
                row.one(column::CONSULTED);
            }
            Role::Follows(target) => {
                row.one(column::MONITORING);
                desk.ledger.agent(at, target.as_str(), medium).one(column::MONITORED);
            }
        }
        if part.by_queue {
            self.queueing.answer(desk, medium);
        }
    }

    /// The live part of an agent.
    fn live(&mut self, agent: &UserId) -> Option<&mut Part> {
        self.parts.iter_mut().rev().find(|part| part.agent == *agent).filter(|part| part.ended.is_none())
    }

    /// When a part ended, by the id of its participant.
    pub fn ended_at(&self, participant: &ParticipantId) -> Option<Millis> {
        self.parts.iter().find(|part| part.participant == *participant)?.ended
    }

    /// When each part ended that did, by the ids of their participants.
    pub fn ends(&self) -> impl Iterator<Item = (&str, Millis)> {
        self.parts.iter().filter_map(|part| Some((part.participant.as_str(), part.ended?)))
    }
}

impl Part {
    /// Whether its agent talks with the customer and answers for it.
    pub fn is_talking(&self) -> bool {
        self.role == Role::Serves && self.joined.is_some() && self.talk_end.is_none()
    }

    /// Counts it, once it is over.
    fn count(&self, ledger: &mut Ledger, at: Millis, medium: &str, lacks_code: bool, handed_over: bool) {
        let (Some(joined), Some(talk_end)) = (self.joined, self.talk_end) else { return };
        let (talk, wrap) = (lasted(joined, talk_end), lasted(talk_end, at));
        let row = ledger.agent(at, self.agent.as_str(), medium);
        match self.role {
            Role::Helps => {
                row.add(column::CONSULT_MS, lasted(joined, at));
                return;
            }
            Role::Follows(_) => return,
            Role::Serves => {}
        }
        row.add(column::WRAP_MS, wrap);
        if self.talked {
            row.one(column::HANDLED).add(column::TALK_MS, talk);
            if lacks_code {
                row.one(column::WITHOUT_DISPOSITION);
            }
        }
        if handed_over {
            row.one(column::TRANSFERRED_OUT);
        }
        let Some(served) = &self.queue else { return };
        let row = ledger.queue(at, served.as_str(), medium);
        row.add(queue::WRAP_MS, wrap);
        if self.talked {
            row.one(queue::HANDLED).add(queue::TALK_MS, talk);
            if lacks_code {
                row.one(queue::WITHOUT_DISPOSITION);
            }
        }
        if handed_over {
            row.one(queue::TRANSFERRED_OUT);
        }
    }
}

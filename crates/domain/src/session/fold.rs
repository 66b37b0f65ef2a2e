//! Folding events into a conversation. No rule lives here: what is folded was decided.

use super::{
    AgentParty, Customer, End, Event, Fact, Invitation, PartyState, Place, Session, Typing,
    event::{blank, blank_value},
};
use crate::{
    Millis, SessionId, UserData, UserId,
    message::{ParticipantId, PartyKind, Visibility},
};
use serde_json::Value;
use std::collections::BTreeMap;

impl Session {
    /// Begins a conversation from its first event; `None` if that is not its creation.
    pub fn begin(id: SessionId, at: Millis, event: &Event) -> Option<Self> {
        let Fact::Created { service, participant, nickname, key_digest, user_data } = &event.fact else {
            return None;
        };
        Some(Self {
            id,
            medium: event.medium.clone(),
            service: service.clone(),
            created_at: at,
            customer: Customer {
                participant: participant.clone(),
                nickname: nickname.clone(),
                key_digest: key_digest.clone(),
                present: true,
                left_at: None,
            },
            agents: Vec::new(),
            queue: event.queue.clone(),
            place: Place { priority: 0, since: at },
            waiting: false,
            barred: BTreeMap::new(),
            user_data: user_data.clone(),
            comment: None,
            next_index: 1,
            joined: 1,
            talk_ended: None,
            typing: BTreeMap::new(),
            ended: None,
            erased: false,
        })
    }

    /// Folds one event that happened at `at` into the conversation.
    pub fn apply(&mut self, at: Millis, event: &Event) {
        self.queue = event.queue.clone();
        match &event.fact {
            Fact::Created { .. } => {}
            Fact::Queued { priority, since, by, barred_until } => {
                self.place = Place { priority: *priority, since: *since };
                self.waiting = true;
                if let (Some(agent), Some(until)) = (by, barred_until) {
                    self.bar(agent, *until, at);
                }
            }
            Fact::Offered { agent, user_name, participant, invitation, deadline } => {
                if *invitation == Invitation::Queue {
                    self.waiting = false;
                }
                self.agents.push(AgentParty {
                    user: agent.clone(),
                    user_name: user_name.clone(),
                    participant: participant.clone(),
                    number: 0,
                    nickname: String::new(),
                    state: PartyState::Invited,
                    visibility: Visibility::All,
                    invitation: invitation.clone(),
                    invited_at: at,
                    deadline: *deadline,
                    joined_at: None,
                    closed_at: None,
                    late: BTreeMap::new(),
                });
            }
            Fact::OfferEnded { agent, state, barred_until, .. } => {
                self.close_party(agent, *state, at);
                if let Some(until) = barred_until {
                    self.bar(agent, *until, at);
                }
            }
            Fact::Accepted { agent, nickname } => {
                self.joined += 1;
                let number = self.joined;
                if let Some(party) = self.party_mut(agent) {
                    party.number = number;
                    party.nickname.clone_from(nickname);
                    party.state = PartyState::Chatting;
                    party.joined_at = Some(at);
                    party.deadline = None;
                }
            }
            Fact::JoinFailed { agent, nickname } => {
                if let Some(party) = self.party_mut(agent) {
                    party.nickname.clone_from(nickname);
                    party.state = PartyState::JoinFailed;
                    party.joined_at = Some(at);
                    party.deadline = None;
                }
            }
            Fact::Said { index, by, agent, .. } => {
                self.next_index = index + 1;
                self.stop_typing(*by, agent.as_ref());
            }
            Fact::Typed { index, participant, on } => {
                self.next_index = index + 1;
                self.typing.insert(participant.clone(), Typing { on: *on, at });
            }
            Fact::Renamed { agent: Some(agent), nickname } => {
                if let Some(party) = self.party_mut(agent) {
                    party.nickname.clone_from(nickname);
                }
            }
            Fact::Renamed { agent: None, nickname } => self.customer.nickname.clone_from(nickname),
            Fact::TalkEnded { closer } => {
                self.customer.present = false;
                self.customer.left_at = Some(at);
                self.talk_ended = Some(*closer);
                self.typing.clear();
            }
            Fact::DataChanged { set, removed, .. } => self.user_data.change(set, removed),
            Fact::Disposition { leg, key, value, late, .. } => {
                self.apply_disposition(leg, key, value, *late);
            }
            Fact::Commented { comment, .. } => self.comment = Some(comment.clone()),
            Fact::PartyClosed { agent, state, .. } => self.close_party(agent, *state, at),
            Fact::Ended { closer, .. } => {
                self.waiting = false;
                self.ended = Some(End { at, closer: *closer });
            }
            Fact::Erased => {
                self.erased = true;
                self.redact();
            }
        }
    }

    fn bar(&mut self, agent: &UserId, until: Millis, at: Millis) {
        self.barred.retain(|_, until| *until > at);
        self.barred.insert(agent.clone(), until);
    }

    /// Takes personal values out and leaves what the numbers need.
    fn redact(&mut self) {
        self.customer.nickname.clear();
        self.user_data = blank(&self.user_data);
        self.comment = None;
        for value in self.agents.iter_mut().flat_map(|party| party.late.values_mut()) {
            blank_value(value);
        }
    }

    /// Who has spoken does not type any more, so that his next start is news again.
    fn stop_typing(&mut self, by: PartyKind, agent: Option<&UserId>) {
        let participant = match agent {
            Some(agent) => self.party(agent).map(|party| party.participant.clone()),
            None if by == PartyKind::Customer => Some(self.customer.participant.clone()),
            None => None,
        };
        if let Some(participant) = participant {
            self.typing.remove(&participant);
        }
    }

    fn apply_disposition(&mut self, leg: &ParticipantId, key: &str, value: &Value, late: bool) {
        if late {
            if let Some(party) = self.agents.iter_mut().find(|party| party.participant == *leg) {
                party.late.insert(key.to_owned(), value.clone());
            }
        } else if value.is_null() {
            self.user_data.change(&UserData::default(), &[key.to_owned()]);
        } else {
            self.user_data.set(key, value.clone());
        }
    }

    fn party_mut(&mut self, user: &UserId) -> Option<&mut AgentParty> {
        self.agents.iter_mut().rev().find(|party| party.user == *user)
    }

    fn close_party(&mut self, user: &UserId, state: PartyState, at: Millis) {
        if let Some(party) = self.party_mut(user) {
            party.state = state;
            party.deadline = None;
            if state.is_terminal() {
                party.closed_at = Some(at);
            }
        }
    }
}

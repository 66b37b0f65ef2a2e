//! Folding events into a conversation. No rule lives here: what is folded was decided.

use super::{
    event::{Fact, Route, SessionEvent},
    party::{AgentParty, AgentPartyState, Customer, Invitation},
    post::Post,
    snapshot::{AgentDisposition, Session, Typing},
    written::Written,
};
use crate::{
    InteractionId, Millis, UserData, UserId,
    delivery::{Delivery, MAX_OUTGOING, UnsettledMessage},
    interaction::{End, QueuePosition},
    message::{ParticipantId, PartyKind, Visibility},
    request::Request,
    userdata::blank_value,
};
use serde_json::Value;
use std::collections::BTreeMap;

impl Session {
    /// Begins a conversation from its first event; `None` if that is not its creation.
    pub fn begin(id: InteractionId, at: Millis, event: &SessionEvent) -> Option<Self> {
        let Fact::Created { service, participant, nickname, key_digest, user_data, post } = &event.fact
        else {
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
                written: Written::default(),
            },
            agents: Vec::new(),
            queue: event.queue.clone(),
            place: QueuePosition { priority: 0, since: at },
            waiting: false,
            preferred: None,
            told_closed: None,
            barred: BTreeMap::new(),
            user_data: user_data.clone(),
            comment: None,
            next_index: 1,
            joined: 1,
            talk_ended: None,
            dispositions: Vec::new(),
            requests: Vec::new(),
            requested: 0,
            typing: BTreeMap::new(),
            typing_to_agents: BTreeMap::new(),
            ended: None,
            erased: false,
            post: post.as_ref().map(|route| Box::new(Post::begin(route, at))),
        })
    }

    /// Folds one event that happened at `at` into the conversation.
    pub fn apply(&mut self, at: Millis, event: &SessionEvent) {
        self.queue = event.queue.clone();
        if event.written > 0 {
            let written = &mut self.customer.written;
            written.bytes += u64::from(event.written);
            written.messages += u32::from(matches!(event.fact, Fact::Said { .. }));
        }
        match &event.fact {
            Fact::Created { .. } | Fact::Amended { .. } => {}
            Fact::Queued { priority, since, by, barred_until } => {
                self.place = QueuePosition { priority: *priority, since: *since };
                self.waiting = true;
                self.preferred = None;
                if let (Some(agent), Some(until)) = (by, barred_until) {
                    self.bar(agent, *until, at);
                }
            }
            Fact::Preferred { agent, until, .. } => self.preferred = Some((agent.clone(), *until)),
            Fact::Offered { agent, user_name, participant, invitation, deadline, by: _ } => {
                if *invitation == Invitation::Queue {
                    self.waiting = false;
                    self.preferred = None;
                }
                self.change_request(invitation, |request| request.waiting = false);
                let follows = match invitation {
                    Invitation::Watch(following) => Some(following.clone()),
                    _ => None,
                };
                self.agents.push(AgentParty {
                    user: agent.clone(),
                    user_name: user_name.clone(),
                    participant: participant.clone(),
                    number: 0,
                    nickname: String::new(),
                    state: AgentPartyState::Invited,
                    visibility: invitation.visibility(),
                    invitation: invitation.clone(),
                    invited_at: at,
                    deadline: *deadline,
                    joined_at: None,
                    closed_at: None,
                    follows,
                    took_over: false,
                    late: BTreeMap::new(),
                });
            }
            Fact::Requested { request, help, asks, priority, agent, reference, deadline, .. } => {
                self.requested = *request;
                self.requests.push(Request {
                    number: *request,
                    help: *help,
                    queue: asks.clone(),
                    place: QueuePosition { priority: *priority, since: at },
                    line: None,
                    from: agent.clone(),
                    reference: *reference,
                    deadline: *deadline,
                    waiting: true,
                    barred: BTreeMap::new(),
                });
            }
            Fact::RequestEnded { request, .. } => self.requests.retain(|open| open.number != *request),
            Fact::VisibilityChanged { agent, visibility, follows, .. } => {
                if let Some(party) = self.party_mut(agent) {
                    party.visibility = *visibility;
                    party.follows.clone_from(follows);
                }
            }
            Fact::TookOver { agent, .. } => {
                if let Some(party) = self.party_mut(agent) {
                    party.visibility = Visibility::All;
                    party.took_over = true;
                }
            }
            Fact::OfferEnded { agent, state, barred_until, .. } => {
                self.close_party(agent, *state, at);
                let invitation = self.party(agent).map(|party| party.invitation.clone());
                let asked = invitation.filter(|invitation| invitation.asked_by().is_some());
                match (asked, barred_until) {
                    (Some(invitation), until) => self.change_request(&invitation, |request| {
                        request.waiting = true;
                        if let Some(until) = until {
                            request.barred.retain(|_, until| *until > at);
                            request.barred.insert(agent.clone(), *until);
                        }
                    }),
                    (None, Some(until)) => self.bar(agent, *until, at),
                    (None, None) => {}
                }
            }
            Fact::Accepted { agent, nickname } => {
                self.joined += 1;
                let number = self.joined;
                let taken = self.party(agent).and_then(|party| party.invitation.asked_by()?.request);
                self.requests.retain(|request| Some(request.number) != taken);
                if let Some(party) = self.party_mut(agent) {
                    party.number = number;
                    party.nickname.clone_from(nickname);
                    party.state = AgentPartyState::Chatting;
                    party.joined_at = Some(at);
                    party.deadline = None;
                }
            }
            Fact::JoinFailed { agent, nickname } => {
                if let Some(party) = self.party_mut(agent) {
                    party.nickname.clone_from(nickname);
                    party.state = AgentPartyState::JoinFailed;
                    party.joined_at = Some(at);
                    party.deadline = None;
                }
            }
            Fact::Said { index, by, agent, kind: _, visibility, sent_at, posted } => {
                self.next_index = index + 1;
                self.stop_typing(*by, agent.as_ref(), *visibility);
                // What agents say among themselves does not keep the conversation from falling silent.
                if let Some(post) = self.post.as_mut().filter(|_| visibility.is_all()) {
                    post.said(*index, *by, agent.as_ref(), sent_at.unwrap_or(at), *posted, at);
                }
            }
            Fact::Delivery { index, state, .. } => {
                if let Some(post) = &mut self.post {
                    post.delivered(*index, *state);
                }
            }
            Fact::Resent { index, agent, reference } => {
                if let Some(post) = &mut self.post {
                    let agent = Some(agent.clone());
                    let sent = UnsettledMessage { state: Delivery::Queued, agent, reference: *reference, at };
                    post.outgoing.insert(*index, sent);
                }
            }
            Fact::FoundClosed { until, .. } => self.told_closed = Some(until.unwrap_or(Millis::MAX)),
            Fact::SlotsLeft => {
                if let Some(post) = &mut self.post {
                    post.is_idle = true;
                }
            }
            Fact::WindowClosing { .. } => {
                if let Some(post) = &mut self.post {
                    post.warned = true;
                }
            }
            Fact::Typed { index, participant, on, visibility } => {
                self.next_index = index + 1;
                self.told_typing(*visibility).insert(participant.clone(), Typing { on: *on, at });
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
                // Who is put into a queue after that is work, and no customer waits.
                self.waiting = false;
                self.preferred = None;
                self.typing.clear();
                self.typing_to_agents.clear();
            }
            Fact::DataChanged { set, removed, .. } => {
                self.user_data.change(set, removed);
                self.dispositions.retain(|set| !removed.contains(&set.key));
            }
            Fact::Disposition { leg, key, value, late: true, .. } => self.apply_late(leg, key, value),
            Fact::Disposition { leg, key, value, own: true, .. } => self.apply_own(leg, key, value),
            Fact::Disposition { key, value, .. } => self.show(key, Some(value)),
            Fact::Commented { comment, .. } => self.comment = Some(comment.clone()),
            Fact::TakenAway { agent, barred_until, .. } => {
                if let Some(until) = barred_until {
                    self.bar(agent, *until, at);
                }
            }
            Fact::PartyClosed { agent, state, .. } => self.close_party(agent, *state, at),
            Fact::Ended { closer, .. } => {
                self.waiting = false;
                self.preferred = None;
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
        if let Some(post) = &mut self.post {
            post.address.theirs.clear();
        }
        self.user_data = self.user_data.blanked();
        self.comment = None;
        for value in self.agents.iter_mut().flat_map(|party| party.late.values_mut()) {
            blank_value(value);
        }
        for set in &mut self.dispositions {
            blank_value(&mut set.value);
        }
    }

    fn told_typing(&mut self, visibility: Visibility) -> &mut BTreeMap<ParticipantId, Typing> {
        if visibility.is_all() { &mut self.typing } else { &mut self.typing_to_agents }
    }

    /// Changes the request for help by which somebody was invited, if it still stands.
    fn change_request(&mut self, invitation: &Invitation, change: impl FnOnce(&mut Request)) {
        let number = invitation.asked_by().and_then(|asked| asked.request);
        if let Some(request) = self.requests.iter_mut().find(|request| Some(request.number) == number) {
            change(request);
        }
    }

    /// Somebody who has spoken does not type any more, so that their next start is news again.
    fn stop_typing(&mut self, by: PartyKind, agent: Option<&UserId>, visibility: Visibility) {
        let participant = match agent {
            Some(agent) => self.party(agent).map(|party| party.participant.clone()),
            None if by == PartyKind::Customer => Some(self.customer.participant.clone()),
            None => None,
        };
        if let Some(participant) = participant {
            self.told_typing(visibility).remove(&participant);
        }
    }

    /// What was set after a part ended is for reporting alone.
    fn apply_late(&mut self, leg: &ParticipantId, key: &str, value: &Value) {
        if let Some(party) = self.agents.iter_mut().find(|party| party.participant == *leg) {
            party.late.insert(key.to_owned(), value.clone());
        }
    }

    /// What an agent set is their own; what everybody is shown is what was set last and stands still.
    fn apply_own(&mut self, leg: &ParticipantId, key: &str, value: &Value) {
        self.dispositions.retain(|set| set.party != *leg || set.key != key);
        if !value.is_null() {
            let set = AgentDisposition { party: leg.clone(), key: key.to_owned(), value: value.clone() };
            self.dispositions.push(set);
        }
        let latest = self.dispositions.iter().rfind(|set| set.key == key).map(|set| set.value.clone());
        self.show(key, latest.as_ref());
    }

    /// Writes what everybody is shown under a key; nothing is the same as null.
    fn show(&mut self, key: &str, value: Option<&Value>) {
        match value.filter(|value| !value.is_null()) {
            Some(value) => self.user_data.set(key, value.clone()),
            None => self.user_data.change(&UserData::default(), &[key.to_owned()]),
        }
    }

    fn party_mut(&mut self, user: &UserId) -> Option<&mut AgentParty> {
        self.agents.iter_mut().rev().find(|party| party.user == *user)
    }

    fn close_party(&mut self, user: &UserId, state: AgentPartyState, at: Millis) {
        if let Some(party) = self.party_mut(user) {
            party.state = state;
            party.deadline = None;
            if state.is_terminal() {
                party.closed_at = Some(at);
            }
            let participant = party.participant.clone();
            self.typing_to_agents.remove(&participant);
        }
    }
}

impl Post {
    fn begin(route: &Route, at: Millis) -> Self {
        Self {
            address: route.address.clone(),
            previous: route.previous.clone(),
            terms: route.terms.clone(),
            idle: route.idle,
            idle_slot: route.idle_slot,
            is_idle: false,
            begun_by: route.begun_by.clone(),
            spoken_at: at,
            heard_at: None,
            warned: false,
            outgoing: BTreeMap::new(),
        }
    }

    fn said(
        &mut self,
        index: u32,
        by: PartyKind,
        agent: Option<&UserId>,
        sent_at: Millis,
        posted: Option<u64>,
        at: Millis,
    ) {
        self.spoken_at = at;
        self.is_idle = false;
        // That the customer joined is no word of theirs, and a word that came late does not set the clock back.
        if by == PartyKind::Customer && index > 1 && self.heard_at.is_none_or(|heard| heard < sent_at) {
            self.heard_at = Some(sent_at);
            self.warned = false;
        }
        if let Some(reference) = posted {
            let sent = UnsettledMessage { state: Delivery::Queued, agent: agent.cloned(), reference, at };
            self.outgoing.insert(index, sent);
            if self.outgoing.len() > MAX_OUTGOING {
                let oldest = self.outgoing.iter().find(|(_, sent)| sent.state != Delivery::Queued);
                if let Some(oldest) = oldest.map(|(index, _)| *index) {
                    self.outgoing.remove(&oldest);
                }
            }
        }
    }

    fn delivered(&mut self, index: u32, state: Delivery) {
        let last = if self.terms.tells_reading { Delivery::Read } else { Delivery::Delivered };
        if state == last || state == Delivery::Read {
            self.outgoing.remove(&index);
        } else if let Some(sent) = self.outgoing.get_mut(&index) {
            sent.state = state;
        }
    }
}

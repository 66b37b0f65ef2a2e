//! Notifications of conversations, fact by fact, in the order of digital-channels#1.5 and #2.7.

use super::{agents::name_of, renderer::Notes};
use desk::ports::{CommandOrigin, NewNote, TxView};
use domain::{
    DecideError, Decision, Event, Key, Message, UserId, json,
    medium::Medium,
    message::without_stale_typing,
    session::{AgentParty, AgentPartyState, Delivery, EndedBy, Fact, Invitation, Session, SessionEvent},
};
use gws::{
    message_resource,
    notification::{MessageLogUpdated, SessionChange, SessionStateChangeMessage, text},
};
use std::sync::Arc;

/// The most that the messages of one note weigh, in bytes as they are sent. Older ones can be read.
const MAX_TRANSCRIPT_BYTES: usize = 256 * 1024;

/// What a commit means for a conversation.
pub(super) struct SessionNotes<'a> {
    pub notes: &'a Notes,
    pub medium: &'a Medium,
    pub session: &'a Session,
    pub decision: &'a Decision,
    pub cause: Option<&'a CommandOrigin>,
}

impl SessionNotes<'_> {
    pub fn render(
        &self,
        view: &mut dyn TxView,
        fact: &Fact,
        out: &mut Vec<NewNote>,
    ) -> Result<(), DecideError> {
        match fact {
            Fact::Offered { agent, .. } | Fact::JoinFailed { agent, .. } => {
                self.change(agent, SessionChange::Status, out);
            }
            Fact::Accepted { agent, .. } => self.accepted(view, agent, out)?,
            Fact::OfferEnded { agent, closer, .. } => {
                let by = self.taken_by(view, agent)?;
                self.offer_ended(agent, *closer, by, out);
            }
            Fact::PartyClosed { agent, .. } => {
                let by = self.taken_by(view, agent)?;
                self.status(agent, by, out);
                for other in self.others(agent) {
                    self.change(other, SessionChange::Participants, out);
                }
            }
            Fact::VisibilityChanged { agent, .. } | Fact::TookOver { agent, .. } => {
                self.change(agent, SessionChange::Participants, out);
                for other in self.others(agent) {
                    self.change(other, SessionChange::Participants, out);
                }
            }
            Fact::RequestEnded { request, agent, closer, .. } => {
                self.request_ended(*request, agent, *closer, out);
            }
            Fact::Said { index, .. } | Fact::Typed { index, .. } => self.said(*index, out),
            Fact::Delivery { index, state, .. } => self.delivery(*index, *state, out),
            // The end of the agent's own part tells of it.
            Fact::TalkEnded { closer: EndedBy::Agent }
            | Fact::Created { .. }
            | Fact::Amended { .. }
            | Fact::Queued { .. }
            | Fact::Requested { .. }
            | Fact::TakenAway { .. }
            | Fact::FoundClosed { .. }
            | Fact::SlotsLeft
            | Fact::Preferred { .. }
            | Fact::Disposition { late: true, .. }
            | Fact::Ended { .. }
            | Fact::Erased => {}
            Fact::TalkEnded { .. } | Fact::Renamed { .. } => {
                for party in self.session.chatting() {
                    self.change(&party.user, SessionChange::Participants, out);
                }
            }
            Fact::DataChanged { .. }
            | Fact::Disposition { late: false, .. }
            | Fact::Commented { .. }
            | Fact::Resent { .. }
            | Fact::WindowClosing { .. } => {
                for party in self.session.live_agents() {
                    self.change(&party.user, SessionChange::Properties, out);
                }
            }
        }
        Ok(())
    }

    /// Flow A: chatting, then who is in it, then what was said so far, their own joining included: all of it, or of a
    /// long conversation its newest part, which begins with an index behind 1.
    fn accepted(
        &self,
        view: &mut dyn TxView,
        agent: &UserId,
        out: &mut Vec<NewNote>,
    ) -> Result<(), DecideError> {
        self.change(agent, SessionChange::Status, out);
        self.change(agent, SessionChange::Participants, out);
        for other in self.others(agent) {
            self.change(other, SessionChange::Participants, out);
        }
        let Some(party) = self.session.live_party(agent) else { return Ok(()) };
        let mut log = view.newest(&self.session.id, MAX_TRANSCRIPT_BYTES)?;
        log.extend(self.new_messages().cloned());
        let joined = log.iter().rposition(|message| message.from.participant == party.participant);
        log.truncate(joined.map_or(log.len(), |at| at + 1));
        let log = without_stale_typing(log);
        let heard: Vec<&Message> = log.iter().filter(|message| hears(party, message)).collect();
        self.log(agent, self.newest(&heard), out);
        Ok(())
    }

    /// The newest of some messages that fit into one note, and at least one.
    fn newest<'m>(&self, messages: &'m [&'m Message]) -> &'m [&'m Message] {
        let mut left = MAX_TRANSCRIPT_BYTES;
        let fit = messages.iter().rev().take_while(|message| {
            // A comma stands between two messages.
            let weight = json::len(&message_resource(&self.notes.links, self.notes.shown, message)) + 1;
            let fits = weight <= left;
            left = left.saturating_sub(weight);
            fits
        });
        &messages[messages.len() - fit.count().max(1).min(messages.len())..]
    }

    /// An offer that ended: its agent loses it, and the colleague who named them is told.
    fn offer_ended(&self, agent: &UserId, closer: EndedBy, by: Option<String>, out: &mut Vec<NewNote>) {
        self.status(agent, by, out);
        let Some(invitation) = self.session.party(agent).map(|party| &party.invitation) else { return };
        // A queue that was asked goes on looking for somebody.
        let by_queue = invitation.asked_by().is_some_and(|asked| asked.request.is_some());
        let Some((from, reference)) = invitation.inviter().filter(|_| !by_queue) else { return };
        let is_transfer = matches!(invitation, Invitation::Transfer { .. });
        let why = match closer {
            EndedBy::NoAnswer => "The agent did not answer",
            EndedBy::Customer | EndedBy::Idle if is_transfer => {
                "The customer left before the transfer was taken"
            }
            EndedBy::Customer | EndedBy::Idle => "The customer left before the agent came",
            _ if is_transfer => "The agent refused the transfer",
            _ => "The agent does not come",
        };
        self.came_to_nothing(from, reference, why, out);
    }

    /// A request for help that came to nothing: whoever asked is told.
    fn request_ended(&self, request: u32, agent: &UserId, closer: EndedBy, out: &mut Vec<NewNote>) {
        let why = match closer {
            EndedBy::NoAnswer => "Nobody of the queue came in time",
            _ => "The customer left before somebody of the queue came",
        };
        if let Some(request) = self.before().and_then(|before| before.request(request)) {
            self.came_to_nothing(agent, request.reference, why, out);
        }
    }

    /// Tells somebody who still talks that a command of theirs came to nothing.
    fn came_to_nothing(&self, agent: &UserId, reference: u64, why: &str, out: &mut Vec<NewNote>) {
        if self.session.live_party(agent).is_some_and(|party| party.state == AgentPartyState::Chatting) {
            self.error(agent, reference, why, out);
        }
    }

    /// An agent's own part has moved on, perhaps by a supervisor.
    fn status(&self, agent: &UserId, by: Option<String>, out: &mut Vec<NewNote>) {
        let change = SessionChange::Status;
        let message = self.state_change(agent, (change, self.reference(agent, change))).by(by);
        self.note(agent, text(&message), out);
    }

    /// The supervisor who takes the conversation from an agent with this commit.
    fn taken_by(&self, view: &mut dyn TxView, agent: &UserId) -> Result<Option<String>, DecideError> {
        let key = Key::Session(self.session.id.clone());
        let events =
            self.decision.changes.iter().filter(|change| change.key == key).flat_map(|change| &change.events);
        let by = events.into_iter().find_map(|event| match event {
            Event::Session(SessionEvent { fact: Fact::TakenAway { agent: from, by, .. }, .. })
                if from == agent =>
            {
                by.as_ref()
            }
            _ => None,
        });
        name_of(view, self.decision, by)
    }

    /// What became of a message. That the provider has it is told to nobody; that it arrived is told to all who
    /// talk; that it did not is an error of the command that wrote it, for its author, and a change for the others.
    fn delivery(&self, index: u32, state: Delivery, out: &mut Vec<NewNote>) {
        let why = match state {
            Delivery::Queued | Delivery::Sent => return,
            Delivery::Delivered | Delivery::Read => {
                for party in self.session.chatting() {
                    self.change(&party.user, SessionChange::Properties, out);
                }
                return;
            }
            Delivery::Unknown => "Nobody knows whether the message was sent",
            Delivery::Failed => "The message was not sent",
            Delivery::Undelivered => "The message did not arrive",
        };
        let sent = self.session.post.as_ref().and_then(|post| post.outgoing.get(&index));
        let author = sent.and_then(|sent| Some((sent.agent.as_ref()?, sent.reference)));
        let author = author.filter(|(agent, _)| self.session.live_party(agent).is_some());
        if let Some((agent, reference)) = author {
            let entry = self.new_messages().find(|message| message.index == index);
            let told = entry.and_then(|message| message.delivery.as_ref()?.why.as_deref());
            let words = told.map_or_else(|| why.to_owned(), |told| format!("{why}: {told}"));
            self.error(agent, reference, &words, out);
        }
        // The others who talk can see to it as well, above all when its author has gone.
        for party in
            self.session.chatting().filter(|party| author.is_none_or(|(agent, _)| *agent != party.user))
        {
            self.change(&party.user, SessionChange::Properties, out);
        }
    }

    fn said(&self, index: u32, out: &mut Vec<NewNote>) {
        let Some(message) = self.new_messages().find(|message| message.index == index) else { return };
        for party in self.hearers(index) {
            if hears(party, message) {
                self.log(&party.user, &[message], out);
            }
        }
    }

    /// The agents who hear an entry of this commit: those who talk, and one who stops talking in this very
    /// commit, but not one who has just joined: the transcript they are given holds it already.
    fn hearers(&self, index: u32) -> impl Iterator<Item = &AgentParty> {
        let joined = move |party: &&AgentParty| {
            let own = self.new_messages().find(|message| message.from.participant == party.participant);
            let joins =
                own.is_some_and(|message| matches!(message.content, domain::message::Content::Joined));
            !(joins && own.is_some_and(|message| index <= message.index))
        };
        let gone = move |party: &&AgentParty| !self.is_over_before(party, index);
        self.session.agents.iter().filter(|party| self.talked_before(party)).filter(joined).filter(gone)
    }

    /// Whether a part ended in this commit before an entry of it: the client has dropped the conversation by then
    /// (spec: digital-channels#1.5, rule 2). Whoever stops talking leaves before their part ends.
    fn is_over_before(&self, party: &AgentParty, index: u32) -> bool {
        let mut own = self.new_messages().filter(|message| message.from.participant == party.participant);
        party.state.is_terminal()
            && own.any(|message| message.content == domain::message::Content::Left && message.index < index)
    }

    /// Whether a party talked when this commit began, or talks now.
    fn talked_before(&self, party: &AgentParty) -> bool {
        let was = self
            .before()
            .is_some_and(|before| before.chatting().any(|old| old.participant == party.participant));
        was || party.state == AgentPartyState::Chatting
    }

    fn new_messages(&self) -> impl Iterator<Item = &Message> {
        self.decision.messages.iter().filter(|(id, _)| *id == self.session.id).map(|(_, message)| message)
    }

    /// The others who talk and see an agent, now or when this commit began: whom nobody sees, nobody is told of.
    fn others<'s>(&'s self, agent: &'s UserId) -> impl Iterator<Item = &'s UserId> {
        let now = self.session.party(agent).map(|party| party.visibility);
        let before = self.before().and_then(|before| before.live_party(agent)).map(|party| party.visibility);
        let sees = move |other: &&AgentParty| {
            [now, before].into_iter().flatten().any(|visibility| visibility.is_for(other.viewer()))
        };
        self.session.chatting().filter(sees).map(|party| &party.user).filter(move |user| *user != agent)
    }

    /// The conversation as this commit found it.
    fn before(&self) -> Option<&Session> {
        let key = Key::Session(self.session.id.clone());
        let change = self.decision.changes.iter().find(|change| change.key == key)?;
        match change.before.as_deref() {
            Some(domain::State::Session(before)) => Some(before),
            _ => None,
        }
    }

    /// A state change with the whole resource (spec: digital-channels#1.4). The agent who caused it is owed its
    /// outcome: the agent of this command, or the one whose transfer was taken.
    fn change(&self, agent: &UserId, change: SessionChange, out: &mut Vec<NewNote>) {
        let message = self.state_change(agent, (change, self.reference(agent, change)));
        self.note(agent, text(&message), out);
    }

    fn error(&self, agent: &UserId, reference: u64, why: &str, out: &mut Vec<NewNote>) {
        let message = self.state_change(agent, (SessionChange::Error, None)).because(reference, why);
        self.note(agent, text(&message), out);
    }

    fn state_change<'m>(
        &'m self,
        agent: &UserId,
        change: (SessionChange, Option<u64>),
    ) -> SessionStateChangeMessage<'m> {
        SessionStateChangeMessage::new(&self.notes.links, self.medium, self.session, agent, change)
    }

    fn log(&self, agent: &UserId, messages: &[&Message], out: &mut Vec<NewNote>) {
        let reference = self.cause.filter(|cause| cause.agent == *agent).map(|cause| cause.reference);
        let Notes { links, shown, .. } = self.notes;
        let log = (self.medium, &self.session.id);
        let message = MessageLogUpdated::new(links, *shown, log, messages, reference);
        self.note(agent, text(&message), out);
    }

    fn note(&self, agent: &UserId, body: String, out: &mut Vec<NewNote>) {
        let note = NewNote {
            agent: agent.clone(),
            channel: Arc::from(self.medium.topics[0]),
            body: body.into(),
            about: Key::Session(self.session.id.clone()),
        };
        // Two facts of one commit that change the same properties are one change to the client.
        if out.last() != Some(&note) {
            out.push(note);
        }
    }

    /// Whether a party takes the offer that was made to them with this commit.
    fn comes(&self, party: &AgentParty) -> bool {
        let was_asked =
            |old: &AgentParty| old.participant == party.participant && old.state == AgentPartyState::Invited;
        party.state == AgentPartyState::Chatting
            && self.before().is_some_and(|before| before.agents.iter().any(was_asked))
    }

    fn reference(&self, agent: &UserId, change: SessionChange) -> Option<u64> {
        if let Some(cause) = self.cause.filter(|cause| cause.agent == *agent) {
            return Some(cause.reference);
        }
        // The originator of a transfer hears that it was taken, with the number of their command.
        let handed_over =
            self.session.party(agent).is_some_and(|party| party.state == AgentPartyState::Completed);
        let taken = self.session.agents.iter().rev().find_map(|party| match &party.invitation {
            Invitation::Transfer { from, reference } if from == agent && self.comes(party) => {
                Some(*reference)
            }
            _ => None,
        });
        taken.filter(|_| handed_over && change == SessionChange::Status)
    }
}

/// Whether a message is meant for an agent's eyes.
fn hears(party: &AgentParty, message: &Message) -> bool {
    message.visibility.is_for(party.viewer())
}

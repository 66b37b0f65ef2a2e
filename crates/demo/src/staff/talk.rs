//! A scripted agent serves a conversation: accepts, answers or helps, sets a disposition, completes.

use super::{ServedInteraction, heard::Heard, scripted::is_scripted};
use crate::{
    customers::MARK,
    dialogue::{self, Dialogue, FAREWELL, GENERAL, SILENCE},
};
use desk::{Refused, session_of};
use domain::{
    Command, InteractionId, UserId,
    command::{ClosingMessage, SessionAct},
    message::Visibility,
    session::{AgentParty, AgentPartyState, Session, SessionOperation, is_open},
};
use std::{ops::Range, time::Duration};

/// How long an offer is looked at, in milliseconds.
const BEFORE_ACCEPT: Range<u64> = 400..1_500;
/// How long a sentence takes to type, in milliseconds.
const TYPING: Range<u64> = 2_000..5_000;
/// How long the work after a talk takes, in milliseconds.
const WRAP_UP: Range<u64> = 2_000..5_000;
/// How long a customer may be silent before the agent closes the talk.
const SILENT_TOO_LONG: Duration = Duration::from_secs(90);
/// The same of a person in a chat, who may read a manual meanwhile.
const PERSON_SILENT_TOO_LONG: Duration = Duration::from_secs(600);

/// How long an agent leaves the word to a person who talks with the customer as well, in milliseconds.
const GIVES_WAY: Range<u64> = 10_000..15_000;

/// What comes after a step.
pub(super) enum Step {
    /// The next.
    On,
    /// Work after the talk, and the end.
    Finished,
    /// Nothing.
    Done,
}

impl ServedInteraction {
    /// Serves one conversation until the agent's part in it is over.
    pub(super) async fn talk(&mut self, id: &InteractionId) -> Result<(), Refused> {
        loop {
            let state = self.desk.session(id).await?;
            let Some(session) = state.as_deref().and_then(session_of) else { return Ok(()) };
            let Some(party) = session.live_party(&self.user.id) else { return Ok(()) };
            let is_alone = party.talks() && session.talking().count() == 1;
            let step = match party.state {
                AgentPartyState::Invited => {
                    self.rest(BEFORE_ACCEPT).await;
                    let nickname = self.user.first_name.clone();
                    self.session(id, SessionAct::Accept { nickname, save_last_agent: false }).await?;
                    Step::On
                }
                AgentPartyState::Chatting if !session.customer.present => Step::Finished,
                AgentPartyState::Chatting if party.follows.is_some() && !is_alone => {
                    self.follow(session).await?
                }
                AgentPartyState::Chatting if party.is_consulted() => self.advise(session, party).await?,
                AgentPartyState::Chatting => self.serve_customer(session, party).await?,
                _ => Step::Finished,
            };
            match step {
                Step::On => {}
                Step::Done => return Ok(()),
                Step::Finished => return self.wrap_up(id, None).await,
            }
        }
    }

    /// One step of somebody who talks with the customer.
    async fn serve_customer(&mut self, session: &Session, party: &AgentParty) -> Result<Step, Refused> {
        let (id, matter) = (&session.id, matter(session));
        self.heard.read(&self.desk, session).await?;
        if self.thank(session, party).await? {
            return Ok(Step::On);
        }
        let latest = self.heard.customer();
        self.course.answered = self.course.answered.max(self.heard.answered(session));
        let is_asked = latest > self.course.answered && speaks(session, &self.user.id);
        if is_asked && self.is_beside_person(session) && self.course.gave_way != latest {
            self.course.gave_way = latest;
            self.rest(GIVES_WAY).await;
        } else if is_asked {
            if let Some(question) = matter.and_then(|matter| matter.question.as_ref())
                && self.asks(session, question, said(matter, &self.heard))
            {
                self.ask_expert(id, question).await?;
                return Ok(Step::On);
            }
            self.course.answered = latest;
            let spoke = self.heard.spoke(&self.user.id, Visibility::All);
            self.say(id, answer(matter, &self.heard, spoke)).await?;
        } else if self.course.quiet(&self.heard) > patience(session) {
            if session.talking().count() > 1 {
                return Ok(Step::Finished);
            }
            let last = ClosingMessage { text: SILENCE.to_owned(), message_type: None };
            self.wrap_up(id, Some(last)).await?;
            return Ok(Step::Done);
        } else {
            self.look().await;
        }
        Ok(Step::On)
    }

    /// Whether a person talks with the customer as well: the word is theirs first.
    fn is_beside_person(&self, session: &Session) -> bool {
        let is_person = |id: &UserId| self.desk.directory().user(id).is_some_and(|user| !is_scripted(&user));
        session.talking().any(|party| party.follows.is_none() && is_person(&party.user))
    }

    pub(super) async fn say(&mut self, id: &InteractionId, text: &str) -> Result<(), Refused> {
        self.session(id, SessionAct::Type { on: true }).await?;
        self.rest(TYPING).await;
        self.session(id, SessionAct::Say { text: text.to_owned(), message_type: None }).await
    }

    /// Sets a disposition and is done with it. Whoever only helped or followed leaves.
    async fn wrap_up(&mut self, id: &InteractionId, last: Option<ClosingMessage>) -> Result<(), Refused> {
        self.rest(WRAP_UP).await;
        let state = self.desk.session(id).await?;
        let Some(session) = state.as_deref().and_then(session_of) else { return Ok(()) };
        let Some(party) = session.live_party(&self.user.id) else { return Ok(()) };
        if party.follows.is_none() || party.took_over {
            let value = matter(session).map_or("IssueResolved", |matter| matter.disposition).to_owned();
            self.session(id, SessionAct::SetDisposition { value, key: None }).await?;
        }
        let completes = is_open(session, &self.user.id, SessionOperation::Complete);
        let end = if completes {
            SessionAct::Complete { queue: None, save_last_agent: false, last }
        } else {
            SessionAct::Leave { last: None }
        };
        self.session(id, end).await
    }

    pub(super) async fn session(&self, id: &InteractionId, act: SessionAct) -> Result<(), Refused> {
        let command = Command::Session { session: id.clone(), agent: self.user.id.clone(), act };
        self.desk.perform(command).await.map(drop)
    }
}

/// Whether it is for this agent to answer the customer: the newest of those who talk with them does, and a supervisor only
/// when there is nobody else.
fn speaks(session: &Session, agent: &UserId) -> bool {
    let agents = || session.talking().filter(|party| party.follows.is_none());
    agents()
        .chain(session.talking().filter(|_| agents().next().is_none()))
        .last()
        .is_some_and(|party| party.user == *agent)
}

/// How long the customer may be silent.
fn patience(session: &Session) -> Duration {
    let is_person = session.medium.as_str() == crate::centre::MEDIUM && session.user_data.get(MARK).is_none();
    if is_person { PERSON_SILENT_TOO_LONG } else { SILENT_TOO_LONG }
}

/// The matter a customer came with, when it is one of ours.
fn matter(session: &Session) -> Option<&'static Dialogue> {
    session.user_data.get("Subject").and_then(serde_json::Value::as_str).and_then(dialogue::about)
}

/// How many sentences about a matter were said.
fn said(matter: Option<&Dialogue>, heard: &Heard) -> usize {
    let turns = matter.map_or(&[][..], |matter| matter.turns);
    turns.iter().filter(|(sentence, _)| heard.has_said(sentence)).count()
}

/// What to say next: the first sentence about the matter that nobody has said, or one of the general ones after so many.
fn answer(matter: Option<&Dialogue>, heard: &Heard, spoke: usize) -> &'static str {
    let Some(matter) = matter else {
        return GENERAL.get(spoke).copied().unwrap_or(FAREWELL);
    };
    let mut open =
        matter.turns.iter().map(|(sentence, _)| *sentence).filter(|sentence| !heard.has_said(sentence));
    open.next().unwrap_or(FAREWELL)
}

//! A scripted agent serves a conversation: accepts, answers, sets a disposition, completes.

use super::ServedInteraction;
use crate::{
    customers::MARK,
    dialogue::{self, Dialogue, FAREWELL, GENERAL, SILENCE},
};
use desk::{Refused, session_of};
use domain::{
    Command, InteractionId,
    command::{ClosingMessage, SessionAct},
    message::{Content, Message, PartyKind},
    session::{AgentPartyState, Session},
};
use std::{ops::Range, time::Duration};
use tokio::time::Instant;

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

impl ServedInteraction {
    /// Serves one conversation until the agent's part in it is over.
    pub(super) async fn talk(&mut self, id: &InteractionId) -> Result<(), Refused> {
        let mut heard = 0;
        let mut said = 0;
        let mut quiet_since = Instant::now();
        loop {
            let state = self.desk.session(id).await?;
            let Some(session) = state.as_deref().and_then(session_of) else { return Ok(()) };
            let Some(party) = session.live_party(&self.user.id) else { return Ok(()) };
            match party.state {
                AgentPartyState::Invited => {
                    self.rest(BEFORE_ACCEPT).await;
                    let nickname = self.user.first_name.clone();
                    self.session(id, SessionAct::Accept { nickname, save_last_agent: false }).await?;
                }
                AgentPartyState::Chatting if session.customer.present => {
                    let latest = self.latest_words(id, heard).await?;
                    if latest > heard {
                        heard = latest;
                        self.say(id, answer(matter(session), said)).await?;
                        said += 1;
                        quiet_since = Instant::now();
                    } else if quiet_since.elapsed() > patience(session) {
                        let text = SILENCE.to_owned();
                        let last = Some(ClosingMessage { text, message_type: None });
                        return self.wrap_up(id, matter(session), last).await;
                    } else {
                        self.look().await;
                    }
                }
                _ => return self.wrap_up(id, matter(session), None).await,
            }
        }
    }

    /// Index of the customer's newest words behind an index; that index when there are none.
    async fn latest_words(&self, id: &InteractionId, after: u32) -> Result<u32, Refused> {
        let messages = self.desk.messages(id, after + 1, 200).await?;
        let words = |message: &&Message| {
            message.from.kind == PartyKind::Customer && matches!(message.content, Content::Text { .. })
        };
        Ok(messages.iter().rfind(words).map_or(after, |message| message.index))
    }

    async fn say(&mut self, id: &InteractionId, text: &str) -> Result<(), Refused> {
        self.session(id, SessionAct::Type { on: true }).await?;
        self.rest(TYPING).await;
        self.session(id, SessionAct::Say { text: text.to_owned(), message_type: None }).await
    }

    async fn wrap_up(
        &mut self,
        id: &InteractionId,
        matter: Option<&Dialogue>,
        last: Option<ClosingMessage>,
    ) -> Result<(), Refused> {
        self.rest(WRAP_UP).await;
        let value = matter.map_or("IssueResolved", |matter| matter.disposition).to_owned();
        self.session(id, SessionAct::SetDisposition { value, key: None }).await?;
        self.session(id, SessionAct::Complete { queue: None, save_last_agent: false, last }).await
    }

    async fn session(&self, id: &InteractionId, act: SessionAct) -> Result<(), Refused> {
        let command = Command::Session { session: id.clone(), agent: self.user.id.clone(), act };
        self.desk.perform(command).await.map(drop)
    }
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

/// What to say after so many answers.
fn answer(matter: Option<&Dialogue>, said: usize) -> &'static str {
    let Some(matter) = matter else {
        return GENERAL.get(said).copied().unwrap_or(FAREWELL);
    };
    matter.turns.get(said).map_or(FAREWELL, |(agent, _)| agent)
}

//! Agents 5 to 8: each takes one customer at a time, talks, sets a disposition of the book, completes and rests.

mod calls;

use crate::{
    centre::{AGENTS, agent_name},
    chance::Chance,
    dialogue::{self, Dialogue, FAREWELL, GENERAL, SILENCE},
};
use desk::{Desk, Refused, session_of};
use domain::{
    Command, InteractionId, MediumName,
    agent::Readiness,
    command::{AgentAct, LastWords, SessionAct},
    medium,
    message::{Content, Message, PartyKind},
    session::{PartyState, Session},
    user::User,
};
use std::{ops::Range, sync::Arc, time::Duration};
use tokio::sync::watch;

/// The first scripted agent; those before are for people.
pub(crate) const FIRST: u32 = 5;
/// How long an offer is looked at, in milliseconds. Well below the time it stands.
const BEFORE_ACCEPT: Range<u64> = 2_000..6_000;
/// How long a sentence takes to type, in milliseconds.
const TYPING: Range<u64> = 2_000..5_000;
/// How long the work after a talk takes, in milliseconds.
const WRAP_UP: Range<u64> = 2_000..5_000;
/// How long the rest after a customer is, in milliseconds: the gap in which others get the next one.
const REST: Range<u64> = 15_000..30_000;
/// How long a customer may be silent before the agent closes the talk.
const SILENT_TOO_LONG: Duration = Duration::from_secs(90);
/// How long to wait after something went wrong.
const RETRY: Duration = Duration::from_secs(2);
/// How long to wait at most before looking again.
const LOOK: Duration = Duration::from_secs(5);

/// Works as agents 5 to 8, for as long as it is polled.
pub async fn staff(desk: Arc<Desk>) {
    let seats = (FIRST..=AGENTS).map(|number| Seat::new(desk.clone(), agent_name(number)).work());
    futures::future::join_all(seats).await;
}

/// What there is to do.
enum Work {
    /// A call.
    Call(InteractionId),
    /// A conversation, and others that came in the same moment.
    Talks(InteractionId, Vec<InteractionId>),
}

struct Seat {
    desk: Arc<Desk>,
    name: String,
    chance: Chance,
    head: watch::Receiver<u64>,
}

impl Seat {
    fn new(desk: Arc<Desk>, name: String) -> Self {
        let (chance, head) = (Chance::new(desk.ids()), desk.head());
        Self { desk, name, chance, head }
    }

    async fn work(mut self) {
        loop {
            // Looked up each time: an administrator may have changed or removed him.
            let Some(user) = self.desk.directory().named(&self.name) else {
                tokio::time::sleep(RETRY).await;
                continue;
            };
            match self.turn(&user).await {
                Ok(()) => self.rest(REST).await,
                // Somebody else was faster: the customer left, or a supervisor changed the state.
                Err(Refused::Rule(why)) => {
                    tracing::debug!(agent = self.name, %why, "a scripted agent was refused");
                    tokio::time::sleep(RETRY).await;
                }
                Err(Refused::Store(fault)) => {
                    tracing::warn!(agent = self.name, %fault, "a scripted agent could not work");
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    }

    /// Gets ready, serves one customer.
    async fn turn(&mut self, user: &User) -> Result<(), Refused> {
        let mut channels: Vec<MediumName> =
            self.desk.media().rows().iter().map(|row| row.name.clone()).collect();
        // Calls reach him while his phone is registered.
        channels.push(medium::voice());
        self.agent(user, AgentAct::LogIn { channels, place: None }).await?;
        let (first, rest) = match self.next(user).await? {
            Work::Call(id) => {
                self.state(user, Readiness::NotReady).await?;
                return self.take_call(user, &id).await;
            }
            Work::Talks(first, rest) => (first, rest),
        };
        // One at a time: what came in the same moment goes back to the queue.
        self.state(user, Readiness::NotReady).await?;
        for other in rest {
            self.session(user, &other, SessionAct::Reject).await?;
        }
        self.serve(user, &first).await
    }

    /// Waits until there is work: an offer, or a conversation left from before a restart.
    async fn next(&mut self, user: &User) -> Result<Work, Refused> {
        loop {
            let agent = self.desk.agent(user).await?;
            let voice = medium::voice();
            if let Some(call) = agent.slots.get(&voice).and_then(|calls| calls.first()) {
                return Ok(Work::Call(call.clone()));
            }
            let mut held = agent.slots.values().flatten().cloned();
            if let Some(first) = held.next() {
                let mut offered = Vec::new();
                for id in held {
                    let state = self.desk.session(&id).await?;
                    let party = state.as_deref().and_then(session_of).and_then(|s| s.live_party(&user.id));
                    if party.is_some_and(|party| party.state == PartyState::Invited) {
                        offered.push(id);
                    }
                }
                return Ok(Work::Talks(first, offered));
            }
            let login = agent.login.as_ref();
            if !login
                .is_some_and(|login| login.channels.values().all(domain::agent::ChannelState::takes_work))
            {
                self.state(user, Readiness::Ready).await?;
            }
            self.look().await;
        }
    }

    async fn serve(&mut self, user: &User, id: &InteractionId) -> Result<(), Refused> {
        let mut heard = 0;
        let mut said = 0;
        let mut quiet_since = tokio::time::Instant::now();
        loop {
            let state = self.desk.session(id).await?;
            let Some(session) = state.as_deref().and_then(session_of) else { return Ok(()) };
            let Some(party) = session.live_party(&user.id) else { return Ok(()) };
            match party.state {
                PartyState::Invited => {
                    self.rest(BEFORE_ACCEPT).await;
                    let nickname = user.first_name.clone();
                    self.session(user, id, SessionAct::Accept { nickname, save_last_agent: false }).await?;
                }
                PartyState::Chatting if session.customer.present => {
                    let latest = self.latest_words(id, heard).await?;
                    if latest > heard {
                        heard = latest;
                        self.say(user, id, answer(matter(session), said)).await?;
                        said += 1;
                        quiet_since = tokio::time::Instant::now();
                    } else if quiet_since.elapsed() > SILENT_TOO_LONG {
                        let text = SILENCE.to_owned();
                        let last = Some(LastWords { text, message_type: None });
                        return self.wrap_up(user, id, matter(session), last).await;
                    } else {
                        self.look().await;
                    }
                }
                _ => return self.wrap_up(user, id, matter(session), None).await,
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

    async fn say(&mut self, user: &User, id: &InteractionId, text: &str) -> Result<(), Refused> {
        self.session(user, id, SessionAct::Type { on: true }).await?;
        self.rest(TYPING).await;
        self.session(user, id, SessionAct::Say { text: text.to_owned(), message_type: None }).await
    }

    async fn wrap_up(
        &mut self,
        user: &User,
        id: &InteractionId,
        matter: Option<&Dialogue>,
        last: Option<LastWords>,
    ) -> Result<(), Refused> {
        self.rest(WRAP_UP).await;
        let value = matter.map_or("IssueResolved", |matter| matter.disposition).to_owned();
        self.session(user, id, SessionAct::SetDisposition { value, key: None }).await?;
        self.session(user, id, SessionAct::Complete { queue: None, save_last_agent: false, last }).await
    }

    async fn state(&self, user: &User, wanted: Readiness) -> Result<(), Refused> {
        let operation = self.desk.centre().and_then(|centre| {
            let plain =
                |state: &&Arc<domain::agent::AgentState>| state.state == wanted && state.work_mode.is_none();
            centre.agent_states.iter().find(plain).map(|state| state.operation.clone())
        });
        match operation {
            Some(operation) => {
                self.agent(user, AgentAct::SetState { channel: None, operation, wrap_up: None }).await
            }
            None => Ok(()),
        }
    }

    async fn agent(&self, user: &User, act: AgentAct) -> Result<(), Refused> {
        self.desk.perform(Command::Agent { agent: user.id.clone(), act }).await.map(drop)
    }

    async fn session(&self, user: &User, id: &InteractionId, act: SessionAct) -> Result<(), Refused> {
        let command = Command::Session { session: id.clone(), agent: user.id.clone(), act };
        self.desk.perform(command).await.map(drop)
    }

    /// Waits for the journal to grow, or a while.
    async fn look(&mut self) {
        let _ = tokio::time::timeout(LOOK, self.head.changed()).await;
    }

    async fn rest(&mut self, range: Range<u64>) {
        tokio::time::sleep(self.chance.moment(range)).await;
    }
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

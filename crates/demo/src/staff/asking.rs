//! A scripted agent asks the expert about a chat: while the customer sees nothing, or sees somebody join or take over.

use super::{ServedInteraction, heard::Heard};
use crate::{
    centre::EXPERT,
    dialogue::{Question, THANKS_FOR_ADVICE},
};
use desk::{Refused, session_of};
use domain::{
    InteractionId, UserId,
    command::HandoverTarget,
    request::Help,
    session::{AgentPartyState, Session, SessionAct},
};
use std::{ops::Range, time::Duration};
use tokio::time::Instant;

/// In how many of a hundred cases an agent asks who could.
const ASKS: u8 = 60;
/// How long the agent waits for somebody to come, and for an answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long the agent takes to read the answer, in milliseconds.
const READS: Range<u64> = 1_000..3_000;
/// How long both talk with the customer, in milliseconds.
const TOGETHER: Range<u64> = 6_000..12_000;

/// What the agent does with the advice.
#[derive(Clone, Copy)]
enum Use {
    /// Says thank you; the expert leaves.
    Thank,
    /// The same, and takes the expert out.
    Remove,
    /// Has the expert talk with the customer, and leaves.
    Invite,
    /// Hands the conversation over.
    Transfer,
}

/// Each as often as it stands here.
const USES: [Use; 6] = [Use::Thank, Use::Thank, Use::Thank, Use::Remove, Use::Invite, Use::Transfer];

impl ServedInteraction {
    /// Whether the agent asks somebody now, who has said so many sentences to the customer: they decide once.
    pub(super) fn asks(&mut self, session: &Session, question: &Question, said: usize) -> bool {
        let has_asked = || session.agents.iter().any(|party| party.invitation.asked_by().is_some());
        said == question.after
            && !has_asked()
            && *self.course.speaks.get_or_insert_with(|| self.chance.happens(ASKS))
    }

    /// Asks, waits for the answer, and does something with it.
    pub(super) async fn ask_expert(
        &mut self,
        id: &InteractionId,
        question: &Question,
    ) -> Result<(), Refused> {
        // Asked at most once, whatever becomes of it.
        self.course.speaks = Some(false);
        let Some(expert) = self.desk.directory().named(EXPERT).map(|user| user.id.clone()) else {
            return Ok(());
        };
        let of = HandoverTarget::Agent(expert.clone());
        let asked = self.session(id, SessionAct::Ask { help: Help::Consult, of: of.clone() }).await;
        if let Err(Refused::Rule(why)) = asked {
            tracing::debug!(%why, "the expert could not be asked");
            return Ok(());
        }
        asked?;
        if !self.has_come(id, &expert).await? {
            return Ok(());
        }
        self.say_to_agents(id, question.text).await?;
        if !self.has_advised(id, &expert).await? {
            return Ok(());
        }
        self.rest(READS).await;
        match self.chance.pick(&USES).copied().unwrap_or(Use::Thank) {
            Use::Thank => self.say_to_agents(id, THANKS_FOR_ADVICE).await,
            Use::Remove => self.session(id, SessionAct::Remove(expert)).await,
            Use::Invite => {
                self.session(id, SessionAct::Ask { help: Help::Invite, of }).await?;
                self.rest(TOGETHER).await;
                self.refer(id).await?;
                self.session(id, SessionAct::Leave { last: None }).await
            }
            Use::Transfer => {
                self.refer(id).await?;
                self.session(id, SessionAct::Transfer { to: of, last: None }).await
            }
        }
    }

    /// Writes down that somebody else goes on with it.
    async fn refer(&self, id: &InteractionId) -> Result<(), Refused> {
        self.session(id, SessionAct::SetDisposition { value: "Referred".into(), key: None }).await
    }

    /// Waits until the expert is there; `false` when they do not come, or the customer leaves.
    async fn has_come(&mut self, id: &InteractionId, expert: &UserId) -> Result<bool, Refused> {
        let is_there = |session: &Session, _: &Heard| {
            session.live_party(expert).is_some_and(|party| party.state == AgentPartyState::Chatting)
        };
        self.wait_for(id, expert, is_there).await
    }

    /// Waits until the expert has answered.
    async fn has_advised(&mut self, id: &InteractionId, expert: &UserId) -> Result<bool, Refused> {
        let own = self.user.id.clone();
        let has_answered =
            |_: &Session, heard: &Heard| heard.last_to_agents(expert) > heard.last_to_agents(&own);
        self.wait_for(id, expert, has_answered).await
    }

    /// Waits for something to be so while the agent, the expert and the customer are there.
    async fn wait_for(
        &mut self,
        id: &InteractionId,
        expert: &UserId,
        is_so: impl Fn(&Session, &Heard) -> bool,
    ) -> Result<bool, Refused> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            let state = self.desk.session(id).await?;
            let Some(session) = state.as_deref().and_then(session_of) else { return Ok(false) };
            let is_there = |user: &UserId| session.live_party(user).is_some();
            if !session.customer.present || !is_there(&self.user.id) || !is_there(expert) {
                return Ok(false);
            }
            self.heard.read(&self.desk, session).await?;
            if is_so(session, &self.heard) {
                return Ok(true);
            }
            self.look().await;
        }
        Ok(false)
    }
}

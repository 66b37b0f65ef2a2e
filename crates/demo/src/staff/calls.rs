//! A scripted agent takes a call: answers, lets the caller speak, asks a colleague if the caller asks for somebody else,
//! sets a disposition, hangs up.

use super::{ServedInteraction, colleague::Asked};
use crate::ASKS_FOR_HEADER;
use desk::{Refused, call_of};
use domain::{
    Command, InteractionId,
    call::{Call, Party, PartyOrigin, PartyState},
    command::CallAct,
    interaction::Interaction,
};
use std::ops::Range;
use tokio::time::Instant;

/// How long it rings before the agent answers, in milliseconds.
const BEFORE_ANSWER: Range<u64> = 800..2_000;
/// How long the agent talks at most, in milliseconds.
const TALK: Range<u64> = 10_000..20_000;
/// How long the agent listens before they ask a colleague, in milliseconds.
const LISTEN: Range<u64> = 4_000..8_000;

impl ServedInteraction {
    /// Serves one call until the agent's part in it is over.
    pub(super) async fn take_call(&mut self, id: &InteractionId) -> Result<(), Refused> {
        let Some((call, party)) = self.part(id).await? else { return Ok(()) };
        if party.origin == PartyOrigin::Consult {
            return self.ask(id).await;
        }
        if party.state == PartyState::Ringing {
            self.rest(BEFORE_ANSWER).await;
            self.call(id, CallAct::Answer).await?;
        }
        let is_from_queue = party.origin == PartyOrigin::Queue;
        let mut value = "IssueResolved";
        if is_from_queue && call.user_data().get(ASKS_FOR_HEADER).is_some() && self.is_up(id).await? {
            self.rest(LISTEN).await;
            if self.ask_colleague(id).await? == Asked::Handed {
                value = "Referred";
            }
        }
        self.talk_on(id).await?;
        // The customer may have hung up first: then only reporting hears of it (spec: core-and-voice#6.1).
        match self.dispose_call(id, value).await {
            Err(Refused::Rule(_)) => Ok(()),
            done => done,
        }
    }

    /// Talks for a while, and hangs up. A colleague who asks does not count: whoever asked ends that.
    async fn talk_on(&mut self, id: &InteractionId) -> Result<(), Refused> {
        let talk = self.chance.moment(TALK);
        let mut until = None;
        while let Some((call, party)) = self.part(id).await? {
            let is_asked = call.line(&party).by.is_some();
            if party.state == PartyState::Established && !is_asked {
                let until = *until.get_or_insert_with(|| Instant::now() + talk);
                if Instant::now() >= until {
                    return self.call(id, CallAct::Hangup).await;
                }
            }
            self.look().await;
        }
        Ok(())
    }

    /// Waits until the agent talks; `false` when their part is over before.
    async fn is_up(&mut self, id: &InteractionId) -> Result<bool, Refused> {
        while let Some((_, party)) = self.part(id).await? {
            if party.has_answered() {
                return Ok(true);
            }
            self.look().await;
        }
        Ok(false)
    }

    /// A call, and the agent's live part in it.
    pub(super) async fn part(&self, id: &InteractionId) -> Result<Option<(Call, Party)>, Refused> {
        let state = self.desk.call(id).await?;
        let Some(call) = state.as_deref().and_then(call_of) else { return Ok(None) };
        let part = call.part(&self.user.id, id).filter(|party| party.is_live());
        Ok(part.map(|party| (call.clone(), party.clone())))
    }

    pub(super) async fn dispose_call(&self, id: &InteractionId, value: &str) -> Result<(), Refused> {
        self.call(id, CallAct::SetDisposition { value: value.to_owned(), key: None }).await
    }

    pub(super) async fn call(&self, id: &InteractionId, act: CallAct) -> Result<(), Refused> {
        let command = Command::Call { call: id.clone(), agent: self.user.id.clone(), act };
        self.desk.perform(command).await.map(drop)
    }
}

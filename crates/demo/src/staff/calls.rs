//! A scripted agent takes a call: answers, lets the caller speak, sets a disposition, hangs up.

use super::ServedInteraction;
use desk::{Refused, call_of};
use domain::{
    Command, InteractionId,
    call::{Call, Party, PartyState},
    command::CallAct,
};
use std::ops::Range;
use tokio::time::Instant;

/// How long it rings before the agent answers, in milliseconds.
const BEFORE_ANSWER: Range<u64> = 800..2_000;
/// How long the agent talks at most, in milliseconds.
const TALK: Range<u64> = 10_000..20_000;

impl ServedInteraction {
    /// Serves one call until the agent's part in it is over.
    pub(super) async fn take_call(&mut self, id: &InteractionId) -> Result<(), Refused> {
        let Some(ringing) = self.part(id).await? else { return Ok(()) };
        if ringing.state == PartyState::Ringing {
            self.rest(BEFORE_ANSWER).await;
            self.call(id, CallAct::Answer).await?;
        }
        let until = Instant::now() + self.chance.moment(TALK);
        while let Some(party) = self.part(id).await? {
            if party.state == PartyState::Established && Instant::now() >= until {
                self.call(id, CallAct::Hangup).await?;
                break;
            }
            self.look().await;
        }
        // The customer may have hung up first: then only reporting hears of it (spec: core-and-voice#6.1).
        let value = "IssueResolved".to_owned();
        match self.call(id, CallAct::SetDisposition { value, key: None }).await {
            Err(Refused::Rule(_)) => Ok(()),
            done => done,
        }
    }

    /// The agent's live part in a call.
    async fn part(&self, id: &InteractionId) -> Result<Option<Party>, Refused> {
        let state = self.desk.call(id).await?;
        let call: Option<&Call> = state.as_deref().and_then(call_of);
        let part = call.and_then(|call| call.part(&self.user.id, id));
        Ok(part.filter(|party| party.is_live()).cloned())
    }

    async fn call(&self, id: &InteractionId, act: CallAct) -> Result<(), Refused> {
        let command = Command::Call { call: id.clone(), agent: self.user.id.clone(), act };
        self.desk.perform(command).await.map(drop)
    }
}

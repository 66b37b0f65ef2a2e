//! A scripted agent takes a call: answers, lets the caller speak, sets a disposition, hangs up.

use super::Seat;
use desk::{Refused, call_of};
use domain::{
    Command, InteractionId,
    call::{Call, Party, PartyState},
    command::CallAct,
    user::User,
};
use std::ops::Range;
use tokio::time::Instant;

/// How long it rings before the agent answers, in milliseconds. Well below the time the offer stands.
const BEFORE_ANSWER: Range<u64> = 2_000..5_000;
/// How long the agent talks at most, in milliseconds.
const TALK: Range<u64> = 10_000..20_000;

impl Seat {
    /// Serves one call until his part in it is over.
    pub(super) async fn take_call(&mut self, user: &User, id: &InteractionId) -> Result<(), Refused> {
        let Some(ringing) = self.part(user, id).await? else { return Ok(()) };
        if ringing.state == PartyState::Ringing {
            self.rest(BEFORE_ANSWER).await;
            self.call(user, id, CallAct::Answer).await?;
        }
        let until = Instant::now() + self.chance.moment(TALK);
        while let Some(party) = self.part(user, id).await? {
            if party.state == PartyState::Established && Instant::now() >= until {
                self.call(user, id, CallAct::Hangup).await?;
                break;
            }
            self.look().await;
        }
        // The customer may have hung up first: then reporting alone hears of it (core-and-voice §6.1).
        let value = "IssueResolved".to_owned();
        match self.call(user, id, CallAct::SetDisposition { value, key: None }).await {
            Err(Refused::Rule(_)) => Ok(()),
            done => done,
        }
    }

    /// His live part in a call.
    async fn part(&self, user: &User, id: &InteractionId) -> Result<Option<Party>, Refused> {
        let state = self.desk.call(id).await?;
        let call: Option<&Call> = state.as_deref().and_then(call_of);
        Ok(call.and_then(|call| call.live_party(&user.id)).cloned())
    }

    async fn call(&self, user: &User, id: &InteractionId, act: CallAct) -> Result<(), Refused> {
        let command = Command::Call { call: id.clone(), agent: user.id.clone(), act };
        self.desk.perform(command).await.map(drop)
    }
}

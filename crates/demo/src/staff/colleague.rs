//! A scripted agent whose caller asks for somebody else: they ask a colleague first, while the caller waits, and then hand
//! the call over or take the colleague in.

use super::{ServedInteraction, guests, is_scripted};
use desk::Refused;
use domain::{
    InteractionId, UserData,
    call::{self, CallAct, CallIn, CallOperation, Destination, Dn, PartyState, Purpose, consultation},
    medium,
};
use std::{ops::Range, time::Duration};
use tokio::time::Instant;

/// In how many of a hundred cases the colleague is taken in, and all three talk.
const TOGETHER: u8 = 40;
/// How long the agent waits for the colleague to answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long the two talk before the caller is handed over, in milliseconds.
const EXPLAIN: Range<u64> = 3_000..6_000;
/// How long the agent takes to see that a consultation has no call beside it any more, in milliseconds.
const NOTICE: Range<u64> = 500..1_500;

/// What came of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// The caller talks with the colleague, with or without the agent.
    Handed,
    /// Nobody was free or answered, or the caller has left: the agent has whatever there still is.
    Kept,
}

impl ServedInteraction {
    /// Asks a colleague who is free about a call; hands it over, or takes them in.
    pub(super) async fn ask_colleague(&mut self, id: &InteractionId) -> Result<Asked, Refused> {
        let Some(number) = self.free_colleague().await? else { return Ok(Asked::Kept) };
        let together = self.chance.happens(TOGETHER);
        let purpose = if together { Purpose::Conference } else { Purpose::Transfer };
        let call_in = CallIn {
            dialled: number,
            to: Destination::Nowhere,
            conn_id: String::new().as_str().into(),
            user_data: UserData::default(),
        };
        let act = CallAct::Initiate(purpose, Box::new(call_in));
        let command = self.desk.operating(&self.user.id, id.clone(), act, None).await?;
        self.desk.perform(command).await?;
        if !self.is_answered(id).await? {
            return self.come_back(id).await;
        }
        self.rest(EXPLAIN).await;
        self.dispose_call(id, "Referred").await?;
        match self.call(id, CallAct::Complete { purpose, consult: None }).await {
            Ok(()) => Ok(Asked::Handed),
            // Somebody has hung up meanwhile.
            Err(Refused::Rule(_)) => self.come_back(id).await,
            Err(other) => Err(other),
        }
    }

    /// Is in a consultation: whoever talks in the call beside it decides when it ends. When that is over, so is this.
    pub(super) async fn ask(&mut self, id: &InteractionId) -> Result<(), Refused> {
        while let Some((call, party)) = self.part(id).await? {
            if consultation(&call, &party).is_none() {
                self.rest(NOTICE).await;
                return self.call(id, CallAct::Hangup).await;
            }
            self.look().await;
        }
        Ok(())
    }

    /// Waits until everybody who was asked has answered; `false` when nobody does, or when the caller has left.
    async fn is_answered(&mut self, id: &InteractionId) -> Result<bool, Refused> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            let Some((call, party)) = self.part(id).await? else { return Ok(false) };
            if consultation(&call, &party).is_none() {
                return Ok(false);
            }
            if call::is_open(&call, &party, CallOperation::CompleteConference) {
                return Ok(true);
            }
            self.look().await;
        }
        Ok(false)
    }

    /// Ends the consultation, if there is one, and goes back to the caller, if they are there.
    async fn come_back(&mut self, id: &InteractionId) -> Result<Asked, Refused> {
        if let Some((call, party)) = self.part(id).await?
            && let Some(both) = consultation(&call, &party)
        {
            let asking = call.uuid(both.consult).clone();
            self.call(&asking, CallAct::Hangup).await?;
        }
        if self.part(id).await?.is_some_and(|(_, party)| party.state == PartyState::Held) {
            self.call(id, CallAct::Retrieve).await?;
        }
        Ok(Asked::Kept)
    }

    /// The number of a scripted colleague who has no call and whose phone can be called.
    async fn free_colleague(&mut self) -> Result<Option<Dn>, Refused> {
        let mut free = Vec::new();
        for user in self.desk.directory().all() {
            if user.id == self.user.id || !is_scripted(&user) {
                continue;
            }
            let agent = self.desk.agent(&user).await?;
            let Some(device) = agent.device(&user) else { continue };
            let is_at_work = agent.channel(&medium::voice()).is_some();
            if is_at_work
                && agent.taken(&medium::voice()) == 0
                && guests::has_phone(&self.desk, &user, &agent).await?
            {
                free.push(device.phone_number.clone());
            }
        }
        Ok(self.chance.pick(&free).cloned())
    }
}

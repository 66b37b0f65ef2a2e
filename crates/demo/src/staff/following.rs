//! A scripted supervisor in a conversation: listens, coaches with a line, at times steps in, and leaves or stays until it is
//! over.

use super::{ServedInteraction, talk::Step};
use crate::dialogue::{COACHING, STEPS_IN};
use desk::Refused;
use domain::{
    message::Visibility,
    session::{Session, SessionAct, SessionOperation, is_open},
    watch::Monitoring,
};
use std::ops::Range;

/// After how many messages of the customer a supervisor has something to say.
const LISTENS: usize = 2;
/// How long they think about it, in milliseconds.
const THINKS: Range<u64> = 1_000..3_000;
/// How long they watch what becomes of it, in milliseconds.
const WATCHES: Range<u64> = 4_000..9_000;
/// In how many of a hundred conversations they have something to say.
const COACHES: u8 = 60;
/// In how many of a hundred of these they step in.
const STEPS: u8 = 30;
/// In how many of a hundred they leave before the end.
const LEAVES: u8 = 50;

impl ServedInteraction {
    /// One step of somebody who follows.
    pub(super) async fn follow(&mut self, session: &Session) -> Result<Step, Refused> {
        self.heard.read(&self.desk, session).await?;
        let (heard, own) = (&self.heard, &self.user.id);
        let has_spoken = heard.spoke(own, Visibility::Agents) + heard.spoke(own, Visibility::All) > 0;
        if has_spoken || heard.customer_spoke() < LISTENS {
            self.look().await;
            return Ok(Step::On);
        }
        let coaches = *self.course.speaks.get_or_insert_with(|| self.chance.happens(COACHES));
        if !coaches {
            self.look().await;
            return Ok(Step::On);
        }
        self.rest(THINKS).await;
        self.coach(session).await
    }

    /// Says something to the agent, and to everybody if need be.
    async fn coach(&mut self, session: &Session) -> Result<Step, Refused> {
        let id = &session.id;
        if is_open(session, &self.user.id, SessionOperation::SwitchToCoach) {
            self.session(id, SessionAct::Follow(Monitoring::Coach)).await?;
        }
        let line = self.chance.pick(&COACHING).copied().unwrap_or_default();
        self.say_to_agents(id, line).await?;
        self.rest(WATCHES).await;
        if self.chance.happens(STEPS) {
            self.session(id, SessionAct::Follow(Monitoring::BargeIn)).await?;
            self.say(id, STEPS_IN.0).await?;
            self.rest(WATCHES).await;
        }
        if self.chance.happens(LEAVES) {
            self.session(id, SessionAct::Leave { last: None }).await?;
            return Ok(Step::Done);
        }
        self.session(id, SessionAct::Follow(Monitoring::ListenIn)).await?;
        Ok(Step::On)
    }
}

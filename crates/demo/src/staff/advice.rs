//! What scripted agents say to agents alone: advice to who asks, thanks to who advises or coaches.

use super::{ServedInteraction, scripted::is_scripted, talk::Step};
use crate::dialogue::{self, ADVICE, THANKS_FOR_ADVICE};
use desk::Refused;
use domain::{
    InteractionId, UserId,
    message::Visibility,
    session::{AgentParty, Session, SessionAct, SessionOperation, is_open},
};
use std::{ops::Range, time::Duration};

/// How long a sentence takes to type, in milliseconds.
const TYPING: Range<u64> = 1_500..4_000;
/// How long somebody who was asked stays without a word.
const STAYS: Duration = Duration::from_secs(60);
/// The same when a person has asked, who may read a manual meanwhile.
const STAYS_FOR_PERSON: Duration = Duration::from_secs(600);

impl ServedInteraction {
    /// One step of somebody whom a colleague has asked.
    pub(super) async fn advise(&mut self, session: &Session, party: &AgentParty) -> Result<Step, Refused> {
        self.heard.read(&self.desk, session).await?;
        let is_person = |id: &UserId| self.desk.directory().user(id).is_some_and(|user| !is_scripted(&user));
        let asks = party.invitation.asked_by().map(|asked| &asked.from);
        let is_for_person = asks.is_some_and(is_person);
        let heard = &self.heard;
        let advised = heard.spoke(&self.user.id, Visibility::Agents);
        // What a coach says, and what is said to a coach, is not for them.
        let asked = heard
            .unanswered(party, |from| Some(from) == asks || is_person(from))
            .filter(|words| advised > 0 || *words != THANKS_FOR_ADVICE);
        let advice = match asked {
            Some(THANKS_FOR_ADVICE) => return Ok(Step::Finished),
            Some(asked) => {
                dialogue::asked(asked).map_or_else(|| general(advised.max(1)), |known| known.advice)
            }
            // A person is told that there is somebody.
            None if is_for_person && advised == 0 => general(0),
            None => {
                let stays = if is_for_person { STAYS_FOR_PERSON } else { STAYS };
                if self.course.quiet(heard) > stays {
                    return Ok(Step::Finished);
                }
                self.look().await;
                return Ok(Step::On);
            }
        };
        if is_open(session, &self.user.id, SessionOperation::SendToAgents) {
            self.say_to_agents(&session.id, advice).await?;
        } else {
            self.look().await;
        }
        Ok(Step::On)
    }

    /// Thanks a supervisor or a colleague who has said something; whether there was anything to thank for.
    pub(super) async fn thank(&mut self, session: &Session, party: &AgentParty) -> Result<bool, Refused> {
        let is_behind = |from: &UserId| session.live_party(from).is_some_and(AgentParty::is_behind);
        let words = self.heard.unanswered(party, is_behind);
        let speaks = is_open(session, &self.user.id, SessionOperation::SendToAgents);
        if !speaks || words.is_none_or(|words| words == THANKS_FOR_ADVICE) {
            return Ok(false);
        }
        self.say_to_agents(&session.id, THANKS_FOR_ADVICE).await?;
        Ok(true)
    }

    pub(super) async fn say_to_agents(&mut self, id: &InteractionId, text: &str) -> Result<(), Refused> {
        self.session(id, SessionAct::TypeToAgents { on: true }).await?;
        self.rest(TYPING).await;
        self.session(id, SessionAct::SayToAgents(text.to_owned())).await
    }
}

/// What to say to a question that nobody has foreseen, after so many answers.
fn general(advised: usize) -> &'static str {
    ADVICE.get(advised).or(ADVICE.last()).copied().unwrap_or_default()
}

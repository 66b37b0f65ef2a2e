//! A conversation in which nobody wrote for a long time keeps its agents and takes no slot of theirs, until somebody writes
//! (spec: decisions#hours).

use super::{DecideError, Draft};
use crate::{
    InteractionId, UserId, agent,
    session::{AgentPartyState, Deadline, Fact},
};

/// Nobody wrote for so long: the slots of those who talk are free for others.
pub(super) fn leave(draft: &mut Draft<'_>, id: &InteractionId) -> Result<(), DecideError> {
    let session = draft.session(id)?;
    let due = session.deadlines().any(|(what, at)| what == Deadline::Slots && at <= draft.now);
    if !due {
        return Ok(());
    }
    draft.tell(id, Fact::SlotsLeft)?;
    let talks = |state| state == AgentPartyState::Chatting;
    let agents: Vec<UserId> =
        session.live_agents().filter(|party| talks(party.state)).map(|party| party.user.clone()).collect();
    for agent in agents {
        draft.tell_agent(&agent, agent::Fact::SlotIdle { session: id.clone(), on: true })?;
    }
    Ok(())
}

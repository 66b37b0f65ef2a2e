//! The part of an agent in a conversation: it begins with a slot, and its end gives the slot back.

use super::{DecideError, Draft, disposition, machine::Machine, owed};
use crate::{
    InteractionId, Millis, UserId, agent,
    message::Content,
    session::{AgentParty, AgentPartyState, EndedBy, Fact, Invitation, Session},
};

/// The live part of an agent. A conversation that is not theirs does not exist for them (spec: decisions#8).
pub(super) fn live<'s>(session: &'s Session, agent: &UserId) -> Result<&'s AgentParty, DecideError> {
    session.live_party(agent).ok_or_else(|| session.not_found())
}

/// Offers a conversation to an agent: it takes a slot of theirs.
pub(super) fn seat(
    draft: &mut Draft<'_>,
    session: &Session,
    agent: &UserId,
    invitation: Invitation,
    deadline: Option<Millis>,
) -> Result<(), DecideError> {
    let offered = Fact::Offered {
        agent: agent.clone(),
        user_name: draft.user(agent)?.user_name.clone(),
        participant: session.next_participant(),
        invitation,
        deadline,
        by: draft.by.clone(),
    };
    draft.tell(&session.id, offered)?;
    let slot = agent::Fact::SlotTaken { medium: session.medium.clone(), session: session.id.clone() };
    draft.tell_agent(agent, slot)
}

/// Moves an agent's part on, and gives its slot back when it is over.
pub(super) fn close_party(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    agent: &UserId,
    state: AgentPartyState,
    closer: EndedBy,
    to: Option<UserId>,
) -> Result<(), DecideError> {
    let session = draft.session(id)?;
    let party = live(&session, agent)?;
    let dispositioned = disposition::is_set(draft, &*session, Some(party))?;
    let closed = Fact::PartyClosed {
        agent: agent.clone(),
        user_name: party.user_name.clone(),
        state,
        closer,
        dispositioned,
        to,
    };
    draft.tell(id, closed)?;
    if state.is_terminal() {
        free_slot(draft, &session, agent, state == AgentPartyState::Completed)?;
    }
    Ok(())
}

/// Completes the part of an agent who is done with it, or has handed it over: they may owe its disposition.
pub(super) fn complete(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    agent: &UserId,
    to: Option<UserId>,
) -> Result<(), DecideError> {
    let session = draft.session(id)?;
    let party = live(&session, agent)?;
    close_party(draft, id, agent, AgentPartyState::Completed, EndedBy::Agent, to)?;
    // Who came too late for the customer has answered nobody, and who only helped answers for nothing.
    if party.number > 0 && party.answers() {
        owed::part_ended(draft, &*session, party, Some(&session.queue))?;
    }
    Ok(())
}

/// Ends the part of an agent while others go on.
pub(super) fn depart(draft: &mut Draft<'_>, id: &InteractionId, agent: &UserId) -> Result<(), DecideError> {
    let author = live(&*draft.session(id)?, agent)?.author();
    draft.say(id, author, Content::Left)?;
    complete(draft, id, agent, None)
}

/// Says in the log that somebody is seen by others than before.
pub(super) fn rejoin(draft: &mut Draft<'_>, id: &InteractionId, agent: &UserId) -> Result<(), DecideError> {
    let author = live(&*draft.session(id)?, agent)?.author();
    draft.say(id, author, Content::Rejoined)
}

/// Gives the slot back that a conversation took.
pub(super) fn free_slot(
    draft: &mut Draft<'_>,
    session: &Session,
    agent: &UserId,
    completed: bool,
) -> Result<(), DecideError> {
    let slot =
        agent::Fact::SlotFreed { medium: session.medium.clone(), session: session.id.clone(), completed };
    draft.tell_agent(agent, slot)
}

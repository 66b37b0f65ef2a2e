//! A conversation is taken from an agent: by a supervisor who leads them, or because their client fell silent. Its customer
//! is never lost by it: it waits in a queue, at the place that it had, or is offered from there.

use super::{DecideError, Draft, ending, invite, lead, offer, part, succession, withdraw};
use crate::{
    InteractionId, QueueName, Refusal, UserId,
    command::TakeTo,
    message::Content,
    session::{AgentParty, AgentPartyState, EndedBy, Fact, Invitation, Session, SessionOperation},
};

/// A supervisor takes it.
pub(super) fn act(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    agent: &UserId,
    by: &UserId,
    to: &TakeTo,
) -> Result<(), DecideError> {
    lead::require(draft, by, agent)?;
    draft.by = Some(by.clone());
    let session = draft.session(id)?;
    let party = part::live(&session, agent)?;
    if !is_open(&session, party) {
        return Err(Refusal::NotInState { operation: SessionOperation::Transfer, state: party.state }.into());
    }
    let queue = match to {
        TakeTo::Queue(queue) => queue,
        TakeTo::Agent(target) if target == agent => {
            return Err(Refusal::Invalid("The interaction is already that of this agent".into()).into());
        }
        TakeTo::Agent(_) | TakeTo::Back => &session.queue,
    };
    take(draft, &session, party, EndedBy::Supervisor)?;
    put_back(draft, &session, queue)?;
    match to {
        TakeTo::Agent(target) => {
            let session = draft.session(id)?;
            invite::ask(draft, &session, target, Invitation::Queue)
        }
        TakeTo::Queue(_) | TakeTo::Back => Ok(()),
    }
}

/// Gives back what an agent holds whose client is silent: what a customer waits in for them alone. The end of their part is
/// the customer's news; work after a talk stays theirs.
pub(super) fn give_back(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    agent: &UserId,
) -> Result<(), DecideError> {
    let session = draft.session(id)?;
    let party = part::live(&session, agent)?;
    let is_helping = party.state == AgentPartyState::Chatting && !party.talks();
    if !is_helping && !is_open(&session, party) {
        return Ok(());
    }
    succession::pass_on(draft, &session, party, true)?;
    let session = draft.session(id)?;
    let alone = session.customer.present && party.talks() && succession::is_alone(&session, agent);
    let was_offered = party.state == AgentPartyState::Invited;
    take(draft, &session, party, EndedBy::ConnectionLost)?;
    if alone || was_offered {
        put_back(draft, &session, &session.queue)?;
    }
    ending::end_if_idle(draft, id)
}

/// Whether there is a customer to be given to another: not while a colleague still has it who hands it over, nor in work
/// after the talk.
fn is_open(session: &Session, party: &AgentParty) -> bool {
    match party.state {
        AgentPartyState::Chatting => session.customer.present && party.talks(),
        AgentPartyState::Invited => party.invitation == Invitation::Queue,
        _ => false,
    }
}

/// Ends the part of an agent from whom it is taken, and every offer that they made of it.
fn take(
    draft: &mut Draft<'_>,
    session: &Session,
    party: &AgentParty,
    closer: EndedBy,
) -> Result<(), DecideError> {
    let (id, agent) = (&session.id, &party.user);
    let barred_until = Some(draft.now + offer::cool_down(draft, &session.queue)?);
    let by = draft.by.clone();
    draft.tell(id, Fact::TakenAway { agent: agent.clone(), by, barred_until })?;
    if party.state == AgentPartyState::Invited {
        return invite::end(draft, session, party, AgentPartyState::Revoked, closer);
    }
    withdraw::all(draft, id, Some(agent), closer)?;
    draft.say(id, party.author(), Content::Left)?;
    part::close_party(draft, id, agent, AgentPartyState::Revoked, closer, None)
}

/// Puts it into a queue. Its place is counted from when its customer began to wait, in whichever queue: they did not ask to
/// be moved.
fn put_back(draft: &mut Draft<'_>, session: &Session, name: &QueueName) -> Result<(), DecideError> {
    let priority = if *name == session.queue { session.place.priority } else { draft.queue(name)?.priority };
    let (since, by) = (session.place.since, draft.by.clone());
    draft.tell_in(&session.id, name, Fact::Queued { priority, since, by, barred_until: None })
}

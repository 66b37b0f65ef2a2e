//! Offers of conversations: made by the router or by a colleague, refused, lapsed, ended.

use super::{
    DecideError, Draft, disposition,
    offer::{self, Offering},
    part,
};
use crate::{
    InteractionId, UserId,
    offer::Obstacle,
    session::{AgentParty, AgentPartyState, AskedBy, EndedBy, Fact, Invitation, Session},
};

/// The router offers a waiting conversation, or a request for help in one. Everything is checked again: the board the
/// router looked at may be a moment old.
pub(super) fn offer(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    agent: &UserId,
    request: Option<u32>,
) -> Result<(), DecideError> {
    let session = draft.session(id)?;
    if let Some(number) = request {
        return offer_request(draft, &session, agent, number);
    }
    if !session.waiting {
        return Err(offer::not(&session.medium, "it does not wait any more"));
    }
    let barred_until = session.barred.get(agent).copied();
    let offering = Offering { agent, queue: Some(&session.queue), barred_until, has_phone: false };
    invite(draft, &session, &offering, Invitation::Queue)
}

fn offer_request(
    draft: &mut Draft<'_>,
    session: &Session,
    agent: &UserId,
    number: u32,
) -> Result<(), DecideError> {
    let Some(request) = session.request(number).filter(|request| request.waiting) else {
        return Err(offer::not(&session.medium, "it does not wait any more"));
    };
    let barred_until = request.barred.get(agent).copied();
    let offering = Offering { agent, queue: Some(&request.queue), barred_until, has_phone: false };
    let asked = AskedBy { from: request.from.clone(), reference: request.reference, request: Some(number) };
    invite(draft, session, &offering, Invitation::for_help(request.help, asked))
}

/// A colleague hands a conversation over, or asks for help.
pub(super) fn ask(
    draft: &mut Draft<'_>,
    session: &Session,
    whom: &UserId,
    invitation: Invitation,
) -> Result<(), DecideError> {
    offer::permit_more(session)?;
    // A supervisor whom the asker does not see is there for nobody to find out.
    let asker = invitation.inviter().and_then(|(from, _)| session.live_party(from)).map(AgentParty::viewer);
    let is_hidden = |viewer| session.live_party(whom).is_some_and(|other| !other.visibility.is_for(viewer));
    if asker.is_some_and(is_hidden) {
        return Err(offer::not(&session.medium, Obstacle::NotReady { reason: None }.in_brief()));
    }
    let offering = Offering { agent: whom, queue: None, barred_until: None, has_phone: false };
    invite(draft, session, &offering, invitation)
}

fn invite(
    draft: &mut Draft<'_>,
    session: &Session,
    offering: &Offering<'_>,
    invitation: Invitation,
) -> Result<(), DecideError> {
    if !session.is_open() {
        return Err(offer::not(&session.medium, "it is over"));
    }
    offer::permit(draft, session, offering)?;
    let deadline = offer::lapses_at(draft, offering.queue.unwrap_or(&session.queue))?;
    part::seat(draft, session, offering.agent, invitation, Some(deadline))
}

pub(super) fn reject(
    draft: &mut Draft<'_>,
    session: &Session,
    party: &AgentParty,
) -> Result<(), DecideError> {
    end(draft, session, party, AgentPartyState::Completed, EndedBy::Agent)
}

/// The agent did not answer in time: the next one is asked, and they are not ready until they say so
/// (spec: digital-channels#5.5). It is never refused: an offer whose time is up must end.
pub(super) fn lapse(draft: &mut Draft<'_>, id: &InteractionId, agent: &UserId) -> Result<(), DecideError> {
    let session = draft.session(id)?;
    let due = session
        .live_party(agent)
        .filter(|party| party.state == AgentPartyState::Invited)
        .filter(|party| party.deadline.is_some_and(|due| due <= draft.now));
    let Some(party) = due else { return Ok(()) };
    end(draft, &session, party, AgentPartyState::Revoked, EndedBy::NoAnswer)?;
    offer::make_not_ready(draft, agent, &session.medium)
}

/// Ends one offer. What came from the queue goes back to its place, unless it ended because the talk did. An agent who
/// refused it or let it lapse is not asked again at once; one who lost it through no fault of theirs is not barred.
pub(super) fn end(
    draft: &mut Draft<'_>,
    session: &Session,
    party: &AgentParty,
    state: AgentPartyState,
    closer: EndedBy,
) -> Result<(), DecideError> {
    let (id, agent) = (&session.id, &party.user);
    let queue = party.invitation.asked_by().and_then(|asked| session.request(asked.request?));
    let cool_down = offer::cool_down(draft, queue.map_or(&session.queue, |request| &request.queue))?;
    let refused = state == AgentPartyState::Completed || closer == EndedBy::NoAnswer;
    let ended = Fact::OfferEnded {
        agent: agent.clone(),
        state,
        closer,
        barred_until: refused.then_some(draft.now + cool_down),
        dispositioned: disposition::is_set(draft, session, None)?,
    };
    draft.tell(id, ended)?;
    part::free_slot(draft, session, agent, false)?;
    let by_agent = matches!(closer, EndedBy::Agent | EndedBy::NoAnswer);
    if party.invitation == Invitation::Queue && by_agent {
        draft.tell(id, requeued(session))?;
    }
    Ok(())
}

/// Back to the queue at the same place.
pub(super) fn requeued(session: &Session) -> Fact {
    let place = session.place;
    Fact::Queued { priority: place.priority, since: place.since, by: None, barred_until: None }
}

//! Offers and requests for help that are taken back, and requests that nobody took.

use super::{DecideError, Draft, invite};
use crate::{
    InteractionId, UserId,
    session::{AgentParty, AgentPartyState, EndedBy, Fact, Session},
};

/// Takes back every open offer of a conversation and every request for help, or those that one agent made.
pub(super) fn all(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    from: Option<&UserId>,
    closer: EndedBy,
) -> Result<(), DecideError> {
    let session = draft.session(id)?;
    for party in session.live_agents().filter(|party| party.state == AgentPartyState::Invited) {
        let inviter = party.invitation.inviter().map(|(inviter, _)| inviter);
        if from.is_none_or(|from| inviter == Some(from)) {
            invite::end(draft, &session, party, AgentPartyState::Revoked, closer)?;
        }
    }
    requests(draft, id, from, closer)
}

/// Nobody took a request in time. It is never refused.
pub(super) fn lapse(draft: &mut Draft<'_>, id: &InteractionId, number: u32) -> Result<(), DecideError> {
    let session = draft.session(id)?;
    let now = draft.now;
    let due = session.request(number).filter(|request| request.deadline <= now).map(|request| request.number);
    match due {
        Some(number) => end_request(draft, &session, number, EndedBy::NoAnswer),
        None => Ok(()),
    }
}

/// Takes back every open request for help of a conversation, or those of one agent.
fn requests(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    from: Option<&UserId>,
    closer: EndedBy,
) -> Result<(), DecideError> {
    let session = draft.session(id)?;
    for request in session.requests.iter().filter(|request| from.is_none_or(|from| request.from == *from)) {
        end_request(draft, &session, request.number, closer)?;
    }
    Ok(())
}

/// Ends a request, and the offer that was made of it.
fn end_request(
    draft: &mut Draft<'_>,
    session: &Session,
    number: u32,
    closer: EndedBy,
) -> Result<(), DecideError> {
    let Some(request) = session.request(number) else { return Ok(()) };
    let is_of_it = |party: &&AgentParty| {
        party.state == AgentPartyState::Invited
            && party.invitation.asked_by().is_some_and(|asked| asked.request == Some(number))
    };
    let user_name = draft.user_if_any(&request.from)?.map(|user| user.user_name.clone()).unwrap_or_default();
    let ended = Fact::RequestEnded { request: number, agent: request.from.clone(), user_name, closer };
    draft.tell(&session.id, ended)?;
    if let Some(offered) = session.live_agents().find(is_of_it) {
        // The offer ends with the request, whoever was offered it; it is nobody's refusal.
        let closer = if closer == EndedBy::NoAnswer { EndedBy::Idle } else { closer };
        invite::end(draft, session, offered, AgentPartyState::Revoked, closer)?;
    }
    Ok(())
}

//! Offers: made by the router, taken, refused, lapsed, withdrawn.

use super::{Draft, No, customer::bounded, data, talk};
use crate::{
    Refusal, SessionId, UserId,
    agent::{self, AgentState, Readiness},
    message::{Content, MAX_NICKNAME_BYTES},
    session::{AgentParty, Closer, Fact, Invitation, PartyState, Session},
};

/// The reason an agent reads when the server made him not ready.
const NO_ANSWER: &str = "No answer";

/// The router offers a waiting conversation. Everything is checked again: the board the router looked at may be
/// a moment old.
pub(super) fn offer(draft: &mut Draft<'_>, id: &SessionId, agent: &UserId) -> Result<(), No> {
    let session = draft.session(id)?;
    let not = |why| No::Refused(Refusal::NotAvailable { medium: session.medium.clone(), why });
    if !session.waiting {
        return Err(not("it does not wait any more"));
    }
    if session.barred.get(agent).is_some_and(|until| *until > draft.now) {
        return Err(not("the agent refused it a moment ago"));
    }
    invite(draft, &session, agent, Invitation::Queue)
}

/// Invites an agent who can take it.
pub(super) fn invite(
    draft: &mut Draft<'_>,
    session: &Session,
    agent: &UserId,
    invitation: Invitation,
) -> Result<(), No> {
    let medium = &session.medium;
    let not = |why| No::Refused(Refusal::NotAvailable { medium: medium.clone(), why });
    let user = draft.user(agent)?;
    let Some(found) = draft.agent(agent)? else { return Err(not("not logged in")) };
    match found.channel(medium) {
        None => return Err(not("not logged in on this channel")),
        Some(channel) if !channel.takes_work() => return Err(not("not ready")),
        Some(_) => {}
    }
    if session.live_party(agent).is_some() {
        return Err(not("takes part already"));
    }
    if found.taken(medium) >= usize::from(capacity(&user, &*draft.centre()?, medium)) {
        return Err(not("no free slot"));
    }
    drop(found);
    let deadline = draft.now + draft.queue(&session.queue)?.offer;
    let offered = Fact::Offered {
        agent: agent.clone(),
        user_name: user.user_name.clone(),
        participant: session.next_participant(),
        invitation,
        deadline: Some(deadline),
    };
    draft.tell(&session.id, offered)?;
    let slot = agent::Fact::SlotTaken { medium: medium.clone(), session: session.id.clone() };
    draft.tell_agent(agent, slot)
}

/// How many conversations of a medium an agent may have: his own figure, else the centre's, else none.
pub fn capacity(user: &crate::user::User, centre: &crate::centre::Centre, medium: &crate::MediumName) -> u8 {
    user.capacity.get(medium).or_else(|| centre.capacity.get(medium)).copied().unwrap_or(0)
}

pub(super) fn accept(
    draft: &mut Draft<'_>,
    session: &Session,
    party: &AgentParty,
    nickname: &str,
    save_last_agent: bool,
) -> Result<(), No> {
    if nickname.is_empty() {
        return Err(Refusal::Missing("nickname").into());
    }
    bounded("nickname", nickname, MAX_NICKNAME_BYTES)?;
    let (id, agent) = (&session.id, &party.user);
    if !session.customer.present {
        return draft.tell(id, Fact::JoinFailed { agent: agent.clone(), nickname: nickname.to_owned() });
    }
    draft.tell(id, Fact::Accepted { agent: agent.clone(), nickname: nickname.to_owned() })?;
    if save_last_agent {
        data::save_last_agent(draft, id, agent)?;
    }
    let author = talk::live(&*draft.session(id)?, agent)?.author();
    draft.say(id, author, Content::Joined)?;
    if let Invitation::Transfer { from, .. } = &party.invitation {
        let author = talk::live(session, from)?.author();
        draft.say(id, author, Content::Left)?;
        talk::close_party(draft, id, from, PartyState::Completed, Closer::Agent, Some(agent.clone()))?;
    }
    Ok(())
}

pub(super) fn reject(draft: &mut Draft<'_>, session: &Session, party: &AgentParty) -> Result<(), No> {
    end(draft, session, party, PartyState::Completed, Closer::Agent)?;
    talk::end_if_idle(draft, &session.id)
}

/// The agent did not answer in time: the next one is asked, and he is not ready until he says so (DESIGN §2).
pub(super) fn lapse(draft: &mut Draft<'_>, id: &SessionId, agent: &UserId) -> Result<(), No> {
    let session = draft.session(id)?;
    let due = session
        .live_party(agent)
        .filter(|party| party.state == PartyState::Invited)
        .filter(|party| party.deadline.is_some_and(|due| due <= draft.now));
    let Some(party) = due else { return Ok(()) };
    end(draft, &session, party, PartyState::Revoked, Closer::NoAnswer)?;
    let state = AgentState {
        reason: Some(NO_ANSWER.into()),
        ..draft
            .centre()?
            .agent_states
            .iter()
            .find(|state| state.state == Readiness::NotReady)
            .cloned()
            .ok_or_else(|| Refusal::NotFound("A not-ready state".into()))?
    };
    if draft.agent(agent)?.is_some_and(|found| found.channel(&session.medium).is_some()) {
        let channels = vec![session.medium.clone()];
        draft.tell_agent(agent, agent::Fact::StateChanged { channels, state, by_server: true })?;
    }
    talk::end_if_idle(draft, id)
}

/// Takes back every open offer of a conversation, or those that one agent's transfer made.
pub(super) fn withdraw(
    draft: &mut Draft<'_>,
    id: &SessionId,
    from: Option<&UserId>,
    closer: Closer,
) -> Result<(), No> {
    let session = draft.session(id)?;
    for party in session.live_agents().filter(|party| party.state == PartyState::Invited) {
        let concerned = match (&party.invitation, from) {
            (_, None) => true,
            (Invitation::Transfer { from: who, .. }, Some(from)) => who == from,
            (Invitation::Queue, Some(_)) => false,
        };
        if concerned {
            end(draft, &session, party, PartyState::Revoked, closer)?;
        }
    }
    Ok(())
}

/// Ends one offer; what came from the queue goes back to its place, unless the customer ended it by going.
pub(super) fn end(
    draft: &mut Draft<'_>,
    session: &Session,
    party: &AgentParty,
    state: PartyState,
    closer: Closer,
) -> Result<(), No> {
    let (id, agent) = (&session.id, &party.user);
    let cool_down = draft.queue(&session.queue).map_or(0, |queue| queue.cool_down);
    let barred_until = matches!(closer, Closer::Agent | Closer::NoAnswer).then_some(draft.now + cool_down);
    draft.tell(id, Fact::OfferEnded { agent: agent.clone(), state, closer, barred_until })?;
    free_slot(draft, session, agent, false)?;
    let customer_gone = matches!(closer, Closer::Customer | Closer::Idle);
    if party.invitation == Invitation::Queue && !customer_gone {
        draft.tell(id, requeued(session))?;
    }
    Ok(())
}

/// Back to the queue at the same place.
pub(super) fn requeued(session: &Session) -> Fact {
    let place = session.place;
    Fact::Queued { priority: place.priority, since: place.since, by: None, barred_until: None }
}

pub(super) fn free_slot(
    draft: &mut Draft<'_>,
    session: &Session,
    agent: &UserId,
    completed: bool,
) -> Result<(), No> {
    let slot =
        agent::Fact::SlotFreed { medium: session.medium.clone(), session: session.id.clone(), completed };
    draft.tell_agent(agent, slot)
}

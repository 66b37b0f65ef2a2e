//! Offers: made by the router, taken, refused, lapsed, withdrawn.

use super::{Draft, No, customer::bounded, data, draft::View, post, talk};
use crate::{
    InteractionId, MediumName, Millis, Refusal, UserId,
    agent::{self, AgentState, Readiness},
    centre::{Centre, system_states},
    medium,
    message::{Content, MAX_NICKNAME},
    session::{AgentParty, Closer, Fact, Invitation, PartyState, Session},
    task::Sign,
};
use std::sync::Arc;

/// The reason an agent reads when the server made him not ready.
const NO_ANSWER: &str = "No answer";
/// How long an offer stands when its queue was taken away meanwhile.
const ORPHAN_OFFER: Millis = 30_000;

/// The router offers a waiting conversation. Everything is checked again: the board the router looked at may be
/// a moment old.
pub(super) fn offer(draft: &mut Draft<'_>, id: &InteractionId, agent: &UserId) -> Result<(), No> {
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
    let not = |why| No::Refused(Refusal::NotAvailable { medium: session.medium.clone(), why });
    let found = free(draft, session, agent)?;
    if !found.channel(&session.medium).is_some_and(agent::ChannelState::takes_work) {
        return Err(not("not ready"));
    }
    if session.live_party(agent).is_some() {
        return Err(not("takes part already"));
    }
    drop(found);
    let stands = draft.queue_if_any(&session.queue)?.map_or(ORPHAN_OFFER, |queue| queue.offer);
    let deadline = draft.now + stands;
    seat(draft, session, agent, invitation, Some(deadline))
}

/// An agent takes part in what he began himself; he need not be ready for what others bring.
pub(super) fn take(
    draft: &mut Draft<'_>,
    session: &Session,
    agent: &UserId,
    nickname: &str,
) -> Result<(), No> {
    drop(free(draft, session, agent)?);
    seat(draft, session, agent, Invitation::Own, None)?;
    draft.tell(&session.id, Fact::Accepted { agent: agent.clone(), nickname: nickname.to_owned() })?;
    let author = talk::live(&*draft.session(&session.id)?, agent)?.author();
    draft.say(&session.id, author, Content::Joined)
}

/// An agent who is logged in on the medium and has a free slot.
fn free(draft: &mut Draft<'_>, session: &Session, agent: &UserId) -> Result<View<agent::Agent>, No> {
    let medium = &session.medium;
    let not = |why| No::Refused(Refusal::NotAvailable { medium: medium.clone(), why });
    let user = draft.user(agent)?;
    let Some(found) = draft.agent(agent)? else { return Err(not("not logged in")) };
    if found.channel(medium).is_none() {
        return Err(not("not logged in on this channel"));
    }
    if found.taken(medium) >= usize::from(capacity(&user, &*draft.centre()?, medium)) {
        return Err(not("no free slot"));
    }
    Ok(found)
}

fn seat(
    draft: &mut Draft<'_>,
    session: &Session,
    agent: &UserId,
    invitation: Invitation,
    deadline: Option<Millis>,
) -> Result<(), No> {
    let offered = Fact::Offered {
        agent: agent.clone(),
        user_name: draft.user(agent)?.user_name.clone(),
        participant: session.next_participant(),
        invitation,
        deadline,
    };
    draft.tell(&session.id, offered)?;
    let slot = agent::Fact::SlotTaken { medium: session.medium.clone(), session: session.id.clone() };
    draft.tell_agent(agent, slot)
}

/// How many conversations of a medium an agent may have: his own figure, else the centre's, else none;
/// of calls one.
pub fn capacity(user: &crate::user::User, centre: &crate::centre::Centre, medium: &crate::MediumName) -> u8 {
    let one_call = || u8::from(*medium == medium::voice());
    user.capacity.get(medium).or_else(|| centre.capacity.get(medium)).copied().unwrap_or_else(one_call)
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
    bounded("nickname", nickname, MAX_NICKNAME)?;
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
    post::sign(draft, session, Sign::Seen);
    if let Invitation::Transfer { from, .. } = &party.invitation {
        let author = talk::live(session, from)?.author();
        draft.say(id, author, Content::Left)?;
        talk::close_party(draft, id, from, PartyState::Completed, Closer::Agent, Some(agent.clone()))?;
    }
    Ok(())
}

pub(super) fn reject(draft: &mut Draft<'_>, session: &Session, party: &AgentParty) -> Result<(), No> {
    end(draft, session, party, PartyState::Completed, Closer::Agent)
}

/// The agent did not answer in time: the next one is asked, and he is not ready until he says so
/// (digital-channels §5.5). It is never refused: an offer whose time is up must end.
pub(super) fn lapse(draft: &mut Draft<'_>, id: &InteractionId, agent: &UserId) -> Result<(), No> {
    let session = draft.session(id)?;
    let due = session
        .live_party(agent)
        .filter(|party| party.state == PartyState::Invited)
        .filter(|party| party.deadline.is_some_and(|due| due <= draft.now));
    let Some(party) = due else { return Ok(()) };
    end(draft, &session, party, PartyState::Revoked, Closer::NoAnswer)?;
    make_not_ready(draft, agent, &session.medium)
}

/// An agent who did not answer is not ready until he says so. Who is not ready by his own choice keeps the reason he
/// gave.
pub(super) fn make_not_ready(draft: &mut Draft<'_>, agent: &UserId, medium: &MediumName) -> Result<(), No> {
    let was_ready = draft.agent(agent)?.is_some_and(|found| {
        let state = found.channel(medium).and_then(|channel| channel.state.as_ref());
        state.is_some_and(|state| state.state == Readiness::Ready)
    });
    if was_ready && let Some(state) = not_ready(&*draft.centre()?) {
        let channels = vec![medium.clone()];
        draft
            .tell_agent(agent, agent::Fact::StateChanged { channels, state, by_server: true, until: None })?;
    }
    Ok(())
}

/// The plain not-ready state of the centre, or of every installation, with the server's reason.
fn not_ready(centre: &Centre) -> Option<Arc<AgentState>> {
    let plain = |state: &&Arc<AgentState>| state.state == Readiness::NotReady && state.work_mode.is_none();
    let state = centre.agent_states.iter().find(plain).cloned();
    let state = state.or_else(|| system_states().iter().find(plain).cloned())?;
    Some(Arc::new(AgentState { reason: Some(NO_ANSWER.into()), ..Arc::unwrap_or_clone(state) }))
}

/// Takes back every open offer of a conversation, or those that one agent's transfer made.
pub(super) fn withdraw(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    from: Option<&UserId>,
    closer: Closer,
) -> Result<(), No> {
    let session = draft.session(id)?;
    for party in session.live_agents().filter(|party| party.state == PartyState::Invited) {
        let concerned = match (&party.invitation, from) {
            (_, None) => true,
            (Invitation::Transfer { from: who, .. }, Some(from)) => who == from,
            (Invitation::Queue | Invitation::Own, Some(_)) => false,
        };
        if concerned {
            end(draft, &session, party, PartyState::Revoked, closer)?;
        }
    }
    Ok(())
}

/// Ends one offer. What came from the queue goes back to its place, unless it ended because the talk did. Who
/// refused it or let it lapse is not asked again at once; who lost it through no doing of his is not barred.
pub(super) fn end(
    draft: &mut Draft<'_>,
    session: &Session,
    party: &AgentParty,
    state: PartyState,
    closer: Closer,
) -> Result<(), No> {
    let (id, agent) = (&session.id, &party.user);
    let cool_down = draft.queue_if_any(&session.queue)?.map_or(0, |queue| queue.cool_down);
    let refused = state == PartyState::Completed || closer == Closer::NoAnswer;
    let ended = Fact::OfferEnded {
        agent: agent.clone(),
        state,
        closer,
        barred_until: refused.then_some(draft.now + cool_down),
        dispositioned: draft.centre()?.disposition.is_set(&session.user_data),
    };
    draft.tell(id, ended)?;
    free_slot(draft, session, agent, false)?;
    let by_agent = matches!(closer, Closer::Agent | Closer::NoAnswer);
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

//! Who answers for a conversation when somebody leaves it, and what becomes of those who only helped or followed: a
//! customer always has somebody, or nobody stays behind.

use super::{DecideError, Draft, ending, invite, part, supervise, withdraw};
use crate::{
    InteractionId, UserId,
    session::{AgentParty, AgentPartyState, EndedBy, Fact, Invitation, Session},
};

/// Leaves the conversation to a colleague when the last who answered for it goes: one who talks with the customer, or
/// else, if `consulted` may step forward, one who was only asked.
pub(super) fn pass_on(
    draft: &mut Draft<'_>,
    session: &Session,
    leaving: &AgentParty,
    consulted: bool,
) -> Result<(), DecideError> {
    let others = || session.chatting().filter(|other| other.user != leaving.user);
    let is_needed = session.customer.present && leaving.talks() && !serves_otherwise(session);
    if !is_needed || others().any(|other| other.talks() && other.answers()) {
        return Ok(());
    }
    let helps = |other: &&AgentParty| other.talks() && other.follows.is_none();
    let heir = others()
        .find(helps)
        .or_else(|| others().find(|other| other.talks()))
        .or_else(|| others().find(|other| consulted && other.is_consulted()));
    match heir {
        Some(heir) => take_over(draft, &session.id, heir, &leaving.user),
        None => Ok(()),
    }
}

/// Lets a colleague answer for the conversation from now on; one whom the customer did not see is seen.
pub(super) fn take_over(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    heir: &AgentParty,
    from: &UserId,
) -> Result<(), DecideError> {
    let (agent, user_name) = (heir.user.clone(), heir.user_name.clone());
    draft.tell(id, Fact::TookOver { agent, user_name, from: from.clone() })?;
    if heir.talks() {
        return Ok(());
    }
    part::rejoin(draft, id, &heir.user)?;
    supervise::follow(draft, id, &heir.user)
}

/// Whether nobody is with the customer but this agent.
pub(super) fn is_alone(session: &Session, agent: &UserId) -> bool {
    session.talking().all(|party| party.user == *agent) && !serves_otherwise(session)
}

/// Whether a queue looks for somebody who serves the customer, or has found them and they have not answered yet.
fn serves_otherwise(session: &Session) -> bool {
    let is_asked =
        |party: &AgentParty| party.state == AgentPartyState::Invited && party.invitation == Invitation::Queue;
    session.waiting || session.live_agents().any(is_asked)
}

/// Ends the part of everybody who only helps or follows once nobody talks whom they could help or follow, and of
/// supervisors who may not follow any more.
pub(super) fn keep_up(draft: &mut Draft<'_>, id: &InteractionId) -> Result<(), DecideError> {
    let session = draft.session(id)?;
    let mut behind =
        session.live_agents().filter(|party| party.follows.is_some() || party.is_behind()).peekable();
    if behind.peek().is_none() {
        return Ok(());
    }
    let is_served = session.talking().next().is_some();
    for party in behind {
        let ends = match &party.follows {
            None => !is_served,
            Some(_) => party.is_behind() && !is_served || !supervise::may_stay(draft, &session, party)?,
        };
        if ends {
            end_part(draft, &session, party)?;
        }
    }
    ending::end_if_idle(draft, id)
}

/// What a supervisor may has changed: they follow whom they may follow now, and nobody else.
pub(super) fn judge(draft: &mut Draft<'_>, supervisor: &UserId) -> Result<(), DecideError> {
    supervise::judge(draft, supervisor)?;
    let Some(agent) = draft.agent(supervisor)? else { return Ok(()) };
    let voice = crate::medium::voice();
    let texts = agent.slots.iter().filter(|(medium, _)| **medium != voice);
    for id in texts.flat_map(|(_, held)| held) {
        keep_up(draft, id)?;
    }
    Ok(())
}

fn end_part(draft: &mut Draft<'_>, session: &Session, party: &AgentParty) -> Result<(), DecideError> {
    let id = &session.id;
    if party.state == AgentPartyState::Invited {
        return invite::end(draft, session, party, AgentPartyState::Revoked, EndedBy::Idle);
    }
    // What they asked of others while they talked with the customer goes with them.
    withdraw::all(draft, id, Some(&party.user), EndedBy::Agent)?;
    draft.say(id, party.author(), crate::message::Content::Left)?;
    // Who was asked has done their work; from a supervisor it is taken away (spec: digital-channels#2.8).
    let state = if party.follows.is_some() { AgentPartyState::Revoked } else { AgentPartyState::Completed };
    part::close_party(draft, id, &party.user, state, EndedBy::Agent, None)
}

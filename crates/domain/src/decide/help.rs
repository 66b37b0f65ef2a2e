//! Help that agents ask for in a conversation (spec: digital-channels#2.7-C): a colleague, or whoever takes it in a queue,
//! advises behind it or talks with the customer as well.

use super::{DecideError, Draft, invite, offer, part, supervise};
use crate::{
    InteractionId, Millis, QueueName, Refusal, UserId,
    command::HandoverTarget,
    message::Content,
    request::Help,
    session::{AgentParty, AgentPartyState, AskedBy, EndedBy, Fact, Invitation, Session, may_remove},
};

/// For how long a queue is asked for help, in milliseconds.
const REQUEST_STANDS: Millis = 180_000;

/// Asks a colleague or a queue.
pub(super) fn ask(
    draft: &mut Draft<'_>,
    session: &Session,
    party: &AgentParty,
    help: Help,
    of: &HandoverTarget,
) -> Result<(), DecideError> {
    match of {
        HandoverTarget::Agent(target) if *target == party.user => {
            Err(Refusal::Invalid("An agent cannot ask themselves".into()).into())
        }
        HandoverTarget::Agent(target) => ask_agent(draft, session, party, help, target),
        HandoverTarget::Queue(queue) => ask_queue(draft, session, party, help, queue),
    }
}

fn ask_agent(
    draft: &mut Draft<'_>,
    session: &Session,
    party: &AgentParty,
    help: Help,
    target: &UserId,
) -> Result<(), DecideError> {
    let consulted = session.live_party(target).filter(|other| other.is_consulted());
    if let Some(consulted) = consulted.filter(|_| help == Help::Invite) {
        return show(draft, &session.id, consulted);
    }
    let asked = AskedBy { from: party.user.clone(), reference: draft.reference(&party.user)?, request: None };
    invite::ask(draft, session, target, invitation(help, asked))
}

fn ask_queue(
    draft: &mut Draft<'_>,
    session: &Session,
    party: &AgentParty,
    help: Help,
    queue: &QueueName,
) -> Result<(), DecideError> {
    offer::permit_more(session)?;
    let priority = draft.queue(queue)?.priority;
    let requested = Fact::Requested {
        request: session.requested + 1,
        help,
        asks: queue.clone(),
        priority,
        agent: party.user.clone(),
        user_name: party.user_name.clone(),
        reference: draft.reference(&party.user)?,
        deadline: draft.now + REQUEST_STANDS,
    };
    draft.tell(&session.id, requested)
}

/// By which invitation somebody comes who takes a request for help.
pub(super) const fn invitation(help: Help, asked: AskedBy) -> Invitation {
    match help {
        Help::Consult => Invitation::Consult(asked),
        Help::Invite => Invitation::Invite(asked),
    }
}

/// Somebody who was only asked talks with the customer from now on.
fn show(draft: &mut Draft<'_>, id: &InteractionId, consulted: &AgentParty) -> Result<(), DecideError> {
    let agent = &consulted.user;
    let shown = Fact::VisibilityChanged {
        agent: agent.clone(),
        user_name: consulted.user_name.clone(),
        visibility: crate::message::Visibility::All,
        follows: None,
    };
    draft.tell(id, shown)?;
    rejoin(draft, id, agent)?;
    supervise::follow(draft, id, agent)
}

/// Says in the log that somebody is seen by others than before.
pub(super) fn rejoin(draft: &mut Draft<'_>, id: &InteractionId, agent: &UserId) -> Result<(), DecideError> {
    let author = part::live(&*draft.session(id)?, agent)?.author();
    draft.say(id, author, Content::Rejoined)
}

/// Nobody took a request in time. It is never refused.
pub(super) fn lapse(draft: &mut Draft<'_>, id: &InteractionId, number: u32) -> Result<(), DecideError> {
    let session = draft.session(id)?;
    let now = draft.now;
    let due = session.request(number).filter(|request| request.deadline <= now).map(|request| request.number);
    match due {
        Some(number) => end(draft, &session, number, EndedBy::NoAnswer),
        None => Ok(()),
    }
}

/// Takes back every open request for help of a conversation, or those of one agent.
pub(super) fn withdraw(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    from: Option<&UserId>,
    closer: EndedBy,
) -> Result<(), DecideError> {
    let session = draft.session(id)?;
    for request in session.requests.iter().filter(|request| from.is_none_or(|from| request.from == *from)) {
        end(draft, &session, request.number, closer)?;
    }
    Ok(())
}

/// Ends a request, and the offer that was made of it.
fn end(draft: &mut Draft<'_>, session: &Session, number: u32, closer: EndedBy) -> Result<(), DecideError> {
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

/// Takes somebody out of a conversation.
pub(super) fn remove(
    draft: &mut Draft<'_>,
    session: &Session,
    party: &AgentParty,
    target: &UserId,
) -> Result<(), DecideError> {
    let no = || Refusal::Invalid(format!("User '{target}' is none whom the agent can take out of it"));
    let other = session.seen_by(party).find(|other| other.user == *target).ok_or_else(no)?;
    if !may_remove(party, other) {
        return Err(no().into());
    }
    invite::withdraw(draft, &session.id, Some(target), EndedBy::Agent)?;
    part::depart(draft, &session.id, target)
}

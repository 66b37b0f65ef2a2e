//! Help that agents ask for in a conversation (spec: digital-channels#2.7-C): a colleague, or whoever takes it in a queue,
//! advises behind it or talks with the customer as well.

use super::{DecideError, Draft, invite, offer, part, supervise, withdraw};
use crate::{
    InteractionId, Millis, QueueName, Refusal, UserId,
    command::HandoverTarget,
    request::Help,
    session::{AgentParty, AskedBy, EndedBy, Fact, Invitation, Session, may_remove},
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
    invite::ask(draft, session, target, Invitation::for_help(help, asked))
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
    part::rejoin(draft, id, agent)?;
    supervise::follow(draft, id, agent)
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
    withdraw::all(draft, &session.id, Some(target), EndedBy::Agent)?;
    part::depart(draft, &session.id, target)
}

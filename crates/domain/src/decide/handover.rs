//! Leaving, completing and handing over.

use super::{
    DecideError, Draft, ending, invite, part,
    succession::{self, is_alone},
    talk, withdraw,
};
use crate::{
    QueueName, Refusal, UserId,
    command::{ClosingMessage, HandoverTarget},
    message::Content,
    session::{AgentParty, AgentPartyState, EndedBy, Fact, Invitation, Session},
};

/// Flow L (spec: digital-channels#2.7-L): alone, the talk ends and work is left; with others, only the part ends. A colleague
/// who was only asked goes on with the customer when nobody else does.
pub(super) fn leave(
    draft: &mut Draft<'_>,
    session: &Session,
    party: &AgentParty,
    last: Option<&ClosingMessage>,
) -> Result<(), DecideError> {
    talk::last_words(draft, session, party, last)?;
    let (id, agent) = (&session.id, &party.user);
    withdraw::all(draft, id, Some(agent), EndedBy::Agent)?;
    succession::pass_on(draft, session, party, true)?;
    let session = draft.session(id)?;
    draft.say(id, party.author(), Content::Left)?;
    if party.talks() && is_alone(&session, agent) {
        end_talk(draft, &session)?;
        part::close_party(draft, id, agent, AgentPartyState::LeftChat, EndedBy::Agent, None)
    } else {
        part::complete(draft, id, agent, None)
    }
}

pub(super) fn complete(
    draft: &mut Draft<'_>,
    session: &Session,
    party: &AgentParty,
    queue: Option<&QueueName>,
    last: Option<&ClosingMessage>,
) -> Result<(), DecideError> {
    if let Some(queue) = queue {
        draft.queue(queue)?;
    }
    talk::last_words(draft, session, party, last)?;
    let (id, agent) = (&session.id, &party.user);
    withdraw::all(draft, id, Some(agent), EndedBy::Agent)?;
    if party.state == AgentPartyState::Chatting {
        draft.say(id, party.author(), Content::Left)?;
    }
    if queue.is_none() {
        succession::pass_on(draft, session, party, false)?;
        if is_alone(session, agent) {
            end_talk(draft, session)?;
        }
    }
    part::complete(draft, id, agent, None)?;
    match queue {
        Some(queue) => enqueue(draft, session, agent, queue),
        None => ending::end_if_idle(draft, id),
    }
}

/// Leaves, then completes what is left of the part: with others in the talk, nothing is.
pub(super) fn leave_and_complete(
    draft: &mut Draft<'_>,
    session: &Session,
    party: &AgentParty,
    queue: Option<&QueueName>,
    last: Option<&ClosingMessage>,
) -> Result<(), DecideError> {
    leave(draft, session, party, last)?;
    let session = draft.session(&session.id)?;
    match (session.live_party(&party.user), queue) {
        (Some(party), _) => complete(draft, &session, party, queue, None),
        (None, Some(queue)) => enqueue(draft, &session, &party.user, queue),
        (None, None) => Ok(()),
    }
}

/// Flow T (spec: digital-channels#2.7-T): to a colleague it is an offer, and the originator stays until it is taken;
/// to a queue it is done at once.
pub(super) fn transfer(
    draft: &mut Draft<'_>,
    session: &Session,
    party: &AgentParty,
    to: &HandoverTarget,
    last: Option<&ClosingMessage>,
) -> Result<(), DecideError> {
    let (id, agent) = (&session.id, &party.user);
    match to {
        HandoverTarget::Agent(target) if target == agent => {
            Err(Refusal::Invalid("An interaction cannot be transferred to its own agent".into()).into())
        }
        HandoverTarget::Agent(target) if session.live_party(target).is_some_and(AgentParty::is_consulted) => {
            talk::last_words(draft, session, party, last)?;
            hand_to_consulted(draft, session, party, target)
        }
        HandoverTarget::Agent(target) => {
            talk::last_words(draft, session, party, last)?;
            let reference = draft.reference(agent)?;
            invite::ask(draft, session, target, Invitation::Transfer { from: agent.clone(), reference })
        }
        HandoverTarget::Queue(queue) => {
            draft.queue(queue)?;
            talk::last_words(draft, session, party, last)?;
            withdraw::all(draft, id, Some(agent), EndedBy::Agent)?;
            draft.say(id, party.author(), Content::Left)?;
            part::complete(draft, id, agent, None)?;
            enqueue(draft, session, agent, queue)
        }
    }
}

/// A colleague who was asked knows the conversation already: they take it over at once.
fn hand_to_consulted(
    draft: &mut Draft<'_>,
    session: &Session,
    party: &AgentParty,
    target: &UserId,
) -> Result<(), DecideError> {
    let (id, agent) = (&session.id, &party.user);
    withdraw::all(draft, id, Some(agent), EndedBy::Agent)?;
    succession::take_over(draft, id, part::live(session, target)?, agent)?;
    draft.say(id, party.author(), Content::Left)?;
    part::complete(draft, id, agent, Some(target.clone()))
}

/// Puts it at the end of a queue; the agent who did so is not the one it is offered to next.
fn enqueue(
    draft: &mut Draft<'_>,
    session: &Session,
    by: &UserId,
    name: &QueueName,
) -> Result<(), DecideError> {
    let queue = draft.queue(name)?;
    let fact = Fact::Queued {
        priority: queue.priority,
        since: draft.now,
        by: Some(by.clone()),
        barred_until: Some(draft.now + queue.cool_down),
    };
    draft.tell_in(&session.id, name, fact)
}

fn end_talk(draft: &mut Draft<'_>, session: &Session) -> Result<(), DecideError> {
    if session.customer.present {
        draft.tell(&session.id, Fact::TalkEnded { closer: EndedBy::Agent })?;
    }
    Ok(())
}

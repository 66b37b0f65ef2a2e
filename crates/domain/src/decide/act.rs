//! What agents do in a conversation, and the gate that every operation passes.

use super::{
    DecideError, Draft, data, disposition, handover, help, invite, join, machine::Machine, note, post,
    supervise, talk,
};
use crate::{
    InteractionId, Refusal, UserData, UserId, check,
    command::SessionAct,
    message::{Content, Visibility},
    session::{AgentParty, AgentPartyState, Session, SessionOperation, Via, is_open},
    task::Sign,
    thread::Writer,
};

pub(super) fn act(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    agent: &UserId,
    act: &SessionAct,
) -> Result<(), DecideError> {
    let session = draft.session(id)?;
    let party = gate(draft, &session, agent, act.operation())?;
    let author = party.author();
    match act {
        SessionAct::Accept { nickname, save_last_agent } => {
            join::accept(draft, &session, party, nickname, *save_last_agent)
        }
        SessionAct::Reject => invite::reject(draft, &session, party),
        SessionAct::Say { text, message_type } => {
            check::text("text", text)?;
            check::message_type(message_type.as_deref())?;
            // What a coach says stays among agents, so no platform has a say in it.
            if party.talks() {
                post::permit(draft, &session, Writer::Person, text)?;
            }
            let content = Content::Text { text: text.clone(), message_type: message_type.clone() };
            draft.say(id, author, content)
        }
        SessionAct::SendUrl(url) => {
            check::text("url", url)?;
            post::permit(draft, &session, Writer::Person, url)?;
            draft.say(id, author, Content::Url { url: url.clone() })
        }
        SessionAct::Type { on } => {
            // A notice that repeats a recent one is not sent to the customer's side either.
            if talk::typing(draft, id, author, *on, None)? {
                post::sign(draft, &session, party, if *on { Sign::Typing } else { Sign::Stopped });
            }
            Ok(())
        }
        SessionAct::SayToAgents(text) => {
            check::text("text", text)?;
            let content = Content::Text { text: text.clone(), message_type: None };
            draft.say_to(id, author, content, Visibility::Agents)
        }
        SessionAct::TypeToAgents { on } => talk::typing_to(draft, id, author, *on, Visibility::Agents),
        SessionAct::NoticeToAgents(text) => {
            check::text("noticeText", text)?;
            draft.say_to(id, author, Content::CustomNotice { text: text.clone() }, Visibility::Agents)
        }
        SessionAct::Ask { help: what, of } => help::ask(draft, &session, party, *what, of),
        SessionAct::Remove(target) => help::remove(draft, &session, party, target),
        SessionAct::Follow(monitoring) => supervise::switch(draft, &session, party, *monitoring),
        SessionAct::Notice(text) => {
            check::text("noticeText", text)?;
            draft.say(id, author, Content::CustomNotice { text: text.clone() })
        }
        SessionAct::Rename(nickname) => talk::rename(draft, id, agent, nickname),
        SessionAct::Leave { last } => handover::leave(draft, &session, party, last.as_ref()),
        SessionAct::Complete { queue, save_last_agent, last } => {
            if *save_last_agent {
                note::last_agent(draft, id, agent)?;
            }
            handover::complete(draft, &session, party, queue.as_ref(), last.as_ref())
        }
        SessionAct::LeaveAndComplete { queue, save_last_agent, last } => {
            if *save_last_agent {
                note::last_agent(draft, id, agent)?;
            }
            handover::leave_and_complete(draft, &session, party, queue.as_ref(), last.as_ref())
        }
        SessionAct::Transfer { to, last } => handover::transfer(draft, &session, party, to, last.as_ref()),
        SessionAct::SetDisposition { value, key } => {
            disposition::set(draft, &*session, party, value, key.as_deref(), Via::SetDisposition)
        }
        SessionAct::AttachUserData(set) => {
            data::change(draft, &*session, Some(party), set, &[], Via::AttachUserData)
        }
        SessionAct::UpdateUserData(set) => {
            data::change(draft, &*session, Some(party), set, &[], Via::UpdateUserData)
        }
        SessionAct::DeleteUserData(keys) => {
            data::change(draft, &*session, Some(party), &UserData::default(), keys, Via::DeleteUserData)
        }
        SessionAct::SetInFocus(on) => {
            if *on && party.state == AgentPartyState::Chatting {
                post::sign(draft, &session, party, Sign::Seen);
            }
            note::focus(draft, id, agent, *on)
        }
        SessionAct::Resend { index } => post::resend(draft, &session, agent, *index),
        SessionAct::Comment(comment) => note::comment(draft, id, agent, comment),
    }
}

/// Lets through what [`is_open`] lists, and a disposition after completion while the centre takes one. A
/// conversation that is not this agent's, or not any more, does not exist for them (spec: decisions#8).
fn gate<'s>(
    draft: &mut Draft<'_>,
    session: &'s Session,
    agent: &UserId,
    operation: SessionOperation,
) -> Result<&'s AgentParty, DecideError> {
    let party = session.party(agent).ok_or_else(|| session.not_found())?;
    if is_open(session, agent, operation) {
        return Ok(party);
    }
    if party.is_live() {
        return Err(Refusal::NotInState { operation, state: party.state }.into());
    }
    match operation {
        SessionOperation::SetDisposition => disposition::late_part(draft, session, &session.id, agent),
        _ => Err(session.not_found()),
    }
}

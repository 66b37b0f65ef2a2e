//! What agents do in a conversation: the gate every operation passes, speech, and the end of a part.

use super::{
    Draft, No,
    customer::{bounded, spoken, typed},
    data, handover, offer, post,
};
use crate::{
    InteractionId, Millis, Refusal, UserId,
    command::{LastWords, SessionAct},
    message::{Author, Content, MAX_NICKNAME},
    session::{AgentParty, Closer, Fact, Operation, PartyState, Session, Via, is_open},
    task::Sign,
    thread::Writer,
};

/// A repeated typing notice is dropped within this time (decisions §1).
const TYPING_REPEAT: Millis = 5_000;
/// The same with a preview of the text.
const PREVIEW_REPEAT: Millis = 1_000;

pub(super) fn act(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    agent: &UserId,
    act: &SessionAct,
) -> Result<(), No> {
    let session = draft.session(id)?;
    let party = gate(draft, &session, agent, operation(act))?;
    let author = party.author();
    match act {
        SessionAct::Accept { nickname, save_last_agent } => {
            offer::accept(draft, &session, party, nickname, *save_last_agent)
        }
        SessionAct::Reject => offer::reject(draft, &session, party),
        SessionAct::Say { text, message_type } => {
            spoken("text", text)?;
            typed(message_type.as_deref())?;
            post::permit(draft, &session, Writer::Person, text)?;
            let content = Content::Text { text: text.clone(), message_type: message_type.clone() };
            draft.say(id, author, content)
        }
        SessionAct::SendUrl(url) => {
            spoken("url", url)?;
            post::permit(draft, &session, Writer::Person, url)?;
            draft.say(id, author, Content::Url { url: url.clone() })
        }
        SessionAct::Type { on } => {
            // What is not news is not told to the customer's side either.
            if typing(draft, id, author, *on, None)? {
                post::sign(draft, &session, if *on { Sign::Typing } else { Sign::Stopped });
            }
            Ok(())
        }
        SessionAct::Notice(text) => {
            spoken("noticeText", text)?;
            draft.say(id, author, Content::CustomNotice { text: text.clone() })
        }
        SessionAct::Rename(nickname) => rename(draft, id, agent, nickname),
        SessionAct::Leave { last } => handover::leave(draft, &session, party, last.as_ref()),
        SessionAct::Complete { queue, save_last_agent, last } => {
            if *save_last_agent {
                data::save_last_agent(draft, id, agent)?;
            }
            handover::complete(draft, &session, party, queue.as_ref(), last.as_ref())
        }
        SessionAct::Transfer { to, last } => handover::transfer(draft, &session, party, to, last.as_ref()),
        SessionAct::SetDisposition { value, key } => {
            data::set_disposition(draft, &session, party, value, key.as_deref())
        }
        SessionAct::AttachUserData(set) => {
            data::change(draft, id, Some(party), set, &[], Via::AttachUserData)
        }
        SessionAct::UpdateUserData(set) => {
            data::change(draft, id, Some(party), set, &[], Via::UpdateUserData)
        }
        SessionAct::DeleteUserData(keys) => {
            data::change(draft, id, Some(party), &crate::UserData::default(), keys, Via::DeleteUserData)
        }
        SessionAct::SetInFocus(on) => {
            if *on && party.state == PartyState::Chatting {
                post::sign(draft, &session, Sign::Seen);
            }
            data::focus(draft, id, agent, *on)
        }
        SessionAct::Resend { index } => post::resend(draft, &session, agent, *index),
        SessionAct::Comment(comment) => data::comment(draft, id, agent, comment),
    }
}

const fn operation(act: &SessionAct) -> Operation {
    match act {
        SessionAct::Accept { .. } => Operation::Accept,
        SessionAct::Reject => Operation::Reject,
        SessionAct::Say { .. } => Operation::SendMessage,
        SessionAct::SendUrl(_) => Operation::SendUrl,
        SessionAct::Type { on: true } => Operation::StartTyping,
        SessionAct::Type { on: false } => Operation::StopTyping,
        SessionAct::Notice(_) => Operation::SendCustomNotice,
        SessionAct::Rename(_) => Operation::ChangeNickname,
        SessionAct::Leave { .. } => Operation::Leave,
        SessionAct::Complete { .. } => Operation::Complete,
        SessionAct::Transfer { .. } => Operation::Transfer,
        SessionAct::SetDisposition { .. } => Operation::SetDisposition,
        SessionAct::AttachUserData(_) => Operation::AttachUserData,
        SessionAct::UpdateUserData(_) => Operation::UpdateUserData,
        SessionAct::DeleteUserData(_) => Operation::DeleteUserData,
        SessionAct::SetInFocus(_) => Operation::SetInFocus,
        SessionAct::Comment(_) => Operation::SetComment,
        SessionAct::Resend { .. } => Operation::ResendMessage,
    }
}

/// Lets through what [`is_open`] lists, and a disposition after completion while the centre takes one. A
/// conversation that is not this agent's, or not any more, does not exist for them (decisions §8).
fn gate<'s>(
    draft: &mut Draft<'_>,
    session: &'s Session,
    agent: &UserId,
    operation: Operation,
) -> Result<&'s AgentParty, No> {
    let gone = || No::Refused(Refusal::NotFound(format!("Interaction '{}'", session.id)));
    let party = session.party(agent).ok_or_else(gone)?;
    if is_open(session, agent, operation) {
        return Ok(party);
    }
    if party.is_live() {
        return Err(Refusal::NotInState { operation, state: party.state }.into());
    }
    match operation {
        Operation::SetDisposition => data::late_part(draft, session, agent)?.ok_or_else(gone),
        _ => Err(gone()),
    }
}

pub(super) fn live<'s>(session: &'s Session, agent: &UserId) -> Result<&'s AgentParty, No> {
    session.live_party(agent).ok_or_else(|| Refusal::NotFound(format!("Interaction '{}'", session.id)).into())
}

/// Says that a party types, unless that was said a moment ago; whether it was said.
pub(super) fn typing(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    author: Author,
    on: bool,
    text: Option<String>,
) -> Result<bool, No> {
    if let Some(text) = &text {
        bounded("message", text, crate::message::MAX_TEXT)?;
    }
    let repeat = if text.is_some() { PREVIEW_REPEAT } else { TYPING_REPEAT };
    let told = draft.session(id)?.typing.get(&author.participant).copied();
    if told.is_some_and(|told| told.on == on && draft.now - told.at < repeat) {
        return Ok(false);
    }
    let content = if on { Content::TypingStarted { text } } else { Content::TypingStopped };
    draft.say(id, author, content)?;
    Ok(true)
}

fn rename(draft: &mut Draft<'_>, id: &InteractionId, agent: &UserId, nickname: &str) -> Result<(), No> {
    if nickname.is_empty() {
        return Err(Refusal::Missing("noticeText").into());
    }
    bounded("noticeText", nickname, MAX_NICKNAME)?;
    draft.tell(id, Fact::Renamed { agent: Some(agent.clone()), nickname: nickname.to_owned() })?;
    let author = live(&*draft.session(id)?, agent)?.author();
    draft.say(id, author, Content::Renamed { nickname: nickname.to_owned() })
}

/// The last message that may go with the end of a part; only while there is somebody to read it.
pub(super) fn last_words(
    draft: &mut Draft<'_>,
    session: &Session,
    party: &AgentParty,
    last: Option<&LastWords>,
) -> Result<(), No> {
    let Some(LastWords { text, message_type }) = last else { return Ok(()) };
    spoken("text", text)?;
    typed(message_type.as_deref())?;
    if !session.customer.present || party.state != PartyState::Chatting {
        return Err(Refusal::Invalid("'text' cannot be delivered: the customer has left".into()).into());
    }
    post::permit(draft, session, Writer::Person, text)?;
    let content = Content::Text { text: text.clone(), message_type: message_type.clone() };
    draft.say(&session.id, party.author(), content)
}

/// Moves an agent's part on, and gives its slot back when it is over.
pub(super) fn close_party(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    agent: &UserId,
    state: PartyState,
    closer: Closer,
    to: Option<UserId>,
) -> Result<(), No> {
    let session = draft.session(id)?;
    let party = live(&session, agent)?;
    let dispositioned = draft.centre()?.disposition.is_set(&session.user_data);
    let closed = Fact::PartyClosed {
        agent: agent.clone(),
        user_name: party.user_name.clone(),
        state,
        closer,
        dispositioned,
        to,
    };
    draft.tell(id, closed)?;
    if state.is_terminal() {
        offer::free_slot(draft, &session, agent, state == PartyState::Completed)?;
    }
    Ok(())
}

/// Ends the conversation when nobody has anything to do with it any more.
pub(super) fn end_if_idle(draft: &mut Draft<'_>, id: &InteractionId) -> Result<(), No> {
    let session = draft.session(id)?;
    let over = !session.customer.present && !session.waiting && session.live_agents().next().is_none();
    if session.is_open() && over { end(draft, &session) } else { Ok(()) }
}

/// The customer's side is over, and with it every offer and every place in a queue.
pub(super) fn customer_gone(draft: &mut Draft<'_>, id: &InteractionId, closer: Closer) -> Result<(), No> {
    let author = draft.session(id)?.customer.author();
    draft.say(id, author, Content::Left)?;
    draft.tell(id, Fact::TalkEnded { closer })?;
    offer::withdraw(draft, id, None, closer)?;
    let session = draft.session(id)?;
    // Nobody is served any more by a place in the queue.
    if session.live_agents().next().is_none() { end(draft, &session) } else { Ok(()) }
}

/// Ends the conversation.
pub(super) fn end(draft: &mut Draft<'_>, session: &Session) -> Result<(), No> {
    let closer = session.talk_ended.unwrap_or(Closer::Agent);
    let dispositioned = draft.centre()?.disposition.is_set(&session.user_data);
    draft.tell(&session.id, Fact::Ended { closer, dispositioned })
}

//! Speech in a conversation: typing, names, last words.

use super::{DecideError, Draft, part, post};
use crate::{
    InteractionId, Millis, Refusal, UserId, check,
    command::ClosingMessage,
    message::{Author, Content, MAX_NICKNAME, MAX_TEXT, ParticipantId, PartyKind, Visibility},
    session::{AgentParty, Fact, Session},
    thread::Writer,
};

/// A repeated typing notice is dropped within this time (spec: decisions#1).
const TYPING_REPEAT: Millis = 5_000;
/// The same with a preview of the text.
const PREVIEW_REPEAT: Millis = 1_000;

/// The name of the server itself where a message needs an author. Clients leave it out of the list of
/// participants by this name (spec: digital-channels#2.4).
pub(super) const SYSTEM: &str = "system";

/// Somebody who is neither the customer nor an agent of ours.
pub(super) fn external(session: &Session, name: &str) -> Author {
    Author {
        participant: ParticipantId::new(format!("{:011X}{:05X}", session.created_at & 0xFFF_FFFF_FFFF, 0)),
        number: 0,
        kind: PartyKind::External,
        nickname: MAX_NICKNAME.prefix(name).to_owned(),
        user: None,
        visibility: Visibility::All,
    }
}

/// Says that a party types, unless that was said a moment ago; answers whether it was said now.
pub(super) fn typing(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    author: Author,
    on: bool,
    text: Option<String>,
) -> Result<bool, DecideError> {
    if let Some(text) = &text {
        check::within("message", text, MAX_TEXT)?;
    }
    let visibility = author.visibility;
    say_typing(draft, id, author, visibility, on, text)
}

/// Says to some alone that a party types, unless that was said to them a moment ago.
pub(super) fn typing_to(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    author: Author,
    on: bool,
    whom: Visibility,
) -> Result<(), DecideError> {
    say_typing(draft, id, author, whom, on, None).map(drop)
}

fn say_typing(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    author: Author,
    whom: Visibility,
    on: bool,
    text: Option<String>,
) -> Result<bool, DecideError> {
    let repeat = if text.is_some() { PREVIEW_REPEAT } else { TYPING_REPEAT };
    let told = draft.session(id)?.typing(&author.participant, whom);
    if told.is_some_and(|told| told.on == on && draft.now - told.at < repeat) {
        return Ok(false);
    }
    let content = if on { Content::TypingStarted { text } } else { Content::TypingStopped };
    draft.say_to(id, author, content, whom)?;
    Ok(true)
}

/// An agent changes the name that the customer sees.
pub(super) fn rename(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    agent: &UserId,
    nickname: &str,
) -> Result<(), DecideError> {
    check::nickname("noticeText", nickname)?;
    draft.tell(id, Fact::Renamed { agent: Some(agent.clone()), nickname: nickname.to_owned() })?;
    let author = part::live(&*draft.session(id)?, agent)?.author();
    draft.say(id, author, Content::Renamed { nickname: nickname.to_owned() })
}

/// The last message that may go with the end of a part; only while there is somebody to read it.
pub(super) fn last_words(
    draft: &mut Draft<'_>,
    session: &Session,
    party: &AgentParty,
    last: Option<&ClosingMessage>,
) -> Result<(), DecideError> {
    let Some(ClosingMessage { text, message_type }) = last else { return Ok(()) };
    check::text("text", text)?;
    check::message_type(message_type.as_deref())?;
    if !session.customer.present {
        return Err(Refusal::Invalid("'text' cannot be delivered: the customer has left".into()).into());
    }
    if !party.talks() {
        return Err(Refusal::Invalid(
            "'text' cannot be delivered: the customer does not see the agent".into(),
        )
        .into());
    }
    post::permit(draft, session, Writer::Person, text)?;
    let content = Content::Text { text: text.clone(), message_type: message_type.clone() };
    draft.say(&session.id, party.author(), content)
}

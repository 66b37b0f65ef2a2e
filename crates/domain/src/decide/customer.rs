//! What customers do: come, speak, leave.

use super::{DecideError, Draft, closed, data, ending, talk};
use crate::{
    Event, InteractionId, Key, Refusal, check,
    command::{CustomerAct, Open},
    hours::Closed,
    message::{Author, Content},
    session::{self, Fact, Session, Via},
};

pub(super) fn open(draft: &mut Draft<'_>, open: &Open) -> Result<(), DecideError> {
    check::nickname("nickname", &open.nickname)?;
    check::user_data(&open.user_data)?;
    let key = Key::Session(open.session.clone());
    if draft.exists(&key)? {
        return Err(Refusal::Exists(format!("Interaction '{}'", open.session)).into());
    }
    let service = draft.service(&open.service)?;
    let queue = draft.queue(&service.queue)?;
    if let Closed::Refuse(text) = &queue.closed
        && let Some(closure) = draft.closure(&queue)
    {
        return Err(Refusal::Closed { text: text.clone(), until: closure.until }.into());
    }
    let created = Fact::Created {
        service: open.service.clone(),
        participant: open.participant.clone(),
        nickname: open.nickname.clone(),
        key_digest: open.key_digest.clone(),
        user_data: open.user_data.clone(),
        post: None,
    };
    let (medium, queue_name) = (service.medium.clone(), service.queue.clone());
    let event =
        session::SessionEvent { medium, queue: queue_name, fact: created, written: 0, elapsed_ms: None };
    draft.push(key, Event::Session(event))?;
    let author = draft.session(&open.session)?.customer.author();
    draft.say(&open.session, author, Content::Joined)?;
    let queued = Fact::Queued { priority: queue.priority, since: draft.now, by: None, barred_until: None };
    draft.tell(&open.session, queued)?;
    closed::found(draft, &open.session, true)
}

pub(super) fn act(draft: &mut Draft<'_>, id: &InteractionId, act: &CustomerAct) -> Result<(), DecideError> {
    let session = draft.session(id)?;
    if !session.customer.present {
        return Err(Refusal::Ended.into());
    }
    // What a provider or a platform brings was said elsewhere already: refusing it for its size undoes nothing.
    if let (None, Some(bytes)) = (&session.post, act.bytes()) {
        if !session.customer.written.has_room(bytes, act.is_message()) {
            return Err(Refusal::WrittenOut.into());
        }
        draft.written = bytes;
    }
    let author = session.customer.author();
    say(draft, id, &session, author, act)?;
    if act.is_message() { closed::found(draft, id, false) } else { Ok(()) }
}

/// What an act does in the conversation.
fn say(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    session: &Session,
    author: Author,
    act: &CustomerAct,
) -> Result<(), DecideError> {
    match act {
        CustomerAct::Say { text, message_type } => {
            check::text("message", text)?;
            check::message_type(message_type.as_deref())?;
            let content = Content::Text { text: text.clone(), message_type: message_type.clone() };
            draft.say(id, author, content)
        }
        CustomerAct::Type { on, text } => talk::typing(draft, id, author, *on, text.clone()).map(drop),
        CustomerAct::SendUrl(url) => {
            check::text("pushUrl", url)?;
            draft.say(id, author, Content::Url { url: url.clone() })
        }
        CustomerAct::Notice(text) => {
            check::text("message", text)?;
            draft.say(id, author, Content::CustomNotice { text: text.clone() })
        }
        CustomerAct::Rename(nickname) => {
            check::nickname("nickname", nickname)?;
            draft.tell(id, Fact::Renamed { agent: None, nickname: nickname.clone() })?;
            let author = draft.session(id)?.customer.author();
            draft.say(id, author, Content::Renamed { nickname: nickname.clone() })
        }
        CustomerAct::Data(set) => data::change(draft, session, None, set, &[], Via::CustomerData),
        CustomerAct::Leave(closer) => ending::customer_gone(draft, id, *closer),
    }
}

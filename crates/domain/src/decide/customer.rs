//! What customers do: come, speak, leave.

use super::{Draft, No, data, talk};
use crate::{
    Event, InteractionId, Key, Refusal,
    command::{CustomerAct, Open},
    json::Bound,
    message::{Content, MAX_NICKNAME, MAX_TEXT, MAX_TYPE},
    session::{self, Fact, Via},
};

pub(super) fn open(draft: &mut Draft<'_>, open: &Open) -> Result<(), No> {
    bounded("nickname", &open.nickname, MAX_NICKNAME)?;
    if open.nickname.is_empty() {
        return Err(Refusal::Missing("nickname").into());
    }
    open.user_data.check()?;
    let key = Key::Session(open.session.clone());
    if draft.exists(&key)? {
        return Err(Refusal::Exists(format!("Interaction '{}'", open.session)).into());
    }
    let service = draft.service(&open.service)?;
    let queue = draft.queue(&service.queue)?;
    let created = Fact::Created {
        service: open.service.clone(),
        participant: open.participant.clone(),
        nickname: open.nickname.clone(),
        key_digest: open.key_digest.clone(),
        user_data: open.user_data.clone(),
        post: None,
    };
    let (medium, queue_name) = (service.medium.clone(), service.queue.clone());
    let event = session::Event { medium, queue: queue_name, fact: created, written: 0, elapsed_ms: None };
    draft.push(key, Event::Session(event))?;
    let author = draft.session(&open.session)?.customer.author();
    draft.say(&open.session, author, Content::Joined)?;
    let queued = Fact::Queued { priority: queue.priority, since: draft.now, by: None, barred_until: None };
    draft.tell(&open.session, queued)
}

pub(super) fn act(draft: &mut Draft<'_>, id: &InteractionId, act: &CustomerAct) -> Result<(), No> {
    let session = draft.session(id)?;
    if !session.customer.present {
        return Err(Refusal::Ended.into());
    }
    // What a provider or a platform brings was said elsewhere already, and is not refused for being much.
    if session.post.is_none() {
        session.customer.written.check(act)?;
        draft.written = act.bytes().unwrap_or(0);
    }
    let author = session.customer.author();
    match act {
        CustomerAct::Say { text, message_type } => {
            spoken("message", text)?;
            typed(message_type.as_deref())?;
            let content = Content::Text { text: text.clone(), message_type: message_type.clone() };
            draft.say(id, author, content)
        }
        CustomerAct::Type { on, text } => talk::typing(draft, id, author, *on, text.clone()).map(drop),
        CustomerAct::SendUrl(url) => {
            spoken("pushUrl", url)?;
            draft.say(id, author, Content::Url { url: url.clone() })
        }
        CustomerAct::Notice(text) => {
            spoken("message", text)?;
            draft.say(id, author, Content::CustomNotice { text: text.clone() })
        }
        CustomerAct::Rename(nickname) => {
            if nickname.is_empty() {
                return Err(Refusal::Missing("nickname").into());
            }
            bounded("nickname", nickname, MAX_NICKNAME)?;
            draft.tell(id, Fact::Renamed { agent: None, nickname: nickname.clone() })?;
            let author = draft.session(id)?.customer.author();
            draft.say(id, author, Content::Renamed { nickname: nickname.clone() })
        }
        CustomerAct::Data(set) => data::change(draft, id, None, set, &[], Via::CustomerData),
        CustomerAct::Leave(closer) => talk::customer_gone(draft, id, *closer),
    }
}

/// Refuses an empty text, or one longer than a message may be.
pub(super) fn spoken(parameter: &'static str, text: &str) -> Result<(), Refusal> {
    if text.is_empty() { Err(Refusal::Missing(parameter)) } else { bounded(parameter, text, MAX_TEXT) }
}

/// Refuses a `messageType` that is no word but a text.
pub(super) fn typed(message_type: Option<&str>) -> Result<(), Refusal> {
    bounded("messageType", message_type.unwrap_or_default(), MAX_TYPE)
}

/// Refuses a text that is longer than a bound.
pub(super) fn bounded(parameter: &'static str, text: &str, bound: Bound) -> Result<(), Refusal> {
    bound.check(parameter, text)
}

//! Conversations that agents begin, where a connector can write to a customer first.

use super::{DecideError, Draft, join, part, post, receive};
use crate::{Refusal, UserId, check, command::Begin, message::Content, session::Route, thread::Writer};

/// An agent begins a conversation (spec: digital-channels#3, last paragraph).
pub(super) fn begin(draft: &mut Draft<'_>, agent: &UserId, begin: &Begin) -> Result<(), DecideError> {
    let thread = &begin.address.thread;
    check::nickname("nickname", &begin.nickname)?;
    if let Some(text) = &begin.text {
        check::text("text", text)?;
    }
    let previous = draft.thread(thread)?.and_then(|thread| thread.latest.clone());
    if let Some(open) = receive::open_one(draft, previous.as_ref())? {
        let what = format!("An open conversation with this address, '{}',", open.id);
        return Err(Refusal::Exists(what).into());
    }
    if post::is_out(draft, thread)? {
        return Err(Refusal::OptedOut.into());
    }
    let terms = receive::terms(draft, &begin.service)?;
    if terms.reply.is_some() {
        // A customer who can only be answered cannot be written to first.
        return Err(Refusal::WindowClosed.into());
    }
    let name = &begin.address.theirs;
    let service = draft.service(&begin.service)?;
    let route = Route {
        address: begin.address.clone(),
        previous,
        terms,
        idle: service.inactivity,
        idle_slot: service.idle_slot,
        begun_by: Some(agent.clone()),
    };
    receive::create(
        draft,
        &begin.service,
        &begin.fresh.session,
        &begin.fresh.participant,
        name,
        &begin.user_data,
        route,
    )?;
    let session = draft.session(&begin.fresh.session)?;
    join::take(draft, &session, agent, &begin.nickname)?;
    let Some(text) = &begin.text else { return Ok(()) };
    let session = draft.session(&begin.fresh.session)?;
    post::permit(draft, &session, Writer::Person, text)?;
    let author = part::live(&session, agent)?.author();
    draft.say(&session.id, author, Content::Text { text: text.clone(), message_type: None })
}

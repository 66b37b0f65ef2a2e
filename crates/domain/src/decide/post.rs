//! What a connector carries: whether it may be sent, what became of it, and what is sent again.

use super::{DecideError, Draft};
use crate::{
    InteractionId, Refusal, ServiceName, UserId,
    command::DeliveryReport,
    message::{Content, Viewer},
    session::{AgentParty, Delivery, Fact, Progress, Session},
    task::{Sign, Signal, Task, message_task},
    thread::{self, Consent, ConsentSource, Window, Writer},
};

/// Refuses what the platform would not carry, before anything is written (spec: channel-connectors#0.2.7).
pub(super) fn permit(
    draft: &mut Draft<'_>,
    session: &Session,
    writer: Writer,
    text: &str,
) -> Result<(), DecideError> {
    let Some(post) = &session.post else { return Ok(()) };
    if session.erased {
        return Err(Refusal::Invalid("The customer's address was erased".into()).into());
    }
    if let Some(most) = post.terms.max_chars
        && text.chars().count() > most as usize
    {
        return Err(Refusal::MessageTooLong { chars: most }.into());
    }
    if post.window(writer, draft.now) == Window::Closed {
        return Err(Refusal::WindowClosed.into());
    }
    let begun_by_customer = post.begun_by.is_none();
    let may_answer = post.terms.reply_when_out && begun_by_customer;
    if !may_answer && is_out(draft, &post.address.thread)? {
        return Err(Refusal::OptedOut.into());
    }
    Ok(())
}

pub(super) fn is_out(draft: &mut Draft<'_>, thread: &crate::ThreadId) -> Result<bool, DecideError> {
    Ok(draft.thread(thread)?.is_some_and(|thread| thread.consent == Some(Consent::Out)))
}

/// Records what the customer wants; changes nothing if that was known.
pub(super) fn consent(
    draft: &mut Draft<'_>,
    thread: &crate::ThreadId,
    service: &ServiceName,
    consent: Consent,
    source: ConsentSource,
) -> Result<bool, DecideError> {
    if draft.thread(thread)?.and_then(|thread| thread.consent) == Some(consent) {
        return Ok(false);
    }
    draft.tell_thread(thread, service, thread::Fact::Consent { consent, source })?;
    Ok(true)
}

/// A passing sign of an agent for the customer, if a connector carries this conversation and the customer may see them.
pub(super) fn sign(draft: &mut Draft<'_>, session: &Session, party: &AgentParty, sign: Sign) {
    let is_seen = session.customer.present && party.visibility.is_for(Viewer::Customer);
    if let Some(post) = session.post.as_ref().filter(|_| is_seen) {
        let (service, address) = (session.service.clone(), post.address.clone());
        draft.signal(Signal { service, address, sign });
    }
}

/// A connector tells what became of a message. A late report, and one about something that was deleted, only settle
/// the task.
pub(super) fn report(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    index: u32,
    report: &DeliveryReport,
) -> Result<(), DecideError> {
    if report.settles {
        draft.settle(message_task(id, index));
    }
    let Some(mut message) = draft.message(id, index)? else { return Ok(()) };
    let Some(progress) = &message.delivery else { return Ok(()) };
    for key in &report.keys {
        draft.learn(key, Some((id.clone(), index)))?;
    }
    let session = draft.session(id)?;
    if report.opted_out
        && let Some(post) = &session.post
    {
        consent(draft, &post.address.thread, &session.service, Consent::Out, ConsentSource::Provider)?;
    }
    if !progress.state.may_become(report.state) {
        return Ok(());
    }
    // A provider's words may name the address that was erased.
    let (code, why) = (report.code.clone(), report.why.clone().filter(|_| !session.erased));
    message.delivery = Some(Progress { state: report.state, code: code.clone(), why });
    draft.write(id, message);
    draft.tell(id, Fact::Delivery { index, state: report.state, code })
}

/// The platform tells that the customer's side has, or has seen, everything up to a moment. That covers what the
/// platform confirmed, not what it refused or may never have got.
pub(super) fn watermark(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    state: Delivery,
    upto: crate::Millis,
) -> Result<(), DecideError> {
    let session = draft.session(id)?;
    let Some(post) = &session.post else { return Ok(()) };
    let is_with_it = |state| matches!(state, Delivery::Sent | Delivery::Delivered);
    let reached = post.outgoing.iter().filter(|(_, sent)| is_with_it(sent.state) && sent.at <= upto);
    for index in reached.map(|(index, _)| *index).collect::<Vec<_>>() {
        report(draft, id, index, &DeliveryReport::of(state))?;
    }
    Ok(())
}

/// An agent sends a message again that was not sent, or may not have been sent.
pub(super) fn resend(
    draft: &mut Draft<'_>,
    session: &Session,
    agent: &UserId,
    index: u32,
) -> Result<(), DecideError> {
    let id = &session.id;
    let no =
        || DecideError::Refused(Refusal::Invalid(format!("Message {index} is none that can be sent again")));
    let post = session.post.as_ref().ok_or_else(no)?;
    post.outgoing.get(&index).filter(|sent| sent.state.may_be_repeated()).ok_or_else(no)?;
    let mut message = draft.message(id, index)?.ok_or_else(no)?;
    let (Content::Text { text, .. } | Content::Url { url: text }) = &message.content else {
        return Err(no());
    };
    permit(draft, session, Writer::Person, text)?;
    message.delivery = Some(Progress { state: Delivery::Queued, code: None, why: None });
    draft.write(id, message);
    let reference = draft.reference(agent)?;
    draft.tell(id, Fact::Resent { index, agent: agent.clone(), reference })?;
    draft.ask(Task::message(session, index).ok_or_else(no)?);
    Ok(())
}

/// The time to answer runs out soon; the agents are told once for each time that the customer was heard.
pub(super) fn window_closing(draft: &mut Draft<'_>, id: &InteractionId) -> Result<(), DecideError> {
    let session = draft.session(id)?;
    let due = session.post.as_ref().filter(|_| session.customer.present);
    let due = due.filter(|post| post.warns_at().is_some_and(|at| at <= draft.now));
    match due.and_then(|post| post.window_ends().0) {
        Some(at) => draft.tell(id, Fact::WindowClosing { at }),
        None => Ok(()),
    }
}

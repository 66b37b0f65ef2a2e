//! Customers who come, or write while they wait, when the queue is closed.

use super::{DecideError, Draft, ending, post, talk};
use crate::{
    InteractionId, Key, Millis,
    hours::Closed,
    message::Content,
    session::{EndedBy, Fact, Session},
    thread::Writer,
};

/// Tells a customer who waits in a closed queue what it says then, once for each closure. A conversation that begins
/// with what the customer wrote ends at once where the queue takes nobody in: the words are kept, and nobody waits. One
/// that waited before the queue closed keeps its place (spec: decisions#hours).
pub(super) fn found(draft: &mut Draft<'_>, id: &InteractionId, begins: bool) -> Result<(), DecideError> {
    let session = draft.session(id)?;
    if !session.waiting {
        return Ok(());
    }
    let Some(queue) = draft.queue_if_any(&session.queue)? else { return Ok(()) };
    let (Some(text), Some(closure)) = (queue.closed.text(), draft.closure(&queue)) else { return Ok(()) };
    let refused = begins && matches!(queue.closed, Closed::Refuse(_));
    let is_known = known_until(draft, &session)?.is_some_and(|until| draft.now < until);
    if is_known && !refused {
        return Ok(());
    }
    let told = !is_known && tell(draft, &session, text)?;
    draft.tell(id, Fact::FoundClosed { until: closure.until, told, refused })?;
    if refused { ending::customer_gone(draft, id, EndedBy::Closed) } else { Ok(()) }
}

/// Until when the customer knows that the queue is closed: from this conversation, or the one before it in their thread.
fn known_until(draft: &mut Draft<'_>, session: &Session) -> Result<Option<Millis>, DecideError> {
    if session.told_closed.is_some() {
        return Ok(session.told_closed);
    }
    let previous = session.post.as_ref().and_then(|post| post.previous.clone());
    match previous {
        // It may have been deleted by retention.
        Some(id) if draft.exists(&Key::Session(id.clone()))? => Ok(draft.session(&id)?.told_closed),
        _ => Ok(None),
    }
}

/// Writes to the customer; answers whether it may be sent.
fn tell(draft: &mut Draft<'_>, session: &Session, text: &str) -> Result<bool, DecideError> {
    match post::permit(draft, session, Writer::Automation, text) {
        Err(DecideError::Refused(_)) => return Ok(false),
        permitted => permitted?,
    }
    let content = Content::Text { text: text.to_owned(), message_type: None };
    draft.say_to_customer(&session.id, talk::external(session, talk::SYSTEM), content)?;
    Ok(true)
}

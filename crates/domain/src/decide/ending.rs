//! The end of a conversation, and of its customer's side.

use super::{DecideError, Draft, disposition, withdraw};
use crate::{
    InteractionId,
    message::Content,
    session::{Deadline, EndedBy, Fact, Session},
};

/// Ends the conversation when nobody has anything to do with it any more.
pub(super) fn end_if_idle(draft: &mut Draft<'_>, id: &InteractionId) -> Result<(), DecideError> {
    let session = draft.session(id)?;
    let over = !session.customer.present && !session.waiting && session.live_agents().next().is_none();
    if session.is_open() && over { end(draft, &session) } else { Ok(()) }
}

/// The customer's side is over, and with it every offer and every place in a queue.
pub(super) fn customer_gone(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    closer: EndedBy,
) -> Result<(), DecideError> {
    let author = draft.session(id)?.customer.author();
    draft.say(id, author, Content::Left)?;
    draft.tell(id, Fact::TalkEnded { closer })?;
    withdraw::all(draft, id, None, closer)?;
    let session = draft.session(id)?;
    // A place in the queue is of no use to anybody any more.
    if session.live_agents().next().is_none() { end(draft, &session) } else { Ok(()) }
}

/// Ends the conversation.
fn end(draft: &mut Draft<'_>, session: &Session) -> Result<(), DecideError> {
    let closer = session.talk_ended.unwrap_or(EndedBy::Agent);
    // Nobody is left whom a queue could help.
    withdraw::all(draft, &session.id, None, closer)?;
    let dispositioned = disposition::is_set(draft, session, None)?;
    draft.tell(&session.id, Fact::Ended { closer, dispositioned })
}

/// Nobody wrote for too long: the talk is over. Agents who still work on the conversation may go on with that.
pub(super) fn idle(draft: &mut Draft<'_>, id: &InteractionId) -> Result<(), DecideError> {
    let session = draft.session(id)?;
    let due = session.deadlines().any(|(what, at)| what == Deadline::Idle && at <= draft.now);
    if due { customer_gone(draft, id, EndedBy::Idle) } else { Ok(()) }
}

//! Customers who come back: for a while they are kept for the agent who served them last.

use super::{DecideError, Draft, note};
use crate::{
    InteractionId, Key,
    message::Visibility,
    offer,
    session::{AgentParty, Fact, Session},
};

/// Keeps a conversation that came into its queue for the agent who served its customer last, for as long as the queue
/// says. Not for somebody who is not at work on the channel, or does not work for the queue any more
/// (spec: decisions#hours).
pub(super) fn keep(draft: &mut Draft<'_>, id: &InteractionId) -> Result<(), DecideError> {
    let session = draft.session(id)?;
    let Some(queue) = draft.queue_if_any(&session.queue)?.filter(|queue| queue.last_agent_wait > 0) else {
        return Ok(());
    };
    let previous = session.post.as_ref().and_then(|post| post.previous.clone());
    let previous = match previous {
        // It may have been deleted by retention.
        Some(previous) if draft.exists(&Key::Session(previous.clone()))? => draft.session(&previous)?,
        _ => return Ok(()),
    };
    let Some(last) = last_agent(&previous) else { return Ok(()) };
    let is_there = draft.agent(&last.user)?.is_some_and(|agent| agent.channel(&session.medium).is_some());
    let serves = draft.user_if_any(&last.user)?.is_some_and(|user| offer::serves(&user, &queue));
    if !(is_there && serves) {
        return Ok(());
    }
    let until = draft.now + queue.last_agent_wait;
    let (agent, user_name) = (last.user.clone(), last.user_name.clone());
    draft.tell(id, Fact::Preferred { agent, user_name, until })
}

/// Who served a customer last: whoever was written down as that, else the latest who talked with them.
fn last_agent(session: &Session) -> Option<&AgentParty> {
    let written = session.user_data.get(note::LAST_AGENT).and_then(|name| name.as_str());
    let mut talked = session
        .agents
        .iter()
        .rev()
        .filter(|party| party.joined_at.is_some() && party.visibility == Visibility::All)
        .filter(|party| party.follows.is_none() || party.took_over);
    let noted = talked.clone().find(|party| Some(party.user_name.as_str()) == written);
    noted.or_else(|| talked.next())
}

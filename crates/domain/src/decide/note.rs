//! What agents note about a conversation: a comment, that they look at it, who served its customer last.

use super::{DecideError, Draft, data};
use crate::{
    InteractionId, UserData, UserId, agent, check,
    message::MAX_TEXT,
    session::{Fact, Via},
};
use serde_json::Value;

/// The key of the user name of whoever last served a customer.
pub(super) const LAST_AGENT: &str = "LastCalledAgent_EmployeeID";

/// Writes the agent down as the one who last served this customer (spec: digital-channels#1.7, #2.6 `saveLAR`).
pub(super) fn last_agent(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    agent: &UserId,
) -> Result<(), DecideError> {
    let session = draft.session(id)?;
    let name = draft.user(agent)?.user_name.clone();
    let mut set = UserData::default();
    set.set(LAST_AGENT, Value::from(name));
    set.set("LastCalledAgent_TimeStamp", Value::from(draft.now / 1000));
    data::change(draft, &*session, session.party(agent), &set, &[], Via::System)
}

pub(super) fn focus(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    agent: &UserId,
    on: bool,
) -> Result<(), DecideError> {
    let held = draft.agent(agent)?.and_then(|agent| agent.focus.clone());
    let wanted = if on { Some(id.clone()) } else { held.clone().filter(|held| held != id) };
    if held == wanted { Ok(()) } else { draft.tell_agent(agent, agent::Fact::Focused { session: wanted }) }
}

pub(super) fn comment(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    agent: &UserId,
    comment: &str,
) -> Result<(), DecideError> {
    check::within("comment", comment, MAX_TEXT)?;
    draft.tell(id, Fact::Commented { agent: agent.clone(), comment: comment.to_owned() })
}

//! User data, dispositions, comments, focus.

use super::{Draft, No, calls, customer::bounded};
use crate::{
    InteractionId, Key, MediumName, Refusal, UserData, UserId, agent,
    disposition::{Policy, is_empty},
    json::Bound,
    message::{MAX_TEXT, ParticipantId},
    session::{AgentParty, Fact, PartyState, Session, Via},
    userdata::{MAX_BYTES, check_key},
};
use serde_json::Value;

/// Adds, replaces and removes pairs. The disposition key is split off: each accepted change of it is one
/// disposition event, whatever operation made it (decisions §6).
pub(super) fn change(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    party: Option<&AgentParty>,
    set: &UserData,
    removed: &[String],
    via: Via,
) -> Result<(), No> {
    let session = draft.session(id)?;
    let key = draft.centre()?.disposition.key.clone();
    // What shrinks the data is always welcome, and what the server itself adds is small.
    if !set.is_empty() && via != Via::System {
        let mut after = session.user_data.clone();
        after.change(set, removed);
        after.check_after(&session.user_data)?;
    }

    let Split { set, removed, disposition } = split(set, removed, &key, &session.user_data);
    if !set.is_empty() || !removed.is_empty() {
        let agent = party.map(|party| party.user.clone());
        draft.tell(id, Fact::DataChanged { set, removed, agent, via })?;
    }
    match disposition {
        Some(value) => dispose(draft, &session, party, &key, value, via, false),
        None => Ok(()),
    }
}

/// A change of user data, the disposition apart.
pub(super) struct Split {
    pub set: UserData,
    /// Keys taken away that were there.
    pub removed: Vec<String>,
    /// The disposition's new value, null when its pair is taken away; `None` when it is not touched.
    pub disposition: Option<Value>,
}

pub(super) fn split(set: &UserData, removed: &[String], key: &str, held: &UserData) -> Split {
    let cleared = removed.iter().any(|gone| gone == key) && held.get(key).is_some();
    let disposition = set.get(key).cloned().or(cleared.then_some(Value::Null));
    let removed: Vec<String> =
        removed.iter().filter(|gone| *gone != key && held.get(gone).is_some()).cloned().collect();
    let mut set = set.clone();
    set.change(&UserData::default(), &[key.to_owned()]);
    Split { set, removed, disposition }
}

pub(super) fn set_disposition(
    draft: &mut Draft<'_>,
    session: &Session,
    party: &AgentParty,
    value: &str,
    key: Option<&str>,
) -> Result<(), No> {
    let key = match key.filter(|key| !key.is_empty()) {
        Some(key) => key.to_owned(),
        None => draft.centre()?.disposition.key.clone(),
    };
    check_key("dispositionKey", &key)?;
    bounded("disposition", value, Bound { chars: usize::MAX, bytes: MAX_BYTES })?;
    let value = Value::from(value);
    let late = !party.is_live();
    let before = previous(session, party, &key, late);
    if late && (before == value || is_empty(&before) && is_empty(&value)) {
        return Ok(());
    }
    let held = if late {
        UserData::new(party.late.clone().into_iter().collect())
    } else {
        session.user_data.clone()
    };
    let mut after = held.clone();
    after.set(key.as_str(), value.clone());
    after.check_after(&held)?;
    dispose(draft, session, Some(party), &key, value, Via::SetDisposition, late)
}

/// What reporting knew last: after release the agent's own late value, else what the conversation bears.
fn previous(session: &Session, party: &AgentParty, key: &str, late: bool) -> Value {
    let own = if late { party.late.get(key) } else { None };
    own.or_else(|| session.user_data.get(key)).cloned().unwrap_or(Value::Null)
}

fn dispose(
    draft: &mut Draft<'_>,
    session: &Session,
    party: Option<&AgentParty>,
    key: &str,
    value: Value,
    via: Via,
    late: bool,
) -> Result<(), No> {
    let known = is_known(draft, &session.medium, &value)?;
    let leg: &ParticipantId = party.map_or(&session.customer.participant, |party| &party.participant);
    let before = match party {
        Some(party) => previous(session, party, key, late),
        None => session.user_data.get(key).cloned().unwrap_or(Value::Null),
    };
    let fact = Fact::Disposition {
        agent: party.map(|party| party.user.clone()),
        user_name: party.map(|party| party.user_name.clone()),
        leg: leg.clone(),
        key: key.to_owned(),
        value,
        previous: before,
        via,
        late,
        known,
    };
    draft.tell(&session.id, fact)
}

/// Whether the book knows a value; refused when it does not and the medium's policy is strict.
pub(super) fn is_known(draft: &mut Draft<'_>, medium: &MediumName, value: &Value) -> Result<bool, No> {
    let known = match (value.as_str(), draft.book()?) {
        _ if is_empty(value) => true,
        (Some(name), Some(book)) => book.named(name).is_some(),
        _ => false,
    };
    if !known && draft.centre()?.disposition.policy(medium) == Policy::Strict {
        return Err(Refusal::OutOfRange(format!("{value} is not in the disposition book")).into());
    }
    Ok(known)
}

/// The ended part of an agent that still takes a disposition: he had joined and completed it, and either not long
/// ago or among their last (decisions §6). An offer they refused or lost since does not take that from them.
pub(super) fn late_part<'s>(
    draft: &mut Draft<'_>,
    session: &'s Session,
    agent: &UserId,
) -> Result<Option<&'s AgentParty>, No> {
    let completed = |party: &&AgentParty| {
        party.user == *agent && party.state == PartyState::Completed && party.joined_at.is_some()
    };
    let Some(party) = session.agents.iter().rev().find(completed) else { return Ok(None) };
    let late = draft.centre()?.disposition.late;
    let recent = party.closed_at.is_some_and(|closed| draft.now - closed <= late)
        || draft.agent(agent)?.is_some_and(|found| found.remembers(&session.medium, &session.id));
    Ok(recent.then_some(party))
}

/// Writes the agent down as the one who last served this customer (digital-channels §1.7, §2.6 `saveLAR`).
pub(super) fn save_last_agent(draft: &mut Draft<'_>, id: &InteractionId, agent: &UserId) -> Result<(), No> {
    let session = draft.session(id)?;
    let name = draft.user(agent)?.user_name.clone();
    let mut set = UserData::default();
    set.set("LastCalledAgent_EmployeeID", Value::from(name));
    set.set("LastCalledAgent_TimeStamp", Value::from(draft.now / 1000));
    let party = session.party(agent).cloned();
    change(draft, id, party.as_ref(), &set, &[], Via::System)
}

pub(super) fn focus(draft: &mut Draft<'_>, id: &InteractionId, agent: &UserId, on: bool) -> Result<(), No> {
    let held = draft.agent(agent)?.and_then(|agent| agent.focus.clone());
    let wanted = if on { Some(id.clone()) } else { held.clone().filter(|held| held != id) };
    if held == wanted { Ok(()) } else { draft.tell_agent(agent, agent::Fact::Focused { session: wanted }) }
}

pub(super) fn comment(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    agent: &UserId,
    comment: &str,
) -> Result<(), No> {
    bounded("comment", comment, MAX_TEXT)?;
    draft.tell(id, Fact::Commented { agent: agent.clone(), comment: comment.to_owned() })
}

/// Personal values can only go when nobody works on the conversation, or is in the call, any more.
pub(super) fn erase(draft: &mut Draft<'_>, id: &InteractionId) -> Result<(), No> {
    if draft.exists(&Key::Call(id.clone()))? {
        return calls::erase(draft, id);
    }
    let session = draft.session(id)?;
    if session.is_open() {
        return Err(Refusal::InUse(format!("Interaction '{id}'")).into());
    }
    if session.erased { Ok(()) } else { draft.tell(id, Fact::Erased) }
}

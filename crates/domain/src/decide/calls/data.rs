//! User data and dispositions of a call (core-and-voice §6, decisions §6).

use super::super::{Draft, No, customer::bounded, data};
use crate::{
    InteractionId, Refusal, UserData, UserId,
    call::{Call, Fact, Party},
    disposition::is_empty,
    json::Bound,
    medium,
    session::Via,
    userdata::{MAX_BYTES, check_key},
};
use serde_json::Value;

/// Adds, replaces and removes pairs. The disposition key is split off: each accepted change of it is one disposition
/// event, whatever operation made it (decisions §6).
pub(super) fn change(
    draft: &mut Draft<'_>,
    call: &Call,
    party: &Party,
    set: &UserData,
    removed: &[String],
    via: Via,
) -> Result<(), No> {
    let key = draft.centre()?.disposition.key.clone();
    let held = &call.line(party).user_data;
    if !set.is_empty() {
        let mut after = held.clone();
        after.change(set, removed);
        after.check_after(held)?;
    }
    let split = data::split(set, removed, &key, held);
    if !split.set.is_empty() || !split.removed.is_empty() {
        let agent = party.user().cloned();
        let (set, removed) = (split.set, split.removed);
        draft.tell_call(&call.id, Fact::DataChanged { line: party.line, set, removed, agent, via })?;
    }
    match split.disposition {
        Some(value) => dispose(draft, call, party, &key, value, via, false),
        None => Ok(()),
    }
}

/// Sets a disposition: on a call that lives by changing its user data, on one that is over for the agent by an event
/// that reporting alone hears of.
pub(super) fn set_disposition(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    agent: &UserId,
    value: &str,
    key: Option<&str>,
) -> Result<(), No> {
    let call = draft.call(id)?;
    let late = call.live_party(agent).is_none();
    let party = if late { late_part(draft, &call, agent)? } else { call.live_party(agent) };
    let Some(party) = party else { return Err(Refusal::NotFound(format!("Call '{id}'")).into()) };
    let key = match key.filter(|key| !key.is_empty()) {
        Some(key) => key.to_owned(),
        None => draft.centre()?.disposition.key.clone(),
    };
    check_key("dispositionKey", &key)?;
    bounded("disposition", value, Bound { chars: usize::MAX, bytes: MAX_BYTES })?;
    let value = Value::from(value);
    let before = previous(&call, party, &key, late);
    if late && (before == value || is_empty(&before) && is_empty(&value)) {
        return Ok(());
    }
    let held = if late {
        UserData::new(party.late.clone().into_iter().collect())
    } else {
        call.line(party).user_data.clone()
    };
    let mut after = held.clone();
    after.set(key.as_str(), value.clone());
    after.check_after(&held)?;
    dispose(draft, &call, party, &key, value, Via::SetCallDisposition, late)
}

/// The ended part of an agent that still takes a disposition: he talked or dialled, and it is either not long ago or
/// among the last of their phone (decisions §6).
fn late_part<'c>(draft: &mut Draft<'_>, call: &'c Call, agent: &UserId) -> Result<Option<&'c Party>, No> {
    let took_part = |party: &&Party| party.user() == Some(agent) && party.took_part();
    let Some(party) = call.parties.iter().rev().find(took_part) else { return Ok(None) };
    let late = draft.centre()?.disposition.late;
    let recent = party.released_at.is_some_and(|released| draft.now - released <= late)
        || draft.agent(agent)?.is_some_and(|found| found.remembers(&medium::voice(), &call.id));
    Ok(recent.then_some(party))
}

/// What reporting knew last: after release the agent's own late value, else what the call bears.
fn previous(call: &Call, party: &Party, key: &str, late: bool) -> Value {
    let own = if late { party.late.get(key) } else { None };
    own.or_else(|| call.line(party).user_data.get(key)).cloned().unwrap_or(Value::Null)
}

/// Personal values can only go when nobody is in it any more.
pub(in super::super) fn erase(draft: &mut Draft<'_>, id: &InteractionId) -> Result<(), No> {
    let call = draft.call(id)?;
    if call.is_open() {
        return Err(Refusal::InUse(format!("Call '{id}'")).into());
    }
    if call.erased { Ok(()) } else { draft.tell_call(id, Fact::Erased) }
}

fn dispose(
    draft: &mut Draft<'_>,
    call: &Call,
    party: &Party,
    key: &str,
    value: Value,
    via: Via,
    late: bool,
) -> Result<(), No> {
    let known = data::is_known(draft, &medium::voice(), &value)?;
    let (Some(agent), Some(user_name)) = (party.user(), party.user_name()) else { return Ok(()) };
    let line = call.line(party);
    let fact = Fact::Disposition {
        leg: party.leg,
        agent: agent.clone(),
        user_name: user_name.to_owned(),
        call_uuid: line.uuid.clone(),
        conn_id: line.conn_id.clone(),
        this_dn: party.dn.clone(),
        key: key.to_owned(),
        previous: previous(call, party, key, late),
        value,
        via,
        late,
        known,
    };
    draft.tell_call(&call.id, fact)
}

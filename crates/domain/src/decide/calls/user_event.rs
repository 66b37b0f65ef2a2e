//! An agent sends an event from their phone (spec: core-and-voice#6.3, admin-and-reporting#8.4): reporting hears of it,
//! and of the disposition that it carries.

use super::super::{DecideError, Draft, SnapshotRef, disposition};
use crate::{
    InteractionId, UserData, UserId,
    call::{Call, Fact, Party, PartyState},
    check,
    device::{Device, DeviceEvent},
    interaction::{Interaction, Via},
    medium,
};
use serde_json::Value;

/// Takes an event in. It belongs to the call in which the agent talks, else to one that they have, else to the last that
/// they had and that takes a disposition still.
pub(super) fn send(
    draft: &mut Draft<'_>,
    device: &Device,
    agent: &UserId,
    user_data: &UserData,
) -> Result<(), DecideError> {
    check::user_data(user_data)?;
    let user_name = draft.user(agent)?.user_name.clone();
    let (agent, user_data) = (agent.clone(), user_data.clone());
    let Some((call, leg)) = concerned(draft, &agent)? else {
        let event = DeviceEvent::UserEvent { agent, user_name, user_data };
        return draft.tell_device(&device.dn, event);
    };
    let Some(party) = call.on(leg) else { return Ok(()) };
    let shown = call.shown(party);
    let (call_uuid, conn_id) = (shown.uuid.clone(), shown.conn_id.clone());
    let key = draft.centre()?.disposition.key.clone();
    let value = user_data.get(&key).and_then(Value::as_str).map(str::to_owned);
    let this_dn = device.dn.clone();
    let sent = Fact::UserEvent { leg, agent, user_name, this_dn, call_uuid, conn_id, user_data };
    draft.tell_call(&call.id, sent)?;
    match value {
        Some(value) => disposition::set(draft, &*call, party, &value, None, Via::SendUserEvent),
        None => Ok(()),
    }
}

/// The call that an event of an agent belongs to, and their part in it.
fn concerned(draft: &mut Draft<'_>, agent: &UserId) -> Result<Option<(SnapshotRef<Call>, u16)>, DecideError> {
    let voice = medium::voice();
    let Some(at_work) = draft.agent(agent)? else { return Ok(None) };
    let mut held = None;
    for uuid in at_work.slots.get(&voice).into_iter().flatten() {
        let call = draft.call_named(uuid)?;
        let Some(party) = live(&call, agent, uuid) else { continue };
        let (talks, leg) = (party.state == PartyState::Established, party.leg);
        if talks {
            return Ok(Some((call, leg)));
        }
        held = Some((call, leg));
    }
    if held.is_some() {
        return Ok(held);
    }
    let Some(uuid) = at_work.recent.get(&voice).and_then(|recent| recent.back()) else { return Ok(None) };
    let call = match draft.call_named(uuid) {
        Ok(call) if !call.is_erased() => call,
        // What is kept of it no longer can be told of.
        Ok(_) | Err(DecideError::Refused(_)) => return Ok(None),
        Err(other) => return Err(other),
    };
    let late = draft.centre()?.disposition.late_part(&*call, uuid, agent, Some(&at_work), draft.now);
    Ok(late.map(|(party, _)| party.leg).map(|leg| (call, leg)))
}

fn live<'c>(call: &'c Call, agent: &UserId, uuid: &InteractionId) -> Option<&'c Party> {
    call.part(agent, uuid).filter(|party| party.is_live())
}

//! At which phone an agent works: their own, or another for the time of their contact-centre session
//! (spec: core-and-voice#4.4). Whether a phone is free is decided here, so that of two who come to it one gets it.

use super::{DecideError, Draft, calls};
use crate::{
    Refusal, UserId,
    agent::{Agent, Fact},
    call::Party,
    command::Workplace,
    device::{DeviceEvent, Occupant},
    ids::Dn,
    medium,
    user::Device,
};

/// Goes to another place within the session.
pub(super) fn sit(draft: &mut Draft<'_>, id: &UserId, asked: &Workplace) -> Result<(), DecideError> {
    let is_at_work = draft.agent(id)?.is_some_and(|agent| agent.login.is_some());
    if is_at_work { take(draft, id, Some(asked), false) } else { Err(Refusal::NotLoggedIn.into()) }
}

/// Brings an agent who is logged in to the phone of the place that they name; without one, they stay where they are, or
/// begin at their own. A place they are at already changes nothing.
pub(super) fn take(
    draft: &mut Draft<'_>,
    id: &UserId,
    asked: Option<&Workplace>,
    begins: bool,
) -> Result<(), DecideError> {
    let user = draft.user(id)?;
    let Some(agent) = draft.agent(id)? else { return Ok(()) };
    let own = user.device.as_ref();
    let is_own = |device: &&Device| own.is_some_and(|own| own.phone_number == device.phone_number);
    let desk = agent.desk().map(|desk| &desk.device);
    let wanted = match asked {
        None => desk,
        Some(asked) => asked.device.as_ref().filter(|device| !is_own(device)),
    };
    let is_named = asked.is_some_and(|asked| asked.device.is_some());
    let takes_calls = agent.channel(&medium::voice()).is_some();
    if let (None, Some(own), true) = (wanted, own, is_named || takes_calls) {
        refuse_taken(draft, id, &own.phone_number)?;
    }
    let stays = wanted.map(number) == desk.map(number);
    if stays && !begins {
        return Ok(());
    }
    if let Some(phone) = wanted.or(own).filter(|_| wanted.is_some() || is_named || takes_calls) {
        refuse_on_a_call(draft, &agent, &phone.phone_number)?;
    }
    if stays {
        return Ok(());
    }
    if let Some(device) = wanted {
        refuse_unknown(draft, device)?;
        refuse_taken(draft, id, &device.phone_number)?;
    }
    let seated = wanted.map(|device| Fact::Seated {
        place: asked.and_then(|asked| asked.name.clone()),
        device: device.clone(),
    });
    leave(draft, id, user.place.clone())?;
    let Some(seated) = seated else { return Ok(()) };
    let Fact::Seated { device, .. } = &seated else { return Ok(()) };
    let dn = device.phone_number.clone();
    draft.tell_agent(id, seated)?;
    occupy(draft, &dn, Occupant::Guest(id.clone()))?;
    match &user.device {
        Some(own) => settle(draft, &own.phone_number),
        None => Ok(()),
    }
}

/// An agent leaves the phone that is not their own, if they work at one. `place` is where they are from now on.
pub(super) fn leave(draft: &mut Draft<'_>, id: &UserId, place: Option<String>) -> Result<(), DecideError> {
    let desk = draft.agent(id)?.and_then(|agent| agent.desk().map(|desk| desk.device.clone()));
    let Some(device) = desk else { return Ok(()) };
    let dn = device.phone_number.clone();
    draft.tell_agent(id, Fact::LeftDesk { device, place })?;
    let by = without_guest(draft, &dn)?;
    occupy(draft, &dn, by)?;
    let own = draft.user(id)?.device.as_ref().map(number).cloned();
    match own {
        Some(own) => settle(draft, &own),
        None => Ok(()),
    }
}

/// An agent leaves the phone that is not their own, unless they have a call on it.
pub(super) fn leave_idle(draft: &mut Draft<'_>, id: &UserId) -> Result<(), DecideError> {
    let Some(agent) = draft.agent(id)? else { return Ok(()) };
    if is_on_a_call(draft, &agent)? {
        return Ok(());
    }
    let own = draft.user_if_any(id)?.and_then(|user| user.place.clone());
    leave(draft, id, own)
}

/// Whether an agent has a call on the phone that is not their own.
pub(super) fn is_on_a_call(draft: &mut Draft<'_>, agent: &Agent) -> Result<bool, DecideError> {
    let Some(dn) = agent.desk().map(|desk| desk.device.phone_number.clone()) else { return Ok(false) };
    Ok(live(draft, agent)?.contains(&dn))
}

/// Brings a phone without a guest into line with where the user works for whom it is provisioned.
pub(super) fn settle(draft: &mut Draft<'_>, dn: &Dn) -> Result<(), DecideError> {
    let Some(occupant) = draft.device(dn)?.map(|device| device.occupant.clone()) else { return Ok(()) };
    if matches!(occupant, Occupant::Guest(_)) {
        return Ok(());
    }
    let by = without_guest(draft, dn)?;
    if by == occupant { Ok(()) } else { occupy(draft, dn, by) }
}

/// Somebody else works at a phone: what was followed from it was its user's.
fn occupy(draft: &mut Draft<'_>, dn: &Dn, by: Occupant) -> Result<(), DecideError> {
    calls::end_watch(draft, dn)?;
    draft.tell_device(dn, DeviceEvent::Occupied { by })
}

/// Who works at a phone that has no guest.
fn without_guest(draft: &mut Draft<'_>, dn: &Dn) -> Result<Occupant, DecideError> {
    let Some(owner) = draft.device(dn)?.and_then(|device| device.owner.clone()) else {
        return Ok(Occupant::Owner);
    };
    let is_elsewhere = draft.agent(&owner)?.is_some_and(|agent| agent.desk().is_some());
    Ok(if is_elsewhere { Occupant::Nobody } else { Occupant::Owner })
}

/// Refuses a phone that another works at or that has a call of another (`statusCode` 19).
fn refuse_taken(draft: &mut Draft<'_>, id: &UserId, dn: &Dn) -> Result<(), DecideError> {
    let Some(device) = draft.device(dn)? else { return Ok(()) };
    let Some(other) = device.user().filter(|user| *user != id).cloned() else { return Ok(()) };
    let Some(agent) = draft.agent(&other)? else { return Ok(()) };
    // Whoever works on other channels alone has no use for their own phone.
    let is_guest = matches!(device.occupant, Occupant::Guest(_));
    let works = is_guest || agent.channel(&medium::voice()).is_some();
    if works || live(draft, &agent)?.contains(dn) {
        let name = &agent.user_name;
        return Err(Refusal::InUse(format!("Device '{dn}', where {name} works,")).into());
    }
    Ok(())
}

/// Refuses to leave a phone behind on which the agent has a call (`statusCode` 19).
fn refuse_on_a_call(draft: &mut Draft<'_>, agent: &Agent, to: &Dn) -> Result<(), DecideError> {
    match live(draft, agent)?.iter().find(|dn| *dn != to) {
        None => Ok(()),
        Some(dn) => Err(Refusal::InUse(format!("Device '{dn}', on which the agent has a call,")).into()),
    }
}

/// Refuses a phone that is neither at a place of the centre nor provisioned for anybody any more.
fn refuse_unknown(draft: &mut Draft<'_>, device: &Device) -> Result<(), DecideError> {
    let dn = &device.phone_number;
    let owner = draft.device(dn)?.and_then(|found| found.owner.clone());
    let is_owned = match owner {
        Some(owner) => draft.user(&owner)?.device.as_ref() == Some(device),
        None => false,
    };
    if is_owned || draft.centre()?.phone(dn) == Some(device) {
        return Ok(());
    }
    Err(Refusal::NotFound(format!("Device '{dn}'")).into())
}

/// The phones on which an agent is in a call.
fn live(draft: &mut Draft<'_>, agent: &Agent) -> Result<Vec<Dn>, DecideError> {
    let mut phones = Vec::new();
    for uuid in agent.slots.get(&medium::voice()).into_iter().flatten() {
        let call = draft.call_named(uuid)?;
        let part = call.part(&agent.id, uuid).filter(|party| Party::is_live(party));
        phones.extend(part.map(|party| party.dn.clone()));
    }
    Ok(phones)
}

const fn number(device: &Device) -> &Dn {
    &device.phone_number
}

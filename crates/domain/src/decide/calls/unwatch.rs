//! A supervisor follows no more: what ends with that at their phone and in the call.

use super::{
    super::{DecideError, Draft},
    room,
};
use crate::{
    call::{Call, Fact, Party},
    device::DeviceEvent,
    ids::Dn,
    watch::WatchMode,
};

/// What a phone's user follows, ends.
pub(in super::super) fn end(draft: &mut Draft<'_>, dn: &Dn) -> Result<(), DecideError> {
    let Some(watch) = draft.device(dn)?.and_then(|device| device.watches.clone()) else { return Ok(()) };
    let user = draft.user_if_any(&watch.supervisor)?;
    let user_name = user.map(|user| user.user_name.clone()).unwrap_or_default();
    let target = watch.target.clone();
    draft.tell_device(dn, DeviceEvent::Watches { user_name, watch: None, before: Some(watch) })?;
    if draft.device(&target)?.is_some_and(|device| device.watched_by.as_ref() == Some(dn)) {
        draft.tell_device(&target, DeviceEvent::WatchedBy { by: None })?;
    }
    Ok(())
}

/// A supervisor follows nobody in a call any more, because their part is over or because the call is theirs now: whom they
/// kept silent is heard again, and one who followed one call and has heard it follows no other.
pub(super) fn left(draft: &mut Draft<'_>, before: &Call, party: &Party) -> Result<(), DecideError> {
    let (Some(watch), Some(user)) = (party.watch, party.user()) else { return Ok(()) };
    let call = draft.call(&before.id)?;
    let Some(target) = call.on(watch.target) else { return Ok(()) };
    if target.is_live() && target.silenced && call.followers(target).next().is_none() {
        draft.tell_call(&call.id, Fact::Silenced { leg: target.leg, on: false, supervisor: None })?;
        room::speak(draft, &call.id, target.leg)?;
    }
    let was_heard = party.established_at.is_some() && target.established_at.is_some();
    let armed = draft.device(&party.dn)?.and_then(|device| device.watches.clone());
    // In the call they may have gone on with somebody else than whose phone they follow.
    let is_once = armed.is_some_and(|armed| {
        let is_its = call.parties.iter().any(|party| party.dn == armed.target);
        armed.mode == WatchMode::Next && armed.supervisor == *user && is_its
    });
    if is_once && was_heard { end(draft, &party.dn) } else { Ok(()) }
}

//! A supervisor begins to follow the calls of a phone, and ends it.

use super::{
    super::{
        super::{DecideError, Draft, SnapshotRef},
        release::{self, Release},
        unwatch::end,
    },
    follow::{follow, keep_up},
    hear::{self, nothing_followed},
    right::{followed_by, in_force, is_followed, may_follow, may_still_follow},
};
use crate::{
    Refusal, UserId,
    call::{self, Call, CallAct, Cause, Fact, Party, PartyState},
    command::WatchAsked,
    device::{Device, DeviceEvent},
    ids::Dn,
    medium,
    session::EndedBy,
    watch::{PartyWatch, Watch},
};

/// Begins to follow the calls of a phone, in the place of what was followed before.
pub(in super::super) fn begin(
    draft: &mut Draft<'_>,
    device: &Device,
    supervisor: &UserId,
    asked: &WatchAsked,
) -> Result<(), DecideError> {
    let not_found = || Refusal::NotFound(format!("Device '{}'", asked.target));
    let target = draft.device(&asked.target)?.ok_or_else(not_found)?;
    let owner = target.user().cloned().ok_or_else(not_found)?;
    let leader = draft.user(supervisor)?;
    if !may_follow(draft, &leader, &owner)? {
        return Err(not_found().into());
    }
    if draft.agent(supervisor)?.is_none_or(|agent| agent.channel(&medium::voice()).is_none()) {
        return Err(Refusal::NotLoggedIn.into());
    }
    let by = target.watched_by.clone().filter(|by| *by != device.dn);
    if let Some(by) = by {
        if is_followed_by(draft, &by, &target.dn, &owner)? {
            return Err(Refusal::InUse(format!("The monitoring of device '{}'", target.dn)).into());
        }
        end(draft, &by)?;
    }
    let watch = Watch {
        supervisor: supervisor.clone(),
        target: asked.target.clone(),
        target_device: asked.target_device.clone(),
        monitoring: asked.monitoring,
        mode: asked.mode,
        scope: asked.scope,
    };
    let before = device.watches.clone();
    if before.as_ref() != Some(&watch) {
        if before.as_ref().is_none_or(|before| before.target != watch.target) {
            end(draft, &device.dn)?;
            leave_other(draft, supervisor, &watch.target)?;
        }
        let user_name = leader.user_name.clone();
        let before = draft.device(&device.dn)?.and_then(|device| device.watches.clone());
        let watches = DeviceEvent::Watches { user_name, watch: Some(watch.clone()), before };
        draft.tell_device(&device.dn, watches)?;
    }
    if target.watched_by.as_ref() != Some(&device.dn) {
        draft.tell_device(&target.dn, DeviceEvent::WatchedBy { by: Some(device.dn.clone()) })?;
    }
    match running(draft, &owner)? {
        Some((call, leg)) => join_running(draft, &call, leg, &watch),
        None => Ok(()),
    }
}

/// Whether the user of a phone follows another phone, and may follow its user.
fn is_followed_by(draft: &mut Draft<'_>, by: &Dn, target: &Dn, user: &UserId) -> Result<bool, DecideError> {
    match in_force(draft, by)?.filter(|watch| watch.target == *target) {
        Some(watch) => may_still_follow(draft, &watch.supervisor, Some(user)),
        None => Ok(false),
    }
}

/// The call that a user talks in, or else has, with their part in it.
fn running(draft: &mut Draft<'_>, user: &UserId) -> Result<Option<(SnapshotRef<Call>, u16)>, DecideError> {
    let held = draft.agent(user)?.map(|agent| agent.slots.get(&medium::voice()).cloned().unwrap_or_default());
    let mut found = None;
    for uuid in held.into_iter().flatten() {
        let call = draft.call_named(&uuid)?;
        let Some(party) = call.part(user, &uuid).filter(|party| is_followed(party)) else { continue };
        let (leg, talks) = (party.leg, party.state == PartyState::Established);
        if talks || found.is_none() {
            found = Some((call, leg));
        }
    }
    Ok(found)
}

/// Takes the supervisor into a call that is there. One who follows it already does so otherwise from now on, and one whose
/// phone still rings as soon as they answer; refused where they may not step out.
fn join_running(draft: &mut Draft<'_>, call: &Call, leg: u16, watch: &Watch) -> Result<(), DecideError> {
    let there = call
        .on(leg)
        .and_then(|party| call.followers(party).find(|follower| follower.user() == Some(&watch.supervisor)));
    let Some((there, follows)) = there.and_then(|party| Some((party, party.watch?))) else {
        return follow(draft, &call.id, leg, true);
    };
    let operation = CallAct::Monitor(watch.monitoring).operation();
    let otherwise = operation.filter(|_| there.has_answered() && follows.monitoring != watch.monitoring);
    if let Some(operation) = otherwise.filter(|operation| !call::is_open(call, there, *operation)) {
        return Err(Refusal::NotInCallState { operation, state: there.state }.into());
    }
    let now = PartyWatch { scope: watch.scope, ..follows };
    if otherwise.is_some() {
        return hear::change(draft, call, there, PartyWatch { monitoring: watch.monitoring, ..now });
    }
    let now = if there.has_answered() { now } else { PartyWatch { monitoring: watch.monitoring, ..now } };
    if now == follows {
        return Ok(());
    }
    draft.tell_call(&call.id, Fact::Watching { leg: there.leg, watch: now })
}

/// The user of a phone follows nobody any more. Who only listens or coaches leaves the call; who has stepped in stays.
pub(in super::super) fn cancel(
    draft: &mut Draft<'_>,
    device: &Device,
    supervisor: &UserId,
    target: Option<&Dn>,
) -> Result<(), DecideError> {
    let is_it = |watch: &Watch| target.is_none_or(|dn| watch.target == *dn);
    let armed = device.watches.as_ref().is_some_and(is_it);
    // In a call they may have gone on with somebody else than whose phone they follow.
    let running = followed_by(draft, supervisor, target.filter(|_| !armed))?;
    if !armed && running.is_none() {
        return Err(nothing_followed(target).into());
    }
    if armed {
        end(draft, &device.dn)?;
    }
    running.map_or(Ok(()), |(call, own)| take_out(draft, &call, own))
}

/// Who logs out follows nobody any more.
pub(in super::super::super) fn logged_out(draft: &mut Draft<'_>, user: &UserId) -> Result<(), DecideError> {
    if let Some(dn) = phone_of(draft, user)? {
        end(draft, &dn)?;
    }
    let running = followed_by(draft, user, None)?;
    running.map_or(Ok(()), |(call, own)| take_out(draft, &call, own))
}

/// Roles, groups or features have changed: what a supervisor may not follow any more ends at once, at their phone as well
/// as in a call.
pub(in super::super::super) fn judge(draft: &mut Draft<'_>, supervisor: &UserId) -> Result<(), DecideError> {
    let phone = phone_of(draft, supervisor)?;
    let armed = match &phone {
        Some(dn) => in_force(draft, dn)?,
        None => None,
    };
    if let (Some(dn), Some(watch)) = (phone, armed) {
        let user = draft.device(&watch.target)?.and_then(|device| device.user().cloned());
        if user.is_some() && !may_still_follow(draft, supervisor, user.as_ref())? {
            end(draft, &dn)?;
        }
    }
    match followed_by(draft, supervisor, None)? {
        Some((call, _)) => keep_up(draft, &call.id),
        None => Ok(()),
    }
}

/// The number of the phone at which a user works.
fn phone_of(draft: &mut Draft<'_>, user: &UserId) -> Result<Option<Dn>, DecideError> {
    let (Some(agent), Some(user)) = (draft.agent(user)?, draft.user_if_any(user)?) else { return Ok(None) };
    Ok(agent.device(&user).map(|device| device.phone_number.clone()))
}

/// A supervisor leaves the call in which they follow somebody else than the user of this phone.
fn leave_other(draft: &mut Draft<'_>, supervisor: &UserId, target: &Dn) -> Result<(), DecideError> {
    let Some((call, own)) = followed_by(draft, supervisor, None)? else { return Ok(()) };
    let followed = call.on(own).and_then(|party| call.on(party.watch?.target));
    if followed.is_some_and(|followed| followed.dn != *target) { take_out(draft, &call, own) } else { Ok(()) }
}

/// Takes a supervisor out of a call who only listens or coaches.
fn take_out(draft: &mut Draft<'_>, call: &Call, leg: u16) -> Result<(), DecideError> {
    if call.on(leg).is_some_and(Party::only_watches) {
        release::part(draft, &call.id, leg, Release::by(EndedBy::Agent, Cause::Normal))?;
    }
    Ok(())
}

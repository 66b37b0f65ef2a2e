//! A supervisor follows the calls of somebody they lead (spec: core-and-voice#5.8, admin-and-reporting#3): their phone is
//! called when a call of that user begins, or at once into one that is there. Whether they may is judged each time.

use super::{
    super::{DecideError, Draft, SnapshotRef},
    consult,
    party::{self, NewParty, Place},
    release::{self, Release},
    room,
    unwatch::{end, left},
    wait,
};
use crate::{
    InteractionId, Key, Millis, Refusal, UserId,
    call::{
        self, Call, CallAct, CallerId, Cause, Fact, LegCommand, Originate, Party, PartyOrigin, PartyState,
        Who,
    },
    command::WatchAsked,
    device::{Device, DeviceEvent},
    ids::Dn,
    medium,
    session::EndedBy,
    user::User,
    watch::{FEATURE, Monitoring, PartyWatch, Watch, WatchScope},
};

/// How long the phone of a supervisor rings, in milliseconds.
const RING: Millis = 30_000;

/// Begins to follow the calls of a phone, in the place of what was followed before.
pub(super) fn begin(
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

/// Whether a user may follow another now.
fn may_follow(draft: &mut Draft<'_>, leader: &User, user: &UserId) -> Result<bool, DecideError> {
    let Some(user) = draft.user_if_any(user)? else { return Ok(false) };
    let centre = draft.centre()?;
    Ok(centre.has(&[FEATURE]) && centre.leads(leader, &user))
}

/// The same, where the one who follows may have been taken away.
fn may_still_follow(
    draft: &mut Draft<'_>,
    supervisor: &UserId,
    user: Option<&UserId>,
) -> Result<bool, DecideError> {
    match (draft.user_if_any(supervisor)?, user) {
        (Some(leader), Some(user)) => may_follow(draft, &leader, user),
        _ => Ok(false),
    }
}

/// Whether the user of a phone follows another phone, and may follow its user.
fn is_followed_by(draft: &mut Draft<'_>, by: &Dn, target: &Dn, user: &UserId) -> Result<bool, DecideError> {
    match in_force(draft, by)?.filter(|watch| watch.target == *target) {
        Some(watch) => may_still_follow(draft, &watch.supervisor, Some(user)),
        None => Ok(false),
    }
}

/// Whether a supervisor who follows somebody is not shown to them.
fn is_hidden(draft: &mut Draft<'_>, leader: &User, user: &UserId) -> Result<bool, DecideError> {
    match draft.user_if_any(user)? {
        Some(user) => Ok(draft.centre()?.hides(leader, &user)),
        None => Ok(false),
    }
}

/// What the user of a phone follows, if the phone is still theirs.
fn in_force(draft: &mut Draft<'_>, dn: &Dn) -> Result<Option<Watch>, DecideError> {
    let Some(device) = draft.device(dn)? else { return Ok(None) };
    Ok(device.watches.clone().filter(|watch| device.user() == Some(&watch.supervisor)))
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

/// Whether a part is one that a supervisor follows: not the user's own question to a colleague, nor that they follow others.
fn is_followed(party: &Party) -> bool {
    party.is_live() && party.watch.is_none() && party.origin != PartyOrigin::Consult
}

/// The leg of who waits in a queue, or hears that nobody takes the call: nobody is there with whom they talk.
fn waiting(call: &Call) -> Option<u16> {
    call.customer().filter(|_| call.is_waiting() || call.turned_away).map(|customer| customer.leg)
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
        return change(draft, call, there, PartyWatch { monitoring: watch.monitoring, ..now });
    }
    let now = if there.has_answered() { now } else { PartyWatch { monitoring: watch.monitoring, ..now } };
    if now == follows {
        return Ok(());
    }
    draft.tell_call(&call.id, Fact::Watching { leg: there.leg, watch: now })
}

/// Somebody is called into a call: whoever follows their calls is called as well, and who follows the calls of those that
/// they are called for. An agent who calls is followed as soon as there is somebody to hear.
fn joined(draft: &mut Draft<'_>, id: &InteractionId, leg: u16) -> Result<(), DecideError> {
    let call = draft.call(id)?;
    let Some(party) = call.on(leg) else { return Ok(()) };
    for other in
        call.others(party).filter(|other| matches!(other.origin, PartyOrigin::Caller | PartyOrigin::Dial))
    {
        follow(draft, id, other.leg, false)?;
    }
    follow(draft, id, leg, false)
}

/// Calls the supervisor who follows the calls of a party's phone. `asked_now` says that they have just asked for it, so that
/// their phone may answer by itself.
fn follow(draft: &mut Draft<'_>, id: &InteractionId, leg: u16, asked_now: bool) -> Result<(), DecideError> {
    let call = draft.call(id)?;
    let is_free = |party: &&Party| is_followed(party) && waiting(&call) != Some(party.leg);
    let Some(target) = call.on(leg).filter(is_free) else { return Ok(()) };
    let Some(user) = target.user().cloned() else { return Ok(()) };
    let Some(by) = draft.device(&target.dn)?.and_then(|device| device.watched_by.clone()) else {
        return Ok(());
    };
    let Some(watch) = in_force(draft, &by)?.filter(|watch| watch.target == target.dn) else {
        return end(draft, &by);
    };
    let leader = draft.user_if_any(&watch.supervisor)?;
    let Some(leader) = leader else { return end(draft, &by) };
    if !may_follow(draft, &leader, &user)? {
        return end(draft, &by);
    }
    let was_here = |party: &Party| {
        party.user() == Some(&watch.supervisor)
            && (party.is_live() || !asked_now && party.watch.is_some_and(|watch| watch.target == leg))
    };
    let is_called_itself = call.line(target).dialled == by;
    if call.parties.iter().any(was_here) || is_called_itself || consult::is_full(&call) {
        return Ok(());
    }
    let Some(answers) = free_phone(draft, &by, &watch.supervisor)? else { return Ok(()) };
    let hidden = is_hidden(draft, &leader, &user)?;
    let (monitoring, scope) = (watch.monitoring, watch.scope);
    let follows = PartyWatch { target: leg, monitoring, scope, hidden, stepped_in: false };
    let coming = NewParty {
        who: Who::User { id: leader.id.clone(), name: leader.user_name.clone() },
        dn: by.clone(),
        origin: PartyOrigin::Watch,
        state: PartyState::Ringing,
        answers,
        deadline: Some(draft.now + RING),
        place: Place { line: target.line, watch: Some(follows), ..Place::default() },
    };
    let own = party::join(draft, id, coming)?;
    let name = target.user_name().unwrap_or_default().to_owned();
    let from = CallerId { number: target.dn.to_string(), name };
    draft.effect(own, LegCommand::Originate(Box::new(Originate { to: by, from, auto_answer: asked_now })));
    Ok(())
}

/// Whether the phone of a supervisor can be called, and then whether it can be made to answer.
fn free_phone(draft: &mut Draft<'_>, dn: &Dn, supervisor: &UserId) -> Result<Option<bool>, DecideError> {
    let voice = medium::voice();
    let is_free = draft
        .agent(supervisor)?
        .is_some_and(|agent| agent.channel(&voice).is_some() && agent.taken(&voice) == 0);
    let device = draft.device(dn)?.filter(|device| device.in_service && !device.do_not_disturb);
    Ok(device.filter(|_| is_free).map(|device| device.answers))
}

/// Follows otherwise. Who is to step in does so as [`keep_up`] finds them.
pub(super) fn switch(
    draft: &mut Draft<'_>,
    call: &Call,
    party: &Party,
    monitoring: Monitoring,
) -> Result<(), DecideError> {
    match party.watch {
        Some(watch) => change(draft, call, party, PartyWatch { monitoring, ..watch }),
        None => Ok(()),
    }
}

fn change(draft: &mut Draft<'_>, call: &Call, party: &Party, watch: PartyWatch) -> Result<(), DecideError> {
    let watch = PartyWatch { stepped_in: false, ..watch };
    draft.tell_call(&call.id, Fact::Watching { leg: party.leg, watch })?;
    // Who steps out may leave a customer on hold.
    if party.only_watches() {
        room::arrange_watchers(draft, &call.id)
    } else {
        room::arrange_beside_queue(draft, &call.id)
    }
}

/// Keeps what the followed user says from the others, or lets them hear it again.
pub(super) fn silence(
    draft: &mut Draft<'_>,
    call: &Call,
    party: &Party,
    on: bool,
) -> Result<(), DecideError> {
    let Some(watch) = party.watch else { return Ok(()) };
    let supervisor = party.user().cloned();
    draft.tell_call(&call.id, Fact::Silenced { leg: watch.target, on, supervisor })?;
    room::speak(draft, &call.id, watch.target)
}

/// The same, where the phone is named and not the call.
pub(super) fn silence_at(
    draft: &mut Draft<'_>,
    supervisor: &UserId,
    target: Option<&Dn>,
    on: bool,
) -> Result<(), DecideError> {
    let (call, own) = followed_by(draft, supervisor, target)?.ok_or_else(|| nothing_followed(target))?;
    let Some(party) = call.on(own) else { return Ok(()) };
    let act = CallAct::Silence(on);
    match act.operation() {
        Some(operation) if !call::is_open(&call, party, operation) => {
            Err(Refusal::NotInCallState { operation, state: party.state }.into())
        }
        _ => silence(draft, &call, party, on),
    }
}

fn nothing_followed(target: Option<&Dn>) -> Refusal {
    Refusal::NotFound(match target {
        Some(dn) => format!("The monitoring of device '{dn}'"),
        None => "A monitoring".to_owned(),
    })
}

/// The call in which a supervisor follows the user of a phone, and their own part in it.
fn followed_by(
    draft: &mut Draft<'_>,
    supervisor: &UserId,
    target: Option<&Dn>,
) -> Result<Option<(SnapshotRef<Call>, u16)>, DecideError> {
    let held =
        draft.agent(supervisor)?.map(|agent| agent.slots.get(&medium::voice()).cloned().unwrap_or_default());
    for uuid in held.into_iter().flatten() {
        let call = draft.call_named(&uuid)?;
        let own = call.part(supervisor, &uuid).filter(|party| party.is_live());
        let follows = own.and_then(|own| Some((own.leg, call.on(own.watch?.target)?)));
        if let Some((own, _)) = follows.filter(|(_, followed)| target.is_none_or(|dn| followed.dn == *dn)) {
            return Ok(Some((call, own)));
        }
    }
    Ok(None)
}

/// The user of a phone follows nobody any more. Who only listens or coaches leaves the call; who has stepped in stays.
pub(super) fn cancel(
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
pub(in super::super) fn logged_out(draft: &mut Draft<'_>, user: &UserId) -> Result<(), DecideError> {
    let phone = match (draft.agent(user)?, draft.user_if_any(user)?) {
        (Some(agent), Some(user)) => agent.device(&user).map(|device| device.phone_number.clone()),
        _ => None,
    };
    if let Some(dn) = phone {
        end(draft, &dn)?;
    }
    let running = followed_by(draft, user, None)?;
    running.map_or(Ok(()), |(call, own)| take_out(draft, &call, own))
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

/// Runs after whatever happened in a call: who follows somebody goes where they went. When those have left, a supervisor
/// who follows the call goes on with another whom they lead; else who only follows leaves, and who has stepped in stays.
pub(in super::super) fn keep_up(draft: &mut Draft<'_>, id: &InteractionId) -> Result<(), DecideError> {
    if !draft.exists(&Key::Call(id.clone()))? {
        return Ok(());
    }
    for leg in draft.called_in(id) {
        joined(draft, id, leg)?;
    }
    let call = draft.call(id)?;
    let waits = waiting(&call);
    let (mut is_elsewhere, mut steps_in) = (false, false);
    for party in call.live() {
        let Some(watch) = party.watch else { continue };
        let (leg, origin) = (party.leg, PartyOrigin::Watch);
        match call.on(watch.target).filter(|target| target.is_live()) {
            // Nobody is there to follow while they wait in a queue.
            Some(target) if waits == Some(target.leg) => {
                release::part(draft, id, leg, Release::by(EndedBy::Agent, Cause::Normal))?;
                // With whom they talked, who hears the queue again now.
                if watch.stepped_in {
                    wait::back(draft, id)?;
                }
            }
            Some(target) if party.only_watches() && !is_right(draft, party, target)? => {
                release::part(draft, id, leg, Release::by(EndedBy::Agent, Cause::Normal))?;
                end(draft, &party.dn)?;
            }
            Some(target) => {
                if target.line != party.line {
                    draft.tell_call(
                        id,
                        Fact::Moved { leg, line: target.line, origin, handover: None, carrier: None },
                    )?;
                    is_elsewhere = true;
                }
                let is_to = watch.monitoring == Monitoring::BargeIn && !watch.stepped_in;
                if is_to && party.has_answered() && target.has_answered() {
                    let watch = PartyWatch { stepped_in: true, ..watch };
                    draft.tell_call(id, Fact::Watching { leg, watch })?;
                    steps_in = true;
                }
            }
            None => match next(draft, &call, party, watch)? {
                Some((target, hidden)) => {
                    let watch = PartyWatch { target, hidden, ..watch };
                    draft.tell_call(id, Fact::Watching { leg, watch })?;
                    is_elsewhere = true;
                }
                None if party.only_watches() => {
                    release::part(draft, id, leg, Release::by(EndedBy::Agent, Cause::Normal))?;
                }
                // Nobody is left whom they follow: they are in it like anybody else.
                None => {
                    let (line, origin) = (party.line, PartyOrigin::Called);
                    draft.tell_call(id, Fact::Moved { leg, line, origin, handover: None, carrier: None })?;
                    left(draft, &call, party)?;
                }
            },
        }
    }
    match (steps_in, is_elsewhere) {
        (true, _) => room::arrange_beside_queue(draft, id),
        (false, true) => room::arrange_watchers(draft, id),
        (false, false) => Ok(()),
    }
}

/// Whether the user of a party may follow that of another now.
fn is_right(draft: &mut Draft<'_>, party: &Party, target: &Party) -> Result<bool, DecideError> {
    party.user().map_or(Ok(false), |supervisor| may_still_follow(draft, supervisor, target.user()))
}

/// Whom a supervisor follows next who follows a call and not a user, and whether they are not shown to them.
fn next(
    draft: &mut Draft<'_>,
    call: &Call,
    party: &Party,
    watch: PartyWatch,
) -> Result<Option<(u16, bool)>, DecideError> {
    let Some(leader) = party.user().filter(|_| watch.scope == WatchScope::Interaction) else {
        return Ok(None);
    };
    let Some(leader) = draft.user_if_any(leader)? else { return Ok(None) };
    let waits = waiting(call);
    for other in call.live_in(party.line).filter(|other| is_followed(other) && waits != Some(other.leg)) {
        if let Some(user) = other.user()
            && may_follow(draft, &leader, user)?
        {
            return Ok(Some((other.leg, is_hidden(draft, &leader, user)?)));
        }
    }
    Ok(None)
}

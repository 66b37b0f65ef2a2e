//! Whoever follows somebody is where they are: called into their calls, and gone from them when nobody is there any more
//! whom they may follow.

use super::{
    super::{
        super::{DecideError, Draft},
        party::{self, NewParty, Place},
        release::{self, Release},
        room,
        unwatch::{end, left},
        wait,
    },
    right::{in_force, is_followed, is_hidden, may_follow, may_still_follow, waiting},
};
use crate::{
    InteractionId, Key, Millis, UserId,
    call::{Call, CallerId, Cause, Fact, LegCommand, Originate, Party, PartyOrigin, PartyState, Who},
    ids::Dn,
    medium,
    session::EndedBy,
    watch::{Monitoring, PartyWatch, WatchScope},
};

/// How long the phone of a supervisor rings, in milliseconds.
const RING: Millis = 30_000;

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
pub(super) fn follow(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    leg: u16,
    asked_now: bool,
) -> Result<(), DecideError> {
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
    if call.parties.iter().any(was_here) || is_called_itself || party::is_full(&call) {
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

/// Runs after whatever happened in a call: who follows somebody goes where they went. When those have left, a supervisor
/// who follows the call goes on with another whom they lead; else who only follows leaves, and who has stepped in stays.
pub(in super::super::super) fn keep_up(draft: &mut Draft<'_>, id: &InteractionId) -> Result<(), DecideError> {
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

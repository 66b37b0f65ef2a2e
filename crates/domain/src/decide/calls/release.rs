//! The end of a part, and of a call.

use super::{
    super::{DecideError, Draft, disposition},
    asked, room, unwatch, wrap_up,
};
use crate::{
    InteractionId, Key, Millis, agent,
    call::{Call, Cause, Fact, LegCommand, Party, PartyOrigin, PartyState},
    interaction::Part,
    medium,
    session::EndedBy,
};

/// How a part ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Release {
    pub closer: EndedBy,
    pub cause: Cause,
    /// The SIP status code, where there was one.
    pub code: Option<u16>,
    /// The user is not offered the call again before this moment.
    pub barred_until: Option<Millis>,
    /// Whether the leg is gone already, so that nothing need be asked of the switch.
    pub is_gone: bool,
}

impl Release {
    pub const fn by(closer: EndedBy, cause: Cause) -> Self {
        Self { closer, cause, code: None, barred_until: None, is_gone: false }
    }
}

/// Ends one part: the leg is released, the user's slot is free, and work after the call begins if there is any.
pub(super) fn part(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    leg: u16,
    how: Release,
) -> Result<(), DecideError> {
    let call = draft.call(id)?;
    let Some(party) = call.on(leg).filter(|party| party.is_live()) else { return Ok(()) };
    // A party that only waited in a queue is established as well, but had nobody to talk to.
    let met = |other: &Party| {
        other.leg != leg
            && other.line == party.line
            && other.established_at.is_some()
            && !other.only_watches()
    };
    let talked = party.established_at.is_some() && call.parties.iter().any(met);
    let fact = Fact::Released {
        leg,
        agent: party.user().cloned(),
        user_name: party.user_name().map(str::to_owned),
        dn: party.dn.clone(),
        closer: how.closer,
        cause: how.cause,
        code: how.code,
        talked,
        dispositioned: disposition::is_set(draft, &*call, Some(party))?,
        barred_until: how.barred_until,
    };
    asked::leaves(draft, &call, party, how.closer)?;
    draft.tell_call(id, fact)?;
    // Whoever was called for an agent's phone, and is not to be had: the phone is told.
    if let Some(asks) = party.handover.filter(|handover| handover.is_awaited())
        && let Some(from) = call.on(asks.from).filter(|from| from.is_live())
    {
        draft.effect(call.leg_of(from), LegCommand::Referred(Some(how.cause)));
    }
    // A leg that carries another party as well goes on.
    if !how.is_gone && call.sharing(party).next().is_none() {
        draft.effect(call.leg_of(party), LegCommand::Release(how.cause));
    }
    let Some(user) = party.user() else { return Ok(()) };
    let completed = party.took_part();
    let slot =
        agent::Fact::SlotFreed { medium: medium::voice(), session: call.uuid(party).clone(), completed };
    draft.tell_agent(user, slot)?;
    if party.watch.is_some() {
        return unwatch::left(draft, &call, party);
    }
    wrap_up::follow(draft, &call, party, talked, how.closer)
}

/// Ends every part and the call. Its caller did not give up.
pub(super) fn everyone(draft: &mut Draft<'_>, id: &InteractionId, how: Release) -> Result<(), DecideError> {
    all(draft, id, how, |_| true)?;
    end(draft, id, how.closer, false)
}

/// Ends every part in a line, and the call when nobody is left in another.
pub(super) fn line(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    line: u16,
    how: Release,
) -> Result<(), DecideError> {
    all(draft, id, how, |party| party.line == line)?;
    if draft.call(id)?.talkers().next().is_none() { end(draft, id, how.closer, false) } else { Ok(()) }
}

/// A party ends the call for everyone in its line.
pub(super) fn clear(draft: &mut Draft<'_>, call: &Call, party: &Party) -> Result<(), DecideError> {
    let how = Release::by(EndedBy::Agent, Cause::Normal);
    let by_caller = call.parties.first().is_some_and(|caller| caller.leg == party.leg);
    all(draft, &call.id, how, |other| other.line == party.line)?;
    if draft.call(&call.id)?.talkers().next().is_some() {
        return room::arrange(draft, &call.id);
    }
    end(draft, &call.id, how.closer, by_caller && is_unserved(call))
}

fn all(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    how: Release,
    which: impl Fn(&Party) -> bool,
) -> Result<(), DecideError> {
    let call = draft.call(id)?;
    for party in call.live().filter(|party| which(party)) {
        let cause = match party.state {
            // The phone has no reason to ring any more.
            PartyState::Ringing if how.cause == Cause::Normal => Cause::Cancelled,
            _ => how.cause,
        };
        part(draft, id, party.leg, Release { cause, barred_until: None, ..how })?;
    }
    Ok(())
}

/// Runs after parts have ended: a line in which nobody talks with anybody any more, nor waits, is over, and with the last
/// of them the call.
pub(super) fn settle(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    how: Release,
    before: &Call,
) -> Result<(), DecideError> {
    if draft.call(id)?.ended.is_some() {
        return Ok(());
    }
    for number in 0..before.lines.len() {
        settle_line(draft, id, u16::try_from(number).unwrap_or(u16::MAX), how)?;
    }
    let call = draft.call(id)?;
    if call.talkers().next().is_some() {
        return room::arrange_beside_queue(draft, id);
    }
    let abandoned = is_unserved(before) && !call.customer().is_some_and(Party::is_live);
    end(draft, id, how.closer, abandoned)
}

fn settle_line(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    line: u16,
    how: Release,
) -> Result<(), DecideError> {
    let call = draft.call(id)?;
    let waits = call.customer().is_some_and(|party| party.is_live() && party.line == line);
    if waits && (call.is_waiting() || call.turned_away) {
        return Ok(());
    }
    // Who asks a queue waits for whoever takes it.
    if call.request_in(line).is_some() {
        return Ok(());
    }
    let left: Vec<&Party> = call.live_in(line).collect();
    let is_left = |leg: u16| left.iter().any(|party| party.leg == leg);
    // Whoever is called for somebody who has gone has nobody to take over.
    let only_calls = left.iter().all(|party| {
        party.pending_handover().is_some_and(|handover| is_left(handover.from))
            || left
                .iter()
                .any(|other| other.pending_handover().is_some_and(|handover| handover.from == party.leg))
    });
    if left.len() > 1 && !only_calls {
        return pass_on(draft, &call, line);
    }
    for party in left {
        let is_ringing = party.state == PartyState::Ringing;
        let cause = if is_ringing { Cause::Cancelled } else { how.cause };
        part(draft, id, party.leg, Release { cause, barred_until: None, is_gone: false, ..how })?;
    }
    Ok(())
}

/// The customer of a queue whose agent has left a conference is the agent's who stays.
fn pass_on(draft: &mut Draft<'_>, call: &Call, line: u16) -> Result<(), DecideError> {
    let is_customers = call.customer().is_some_and(|customer| customer.is_live() && customer.line == line);
    let serves = |party: &Party| party.line == line && party.origin == PartyOrigin::Queue;
    let was_served = call.parties.iter().any(|party| serves(party) && party.established_at.is_some());
    if is_customers && was_served { serve_on(draft, &call.id, line) } else { Ok(()) }
}

/// The customer in a line is from now on a colleague's who is there, if nobody serves them.
pub(super) fn serve_on(draft: &mut Draft<'_>, id: &InteractionId, line: u16) -> Result<(), DecideError> {
    let call = &*draft.call(id)?;
    let is_customers = call.customer().is_some_and(|customer| customer.is_live() && customer.line == line);
    if !is_customers || call.live().any(|party| party.origin == PartyOrigin::Queue) {
        return Ok(());
    }
    let is_in = |party: &Party| matches!(party.origin, PartyOrigin::Called | PartyOrigin::Watch);
    let called = |party: &&Party| is_in(party) && party.user().is_some();
    // A colleague rather than a supervisor who has stepped in.
    let mut there: Vec<&Party> =
        call.live_in(line).filter(called).filter(|party| party.has_answered()).collect();
    there.sort_by_key(|party| party.watch.is_some());
    let next = there.first().copied();
    let Some(next) = next.filter(|next| call.customer().is_none_or(|customer| customer.leg != next.leg))
    else {
        return Ok(());
    };
    let (leg, origin, handover) = (next.leg, PartyOrigin::Queue, next.handover);
    draft.tell_call(&call.id, Fact::Moved { leg, line, origin, handover, carrier: None })?;
    unwatch::left(draft, call, next)
}

/// Whether its caller is in a queue and nobody has taken it.
pub(super) fn is_unserved(call: &Call) -> bool {
    let Some(queued) = call.queued.as_ref().filter(|_| !call.turned_away) else { return false };
    let served = |party: &Party| {
        party.leg > queued.after && party.origin == PartyOrigin::Queue && party.established_at.is_some()
    };
    !call.parties.iter().any(served)
}

fn end(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    closer: EndedBy,
    abandoned: bool,
) -> Result<(), DecideError> {
    let call = draft.call(id)?;
    if call.ended.is_some() {
        return Ok(());
    }
    // Nobody is left whom they could follow.
    for watcher in call.watchers() {
        part(draft, id, watcher.leg, Release::by(closer, Cause::Normal))?;
    }
    let dispositioned = disposition::is_set(draft, &*call, None)?;
    draft.tell_call(id, Fact::Ended { closer, dispositioned, abandoned })
}

/// The process that carried it is gone: everyone was cut off. It is never refused.
pub(in super::super) fn lost(draft: &mut Draft<'_>, id: &InteractionId) -> Result<(), DecideError> {
    if !draft.exists(&Key::Call(id.clone()))? || draft.call(id)?.ended.is_some() {
        return Ok(());
    }
    let how = Release { is_gone: true, ..Release::by(EndedBy::Restart, Cause::Failed) };
    everyone(draft, id, how)
}

//! A phone takes over a call of another phone of its number, on a leg of its own (RFC 3891; spec: voice-sip#5.13).

use super::{
    super::{DecideError, Draft},
    consult, heard, room,
};
use crate::{
    InteractionId,
    call::{Call, Cause, Fact, LegCommand, LegId, Party, PartyOrigin, PartyState},
};

/// The new leg carries what the other carried, and the other is released. Where that is not possible any more, the new one
/// is: nothing is refused as a command is.
pub(in super::super) fn take_over(
    draft: &mut Draft<'_>,
    leg: &LegId,
    replaced: &LegId,
) -> Result<(), DecideError> {
    let found = draft.call_of_leg(replaced)?;
    // One that was absorbed meanwhile has no legs of this name.
    let Some((call, old)) = found.filter(|(call, _)| call.id == leg.call) else {
        draft.effect(leg.clone(), LegCommand::Release(Cause::Refused));
        return Ok(());
    };
    // It came before.
    if call.parties.iter().any(|party| party.carried_by() == leg.number) {
        return Ok(());
    }
    let Some(party) = call.active_on(old).filter(|party| may_take_over(&call, party)) else {
        draft.effect(leg.clone(), LegCommand::Release(Cause::Refused));
        return Ok(());
    };
    draft.effect(leg.clone(), LegCommand::Answer);
    for carried in call.live().filter(|party| party.carried_by() == old) {
        carry(draft, &call, carried, leg.number)?;
    }
    let rings = party.state == PartyState::Ringing;
    let cause = if rings { Cause::Cancelled } else { Cause::Normal };
    draft.effect(call.leg(old), LegCommand::Release(cause));
    if party.is_kept_silent() {
        draft.effect(leg.clone(), LegCommand::Mute(true));
    }
    let id = &call.id;
    if !party.up {
        let now = draft.call(id)?;
        return now.on(party.leg).map_or(Ok(()), |party| heard::up(draft, &now, party));
    }
    goes_on(draft, id, party.leg)?;
    let waits = call.is_waiting() && call.customer().is_some_and(|customer| customer.leg == party.leg);
    if waits { room::arrange(draft, id) } else { room::arrange_beside_queue(draft, id) }
}

/// Whether the leg of a party may be replaced by another: not while the caller is not answered, while a last announcement
/// is heard, or while its phone waits to be told what became of a transfer.
fn may_take_over(call: &Call, party: &Party) -> bool {
    let is_caller = matches!(party.origin, PartyOrigin::Caller | PartyOrigin::Consult);
    let hears_last = call.turned_away && call.customer().is_some_and(|customer| customer.line == party.line);
    let is_told = call.live().any(|other| {
        other.handover.is_some_and(|handover| handover.is_awaited() && handover.from == party.leg)
    });
    (party.up || !is_caller) && !hears_last && !is_told
}

/// A part goes on, on the new leg, which holds nobody.
fn carry(draft: &mut Draft<'_>, call: &Call, party: &Party, leg: u16) -> Result<(), DecideError> {
    let Party { line, origin, handover, .. } = *party;
    let moved = Fact::Moved { leg: party.leg, line, origin, handover, carrier: Some(leg) };
    draft.tell_call(&call.id, moved)?;
    if party.state == PartyState::Held && !party.parked {
        draft.tell_call(&call.id, Fact::Held { leg: party.leg, parked: true })?;
    }
    Ok(())
}

/// Whoever takes a call over talks in it: what was held is not any more, and what was asked of the other phone is done.
fn goes_on(draft: &mut Draft<'_>, id: &InteractionId, leg: u16) -> Result<(), DecideError> {
    let call = draft.call(id)?;
    let Some(party) = call.on(leg) else { return Ok(()) };
    match party.state {
        PartyState::Held => consult::go_on(draft, &call, party),
        PartyState::Established if party.holding.is_some() => draft.tell_call(id, Fact::Established { leg }),
        _ => Ok(()),
    }
}

//! What the switch tells.

use super::{
    super::{DecideError, Draft},
    consult, handover, offer,
    release::{self, Release},
    request, room, routing, wait,
};
use crate::{
    call::{
        Call, Cause, Fact, LegCommand, LegEvent, LegId, Party, PartyOrigin, PartyState, PendingDestination,
        RefusedOperation, Who,
    },
    command::Destination,
    session::EndedBy,
};

/// Takes in a signal about a leg. It is never refused: what it tells has happened already, and a signal of a leg that
/// is over changes nothing.
pub(in super::super) fn heard(
    draft: &mut Draft<'_>,
    leg: &LegId,
    heard: &LegEvent,
) -> Result<(), DecideError> {
    let Some((call, leg)) = draft.call_of_leg(leg)? else { return Ok(()) };
    let Some(party) = call.active_on(leg) else { return Ok(()) };
    match heard {
        LegEvent::Ringing => rings(draft, &call, party),
        LegEvent::Up => up(draft, &call, party),
        // The phone was answered by hand meanwhile.
        LegEvent::NotAnswered(_) if party.state != PartyState::Ringing => Ok(()),
        LegEvent::NotAnswered(code) => refused(draft, &call, party, RefusedOperation::Answer, *code),
        LegEvent::HoldDone { on, refused } => {
            let asked = call.live().filter(|party| party.carried_by() == leg);
            match asked.into_iter().find(|party| party.holding == Some(*on)) {
                Some(party) => hold_done(draft, &call, party, *on, *refused),
                None => Ok(()),
            }
        }
        LegEvent::PhoneHold(on) => phone_hold(draft, &call, party, *on),
        LegEvent::Played if call.turned_away => {
            let line = call.customer().map_or(0, |customer| customer.line);
            release::line(draft, &call.id, line, Release::by(EndedBy::Idle, Cause::Closed))
        }
        // Where the number leads is a command of its own.
        LegEvent::Played | LegEvent::Digit(_) | LegEvent::Diverts { .. } | LegEvent::Refers(_) => Ok(()),
        LegEvent::Key(key) => {
            pass_key(draft, &call, party, *key);
            Ok(())
        }
        // The switch ends its calls in good order: nobody gave up.
        LegEvent::Gone { cause: Cause::Closed, .. } => {
            release::everyone(draft, &call.id, Release::by(EndedBy::Restart, Cause::Closed))
        }
        LegEvent::Gone { cause, code } => gone(draft, &call, leg, *cause, *code),
    }
}

/// A key is sent to the one who hears the party; never into a conference, where nobody would know whose it is
/// (spec: voice-sip#5.9), and not for a party that is muted or held.
fn pass_key(draft: &mut Draft<'_>, call: &Call, party: &Party, key: char) {
    if party.is_kept_silent() || party.only_watches() || !room::talks(party) {
        return;
    }
    let mut others = call.others(party).filter(|other| room::talks(other));
    if let (Some(other), None) = (others.next(), others.next()) {
        draft.effect(call.leg_of(other), LegCommand::Dtmf(key.to_string()));
    }
}

/// The caller hears that it rings. Who handed over without asking leaves, since it is known to.
fn rings(draft: &mut Draft<'_>, call: &Call, party: &Party) -> Result<(), DecideError> {
    if let Some(caller) = call.caller_of(party.line)
        && party.origin == PartyOrigin::Called
        && waits_for_answer(caller)
    {
        draft.effect(call.leg_of(caller), LegCommand::Ring);
    }
    handover::leave(draft, &call.id, party.leg)
}

/// Whether the leg of a party came in and was not answered.
fn waits_for_answer(party: &Party) -> bool {
    matches!(party.origin, PartyOrigin::Caller | PartyOrigin::Consult) && party.is_live() && !party.up
}

pub(super) fn up(draft: &mut Draft<'_>, call: &Call, party: &Party) -> Result<(), DecideError> {
    let id = &call.id;
    match party.origin {
        // For a leg that came in, this acknowledges our answer; the call counts from when we gave it.
        _ if party.up || matches!(party.origin, PartyOrigin::Caller | PartyOrigin::Consult) => Ok(()),
        PartyOrigin::Dial => {
            draft.tell_call(id, Fact::LegUp { leg: party.leg })?;
            let to = match &call.aim {
                Some(PendingDestination::Queue(queue)) => {
                    Destination::Queue { queue: queue.clone(), turned_away: None }
                }
                Some(PendingDestination::Device(dn)) => Destination::Device(dn.clone()),
                None => Destination::Nowhere,
            };
            routing::route_to(draft, id, &to)
        }
        PartyOrigin::Watch => {
            draft.tell_call(id, Fact::Established { leg: party.leg })?;
            room::arrange_watchers(draft, id)
        }
        _ => {
            if let Some(caller) = call.caller_of(party.line).filter(|caller| caller.is_live()) {
                if waits_for_answer(caller) {
                    draft.effect(call.leg_of(caller), LegCommand::Answer);
                }
                if caller.state == PartyState::Dialing {
                    draft.tell_call(id, Fact::Established { leg: caller.leg })?;
                }
            }
            draft.tell_call(id, Fact::Established { leg: party.leg })?;
            handover::taken(draft, id, party.leg)?;
            room::arrange(draft, id)
        }
    }
}

fn refused(
    draft: &mut Draft<'_>,
    call: &Call,
    party: &Party,
    operation: RefusedOperation,
    code: u16,
) -> Result<(), DecideError> {
    draft.tell_call(&call.id, Fact::Refused { leg: party.leg, operation, code })
}

/// The phone has done what holding asked of it, or refused: then nobody is on hold, on the wire as in the API.
fn hold_done(
    draft: &mut Draft<'_>,
    call: &Call,
    party: &Party,
    on: bool,
    code: Option<u16>,
) -> Result<(), DecideError> {
    if party.holding != Some(on) {
        return Ok(());
    }
    match (code, on) {
        (None, true) => draft.tell_call(&call.id, Fact::Held { leg: party.leg, parked: false })?,
        (None, false) => {
            draft.tell_call(&call.id, Fact::Established { leg: party.leg })?;
            consult::speak_as(draft, call, party, party.is_kept_silent());
        }
        (Some(code), true) => refused(draft, call, party, RefusedOperation::Hold, code)?,
        (Some(code), false) => refused(draft, call, party, RefusedOperation::Retrieve, code)?,
    }
    room::arrange(draft, &call.id)
}

/// The hold key: the same states as over the API, without asking the phone. A party outside that puts us on hold
/// changes no state here (spec: voice-sip#5.4): what it plays is heard.
fn phone_hold(draft: &mut Draft<'_>, call: &Call, party: &Party, on: bool) -> Result<(), DecideError> {
    let fact = match (party.state, on) {
        _ if party.who == Who::Outside => return Ok(()),
        (PartyState::Established, true) => Fact::Held { leg: party.leg, parked: false },
        // It held without its phone.
        (PartyState::Held, true) if party.parked => Fact::Held { leg: party.leg, parked: false },
        (PartyState::Held, false) if !party.parked => Fact::Established { leg: party.leg },
        _ => return Ok(()),
    };
    let goes_on = matches!(fact, Fact::Established { .. });
    draft.tell_call(&call.id, fact)?;
    if goes_on {
        consult::speak_as(draft, call, party, party.is_kept_silent());
    }
    room::arrange(draft, &call.id)
}

/// A leg is gone, and with it every party that it carried.
fn gone(
    draft: &mut Draft<'_>,
    call: &Call,
    leg: u16,
    cause: Cause,
    code: Option<u16>,
) -> Result<(), DecideError> {
    let id = &call.id;
    let mut ended = None;
    for party in call.live().filter(|party| party.carried_by() == leg) {
        let how = Release { code, is_gone: true, ..Release::by(closer(party, cause), cause) };
        match party.origin {
            PartyOrigin::Queue if party.state == PartyState::Ringing => {
                offer::ended(draft, id, party.leg, how)?;
            }
            _ if let Some(request) = party.pending_request() => {
                request::not_taken(draft, id, request, party, how)?;
            }
            _ if party.pending_handover().is_some() => handover::failed(draft, id, party, how)?,
            _ => {
                release::part(draft, id, party.leg, how)?;
                // The agent's phone is lost, not the call: the caller has not hung up on us.
                if party.origin == PartyOrigin::Queue
                    && cause == Cause::Lost
                    && is_left_alone(&*draft.call(id)?)
                {
                    wait::back(draft, id)?;
                }
                ended = Some(how);
            }
        }
    }
    match ended {
        Some(how) => release::settle(draft, id, how, call),
        None => Ok(()),
    }
}

/// Whether nobody talks with the customer any more.
fn is_left_alone(call: &Call) -> bool {
    call.customer().is_some_and(|customer| customer.is_live() && !call.others(customer).any(Party::is_live))
}

fn closer(party: &Party, cause: Cause) -> EndedBy {
    let unanswered = party.state == PartyState::Ringing || party.state == PartyState::Dialing && !party.up;
    let is_away = matches!(cause, Cause::NoAnswer | Cause::Unreachable | Cause::Lost | Cause::NoSuchNumber);
    match (unanswered && is_away, party.origin) {
        (true, PartyOrigin::Called | PartyOrigin::Queue | PartyOrigin::Dial | PartyOrigin::Watch) => {
            EndedBy::NoAnswer
        }
        _ => Call::closer_of(party),
    }
}

//! A call is handed over (spec: voice-sip#5.5, #5.6): to somebody who was asked, or without asking.

use super::{
    super::{DecideError, Draft},
    consult,
    party::{self, NewParty, Place},
    release::{self, Release},
    request, room, routing, unwatch, wait,
};
use crate::{
    InteractionId, Millis, QueueName, Refusal,
    call::{
        Call, CallIn, Cause, Consultation, Fact, Handover, LegCommand, Party, PartyOrigin, PartyState,
        Purpose, customer_for_queue,
    },
    check,
    command::Destination,
    ids::Dn,
    medium,
    session::EndedBy,
};

/// How long an agent who hands over without asking stays at most, while it is not known whether it rings at the other
/// end: so that a wrong number comes back to them, in milliseconds.
const KNOWN_TO_RING: Millis = 3_000;
/// How long the phone of an agent is called to whom a customer comes back, in milliseconds.
const RING_BACK: Millis = 20_000;

/// Hands a party to somebody, or calls them in, without asking.
pub(super) fn single_step(
    draft: &mut Draft<'_>,
    call: &Call,
    party: &Party,
    purpose: Purpose,
    call_in: &CallIn,
) -> Result<(), DecideError> {
    consult::check(call, call_in)?;
    consult::attach(draft, call, party, &call_in.user_data)?;
    let number = match (&call_in.to, purpose) {
        (Destination::Queue { queue, turned_away: None }, Purpose::Transfer) => {
            return to_queue(draft, call, party, queue);
        }
        (Destination::Device(dn), _) => dn,
        (Destination::Nowhere, _) => &call_in.dialled,
        _ => return Err(Refusal::Invalid(format!("'{}' cannot be called in", call_in.dialled)).into()),
    };
    let leaves_at = (purpose == Purpose::Transfer).then(|| draft.now + KNOWN_TO_RING);
    let handover = Handover { from: party.leg, leaves_at, referred: false };
    match call_for(draft, call, party, number, handover)? {
        None => Ok(()),
        Some(Cause::Busy) => Err(Refusal::Invalid(format!("'{number}' takes no calls")).into()),
        Some(_) => Err(Refusal::NotRegistered(number.clone()).into()),
    }
}

/// Hands a party to somebody without asking, as its phone wants it by its own key (spec: voice-sip#5.12). Answers why
/// not, if that is known already.
pub(super) fn refer(
    draft: &mut Draft<'_>,
    call: &Call,
    party: &Party,
    number: &Dn,
) -> Result<Option<Cause>, DecideError> {
    let leaves_at = Some(draft.now + KNOWN_TO_RING);
    call_for(draft, call, party, number, Handover { from: party.leg, leaves_at, referred: true })
}

/// Calls somebody into the line of a party. Answers why they cannot be called, if they cannot.
fn call_for(
    draft: &mut Draft<'_>,
    call: &Call,
    party: &Party,
    number: &Dn,
    handover: Handover,
) -> Result<Option<Cause>, DecideError> {
    let place = Place { line: party.line, handover: Some(handover), ..Place::default() };
    routing::call_number(draft, &call.id, number, place)
}

/// The one with whom the agent talks waits for another agent.
fn to_queue(draft: &mut Draft<'_>, call: &Call, party: &Party, queue: &QueueName) -> Result<(), DecideError> {
    let customer = customer_for_queue(call, party).map_err(|why| Refusal::Invalid(why.into()))?;
    release::part(draft, &call.id, party.leg, Release::by(EndedBy::Agent, Cause::Normal))?;
    wait::hand_to(draft, &call.id, queue, customer.leg)
}

/// Hands the call to whom was asked; they may not have answered yet.
pub(super) fn complete(
    draft: &mut Draft<'_>,
    call: &Call,
    both: Consultation<'_>,
) -> Result<(), DecideError> {
    if let Some(asked) = call.request_in(both.consult.line) {
        return request::leave_place(draft, call, both, asked);
    }
    let how = Release::by(EndedBy::Agent, Cause::Normal);
    release::part(draft, &call.id, both.consult.leg, how)?;
    let mut takes_queue = both.main.origin == PartyOrigin::Queue;
    release::part(draft, &call.id, both.main.leg, how)?;
    // The customer is rather a colleague's than a supervisor's who has stepped in.
    let mut targets: Vec<&Party> = call.others(both.consult).collect();
    targets.sort_by_key(|target| target.watch.is_some());
    for target in targets {
        // Who called in themselves, and was brought into the consultation, serves nobody.
        let serves = takes_queue && target.has_answered() && target.origin != PartyOrigin::Caller;
        takes_queue &= !serves;
        let origin = if serves { PartyOrigin::Queue } else { target.origin };
        // One whom a colleague calls in takes over from that colleague.
        let own = target.pending_handover();
        let handover = own.or(Some(Handover { from: both.main.leg, leaves_at: None, referred: false }));
        let (leg, line) = (target.leg, both.main.line);
        draft.tell_call(&call.id, Fact::Moved { leg, line, origin, handover, carrier: None })?;
        if serves {
            unwatch::left(draft, call, target)?;
        }
    }
    room::arrange(draft, &call.id)
}

/// Somebody who was called to take a party over is known to ring, or has been called for long enough: the agent leaves.
pub(super) fn leave(draft: &mut Draft<'_>, id: &InteractionId, target: u16) -> Result<(), DecideError> {
    if release_from(draft, id, target)? { room::arrange(draft, id) } else { Ok(()) }
}

/// Releases the agent who hands over to a party, if they have not left; answers whether they left now.
fn release_from(draft: &mut Draft<'_>, id: &InteractionId, target: u16) -> Result<bool, DecideError> {
    let call = draft.call(id)?;
    let pending = |handover: &Handover| handover.leaves_at.is_some();
    let Some(handover) = call.on(target).and_then(|party| party.handover).filter(pending) else {
        return Ok(false);
    };
    if let Some(from) = call.on(handover.from).filter(|from| handover.referred && from.is_live()) {
        draft.effect(call.leg_of(from), LegCommand::Referred(None));
    }
    release::part(draft, id, handover.from, Release::by(EndedBy::Agent, Cause::Normal))?;
    Ok(true)
}

/// Somebody who was called to take a party over has answered: the party is theirs, as if the queue had offered it. Of one
/// who was called for anything else nothing changes.
pub(super) fn taken(draft: &mut Draft<'_>, id: &InteractionId, target: u16) -> Result<(), DecideError> {
    release_from(draft, id, target)?;
    let call = draft.call(id)?;
    let Some(party) = call.on(target) else { return Ok(()) };
    let Some(handover) = party.handover else { return Ok(()) };
    let from = call.on(handover.from);
    // Who called them in is there still: they talk together.
    if from.is_some_and(Party::is_live) {
        return Ok(());
    }
    let serves = call.live_in(party.line).any(|other| other.origin == PartyOrigin::Queue);
    let from_queue = !serves && from.is_some_and(|from| from.origin == PartyOrigin::Queue);
    let origin = if from_queue { PartyOrigin::Queue } else { party.origin };
    let handover = Some(Handover { leaves_at: None, ..handover });
    let line = party.line;
    draft.tell_call(id, Fact::Moved { leg: target, line, origin, handover, carrier: None })
}

/// Somebody who was called to take a party over does not: the agent is called again if they have left, and after that
/// the party waits in the queue it came from.
pub(super) fn failed(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    target: &Party,
    how: Release,
) -> Result<(), DecideError> {
    let before = draft.call(id)?;
    release::part(draft, id, target.leg, how)?;
    let call = draft.call(id)?;
    let left: Vec<&Party> = call.live_in(target.line).collect();
    let from = target.handover.and_then(|handover| call.on(handover.from));
    match (&left[..], from) {
        ([_], Some(from)) if !from.is_live() => call_back(draft, id, from, target.line, how, &before),
        _ => release::settle(draft, id, how, &before),
    }
}

/// Calls the agent again who handed a party over.
fn call_back(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    agent: &Party,
    line: u16,
    how: Release,
    before: &Call,
) -> Result<(), DecideError> {
    let is_free = match agent.user() {
        Some(user) => {
            let at_work = draft.agent(user)?;
            at_work.is_some_and(|found| found.login.is_some() && found.taken(&medium::voice()) == 0)
        }
        None => false,
    };
    let device = draft.device(&agent.dn)?;
    let phone = device
        .as_ref()
        .filter(|device| device.in_service && !device.do_not_disturb && device.user() == agent.user());
    let Some(answers) = phone.map(|device| device.answers).filter(|_| is_free) else {
        return back_to_queue(draft, id, line, how, before);
    };
    let is_customers = has_customer(&*draft.call(id)?, line);
    let is_queued = before.queued.is_some() && agent.origin == PartyOrigin::Queue && is_customers;
    let coming = NewParty {
        who: agent.who.clone(),
        dn: agent.dn.clone(),
        origin: if is_queued { PartyOrigin::Queue } else { PartyOrigin::Called },
        state: PartyState::Ringing,
        answers,
        deadline: Some(draft.now + RING_BACK),
        place: Place { line, ..Place::default() },
    };
    party::call_party(draft, id, coming)?;
    room::arrange(draft, id)
}

/// A party that nobody has taken over goes back to the head of its queue; one that came from none is released.
fn back_to_queue(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    line: u16,
    how: Release,
    before: &Call,
) -> Result<(), DecideError> {
    if has_customer(&*draft.call(id)?, line) {
        wait::back(draft, id)?;
    }
    release::settle(draft, id, how, before)
}

/// Whether the customer is in a line.
fn has_customer(call: &Call, line: u16) -> bool {
    call.customer().is_some_and(|customer| customer.is_live() && customer.line == line)
}

/// Takes whom was asked into the call.
pub(super) fn join(draft: &mut Draft<'_>, call: &Call, both: Consultation<'_>) -> Result<(), DecideError> {
    keep_one_leg(draft, call, both)?;
    release::part(draft, &call.id, both.consult.leg, Release::by(EndedBy::Agent, Cause::Normal))?;
    for target in call.others(both.consult) {
        let (leg, line, origin) = (target.leg, both.main.line, target.origin);
        let moved = Fact::Moved { leg, line, origin, handover: None, carrier: None };
        draft.tell_call(&call.id, moved)?;
    }
    consult::go_on(draft, call, both.main)?;
    room::arrange(draft, &call.id)
}

/// A phone that asked by its own keys has two legs: it goes on with the one that it does not hold.
fn keep_one_leg(draft: &mut Draft<'_>, call: &Call, both: Consultation<'_>) -> Result<(), DecideError> {
    let Consultation { main, consult } = both;
    let talks_on_other = main.state == PartyState::Held && consult.state == PartyState::Established;
    if !both.has_two_legs() || !talks_on_other {
        return Ok(());
    }
    let carrier = Some(consult.carried_by());
    let (leg, line, origin, handover) = (main.leg, main.line, main.origin, main.handover);
    draft.tell_call(&call.id, Fact::Moved { leg, line, origin, handover, carrier })?;
    // The leg that it goes on with holds nobody.
    draft.tell_call(&call.id, Fact::Held { leg, parked: true })?;
    draft.effect(call.leg_of(main), LegCommand::Release(Cause::Normal));
    Ok(())
}

/// Takes somebody out of a conference.
pub(super) fn remove(
    draft: &mut Draft<'_>,
    call: &Call,
    party: &Party,
    number: &Dn,
) -> Result<(), DecideError> {
    check::number("participant", number)?;
    let found = call.others(party).find(|other| other.dn == *number);
    let found = found.ok_or_else(|| Refusal::NotFound(format!("Participant '{number}'")))?;
    let cause = if found.state == PartyState::Ringing { Cause::Cancelled } else { Cause::Normal };
    let how = Release::by(EndedBy::Agent, cause);
    release::part(draft, &call.id, found.leg, how)?;
    release::settle(draft, &call.id, how, call)
}

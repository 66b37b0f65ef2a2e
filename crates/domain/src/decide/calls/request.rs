//! An agent asks a queue beside a call (spec: core-and-voice#5.7.2): their part in the consultation waits there as a request
//! of its own, beside whatever place the call itself has, until somebody of that queue takes it.

use super::{
    super::{DecideError, Draft, offer},
    asked::{asker, ended},
    offer::LEAST_BAR,
    party,
    release::{self, Release},
    room, wait,
};
use crate::{
    InteractionId, Millis, QueueName, Refusal,
    call::{Call, Cause, Consultation, Fact, Overflowing, Party, PartyOrigin, Purpose, customer_for_queue},
    command::Destination,
    medium,
    queue::Queue,
    request::{Help, Request},
    session::EndedBy,
};

/// For how long a queue is asked at most, in milliseconds.
const STANDS: Millis = 180_000;

/// An agent waits in a queue, in a line of their own. Where the queue takes no calls now, that is over at once.
pub(super) fn ask(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    line: u16,
    purpose: Purpose,
    name: &QueueName,
    turned_away: Option<Overflowing>,
) -> Result<(), DecideError> {
    let queue = draft.queue(name)?;
    let call = draft.call(id)?;
    let Some(party) = call.caller_of(line) else { return Ok(()) };
    let (Some(agent), Some(user_name)) = (party.user().cloned(), party.user_name()) else {
        return Err(Refusal::Invalid("A phone of nobody cannot ask a queue".into()).into());
    };
    let number = call.requested + 1;
    let requested = Fact::Requested {
        request: number,
        line,
        help: match purpose {
            Purpose::Transfer => Help::Consult,
            Purpose::Conference => Help::Invite,
        },
        asks: name.clone(),
        priority: queue.priority,
        deadline: lapses_at(draft.now, draft.now, &queue),
        reference: draft.reference(&agent)?,
        agent,
        user_name: user_name.to_owned(),
    };
    draft.tell_call(id, requested)?;
    match turned_away {
        None => room::arrange(draft, id),
        Some(why) => end(draft, id, number, Release::by(EndedBy::Closed, Cause::Closed), why),
    }
}

/// When a request lapses that came into a queue now: as a caller overflows, or when it has stood for long enough.
fn lapses_at(since: Millis, now: Millis, queue: &Queue) -> Millis {
    let last = since + STANDS;
    if queue.calls.patience > 0 { last.min(now + queue.calls.patience) } else { last }
}

/// Ends the part of an agent to whom the queue offered a consultation and who did not take it. Who asks goes on waiting,
/// and the agent is dealt with as one who did not take a customer.
pub(super) fn not_taken(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    number: u32,
    party: &Party,
    how: Release,
) -> Result<(), DecideError> {
    let call = draft.call(id)?;
    let cool_down = match call.request(number) {
        Some(request) => offer::cool_down(draft, &request.queue)?,
        None => 0,
    };
    let barred_until = Some(draft.now + cool_down.max(LEAST_BAR));
    release::part(draft, id, party.leg, Release { barred_until, ..how })?;
    if let Some(user) = party.user().filter(|_| how.closer == EndedBy::NoAnswer) {
        offer::make_not_ready(draft, user, &medium::voice())?;
    }
    // A call that takes nobody more in cannot be offered again. Who waits goes on hearing the same.
    if party::is_full(&*draft.call(id)?) { lapse(draft, id, number) } else { Ok(()) }
}

/// Nobody has taken a request in time. As a caller would, it goes on to another queue if the first says so; else it is
/// over.
pub(super) fn due(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    number: u32,
    late: &Destination,
) -> Result<(), DecideError> {
    let call = draft.call(id)?;
    let Some(request) = call.request(number) else { return Ok(()) };
    let (since, now) = (request.place.since, draft.now);
    let next = match late {
        Destination::Queue { queue, turned_away: None }
            if since + STANDS > now && *queue != request.queue =>
        {
            draft.queue_if_any(queue)?
        }
        _ => None,
    };
    let Some(queue) = next else { return lapse(draft, id, number) };
    withdraw_offer(draft, &call, number)?;
    let moved = Fact::Requested {
        request: number,
        line: request.line.unwrap_or_default(),
        help: request.help,
        asks: queue.name.clone(),
        priority: queue.priority,
        deadline: lapses_at(since, now, &queue),
        agent: request.from.clone(),
        user_name: asker(&call, request).and_then(Party::user_name).unwrap_or_default().to_owned(),
        reference: request.reference,
    };
    draft.tell_call(id, moved)
}

/// A request ends since nobody has taken it: the agent is back with their call, as after whoever does not answer.
fn lapse(draft: &mut Draft<'_>, id: &InteractionId, number: u32) -> Result<(), DecideError> {
    let how = Release::by(EndedBy::NoAnswer, Cause::NoAnswer);
    end(draft, id, number, how, Overflowing::Late)
}

/// Ends a request, the offer that was made of it, and the line in which its agent waited.
fn end(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    number: u32,
    how: Release,
    why: Overflowing,
) -> Result<(), DecideError> {
    let call = draft.call(id)?;
    let Some(request) = call.request(number) else { return Ok(()) };
    let line = request.line.unwrap_or_default();
    draft.tell_call(id, ended(&call, request, how.closer, Some(why)))?;
    withdraw_offer(draft, &call, number)?;
    release::line(draft, id, line, how)?;
    room::arrange_beside_queue(draft, id)
}

/// The phone at which a request was offered has no reason to ring any more; it is nobody's refusal.
fn withdraw_offer(draft: &mut Draft<'_>, call: &Call, number: u32) -> Result<(), DecideError> {
    match call.asked_for(number) {
        Some(offered) => {
            release::part(draft, &call.id, offered.leg, Release::by(EndedBy::Idle, Cause::Cancelled))
        }
        None => Ok(()),
    }
}

/// The agent leaves before anybody has taken the request: their customer has its place in the queue from now on. Where it
/// rings already, that phone rings for the customer.
pub(super) fn leave_place(
    draft: &mut Draft<'_>,
    call: &Call,
    both: Consultation<'_>,
    request: &Request,
) -> Result<(), DecideError> {
    let id = &call.id;
    let customer = customer_for_queue(call, both.main).map_err(|why| Refusal::Invalid(why.into()))?;
    let offered = call.asked_for(request.number);
    let after = offered.map_or(call.next_leg(), |offered| offered.leg) - 1;
    let how = Release::by(EndedBy::Agent, Cause::Normal);
    release::part(draft, id, both.consult.leg, how)?;
    release::part(draft, id, both.main.leg, how)?;
    wait::hand_place_to(draft, id, &request.queue, request.place, (customer.leg, after))?;
    match offered {
        Some(offered) => {
            let (leg, line, origin) = (offered.leg, both.main.line, PartyOrigin::Queue);
            draft.tell_call(id, Fact::Moved { leg, line, origin, handover: None, carrier: None })
        }
        None => Ok(()),
    }
}

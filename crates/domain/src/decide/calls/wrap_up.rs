//! What follows an agent's part of a call that was meant for a customer: work after it, and the disposition that is
//! required of it (spec: decisions#6).

use super::super::{DecideError, Draft, after_call, owed};
use crate::{
    Millis,
    call::{Call, Party, PartyOrigin, Who},
    session::EndedBy,
};

/// Runs when a user's part is over; `call` is as it was before. `talked` says whether the user talked with anybody.
pub(super) fn follow(
    draft: &mut Draft<'_>,
    call: &Call,
    party: &Party,
    talked: bool,
    closer: EndedBy,
) -> Result<(), DecideError> {
    let Some(user) = party.user() else { return Ok(()) };
    if !served_customer(call, party, draft.now) {
        return Ok(());
    }
    let queue = call.queued.as_ref().filter(|_| party.origin == PartyOrigin::Queue);
    let queue = queue.map(|queued| &queued.queue);
    let is_cut_off = matches!(closer, EndedBy::Restart | EndedBy::NoAnswer);
    let owes = talked && !is_cut_off && owed::part_ended(draft, call, party, queue)?;
    let length = length(draft, call, party, talked)?;
    if owes || length > 0 { after_call::begin(draft, user, length) } else { Ok(()) }
}

/// For how long there is work after a part, in milliseconds.
fn length(draft: &mut Draft<'_>, call: &Call, party: &Party, talked: bool) -> Result<Millis, DecideError> {
    if party.origin == PartyOrigin::Queue {
        return match &call.queued {
            Some(queued) if talked => {
                Ok(draft.queue_if_any(&queued.queue)?.map_or(0, |queue| queue.calls.wrap_up))
            }
            _ => Ok(0),
        };
    }
    let rule = draft.centre()?.wrap_up;
    let dialled = matches!(party.origin, PartyOrigin::Dial | PartyOrigin::Caller);
    Ok(if talked || dialled && rule.unanswered { rule.length } else { 0 })
}

/// Whether the part was meant for a customer: a queue's, or one with somebody outside. Who was called in by a colleague
/// that is still there, or leaves at the same moment, helps that colleague.
fn served_customer(call: &Call, party: &Party, now: Millis) -> bool {
    let here = |other: &&Party| other.line == party.line && other.leg != party.leg;
    match party.origin {
        PartyOrigin::Queue => true,
        PartyOrigin::Consult | PartyOrigin::Watch => false,
        PartyOrigin::Caller | PartyOrigin::Dial | PartyOrigin::Called => {
            let is_outside = |other: &Party| other.who == Who::Outside;
            let leads = |other: &Party| {
                let stays = other.released_at.is_none_or(|at| at >= now);
                let is_agent = other.user().is_some() && other.watch.is_none();
                is_agent && other.leg < party.leg && other.established_at.is_some() && stays
            };
            call.parties.iter().filter(here).any(is_outside) && !call.parties.iter().filter(here).any(leads)
        }
    }
}

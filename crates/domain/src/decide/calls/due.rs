//! What falls due in a call.

use super::{
    super::{DecideError, Draft},
    handover, offer,
    release::{self, Release},
    request, routing, wait,
};
use crate::{
    InteractionId, Key,
    call::{Call, Cause, Deadline, Fact, Overflowing, Party, PartyOrigin},
    command::Destination,
    session::EndedBy,
};

/// Something fell due. It is never refused: what is due must be done with.
pub(in super::super) fn due(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    due: Deadline,
    late: &Destination,
) -> Result<(), DecideError> {
    if !draft.exists(&Key::Call(id.clone()))? {
        return Ok(());
    }
    let call = draft.call(id)?;
    let is_due = call.deadlines().any(|(deadline, at)| deadline == due && at <= draft.now);
    if !is_due {
        return Ok(());
    }
    let how = Release::by(EndedBy::NoAnswer, Cause::NoAnswer);
    match due {
        Deadline::Leg(leg) if call.on(leg).is_some_and(|party| party.origin == PartyOrigin::Queue) => {
            offer::ended(draft, id, leg, how)
        }
        Deadline::Leg(leg) if call.on(leg).is_some_and(|party| party.pending_handover().is_some()) => {
            call.on(leg).map_or(Ok(()), |party| handover::failed(draft, id, party, how))
        }
        Deadline::Leg(leg) if let Some((party, request)) = request_at(&call, leg) => {
            request::not_taken(draft, id, request, party, how)
        }
        Deadline::Request(number) => request::due(draft, id, number, late),
        Deadline::Handover(leg) => handover::leave(draft, id, leg),
        Deadline::Leg(leg) => {
            release::part(draft, id, leg, how)?;
            release::settle(draft, id, how, &call)
        }
        Deadline::Overflow => match late {
            Destination::Queue { turned_away: Some(_), .. } | Destination::Nowhere => {
                wait::turn_away(draft, id, None, Overflowing::Late)
            }
            Destination::Announcement(prompt) => wait::announce(draft, id, prompt),
            elsewhere => {
                draft.tell_call(id, Fact::Overflowed { why: Overflowing::Late, announcement: None })?;
                routing::route_to(draft, id, elsewhere)
            }
        },
    }
}

/// The request that a queue offers at a leg, and to whom.
fn request_at(call: &Call, leg: u16) -> Option<(&Party, u32)> {
    let party = call.on(leg)?;
    Some((party, party.pending_request()?))
}

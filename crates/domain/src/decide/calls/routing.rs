//! Where a number leads: into a queue, to a phone of ours, to an announcement, outside, or to the end of the call.

use super::{
    super::{DecideError, Draft},
    party::{self, NewParty},
    release::{self, Release},
    wait,
};
use crate::{
    InteractionId,
    call::{Cause, Dn, PartyOrigin, PartyState, Who},
    command::Destination,
    session::EndedBy,
};

/// Brings the caller to where their number leads.
pub(super) fn route_to(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    to: &Destination,
) -> Result<(), DecideError> {
    match to {
        Destination::Queue { queue, turned_away: None } => wait::enqueue(draft, id, queue),
        Destination::Queue { queue, turned_away: Some(why) } => wait::turn_away(draft, id, Some(queue), *why),
        Destination::Announcement(prompt) => wait::announce(draft, id, prompt),
        Destination::Device(dn) => ring(draft, id, dn),
        Destination::Nowhere => {
            let call = draft.call(id)?;
            // A phone of ours whose calls are sent around in a circle.
            if draft.device(&call.lines[0].dialled)?.is_some() {
                return release::everyone(draft, id, Release::by(EndedBy::NoAnswer, Cause::Unreachable));
            }
            // A call from outside is not carried outside again, at our cost.
            if call.parties.first().is_some_and(|caller| caller.who == Who::Outside) {
                return release::everyone(draft, id, Release::by(EndedBy::NoAnswer, Cause::NoSuchNumber));
            }
            call_out(draft, id, &call.lines[0].dialled)
        }
    }
}

/// Rings a phone of ours.
fn ring(draft: &mut Draft<'_>, id: &InteractionId, dn: &Dn) -> Result<(), DecideError> {
    let Some(device) = draft.device(dn)? else { return call_out(draft, id, dn) };
    // Nobody can be called who is in this very call: they call their own number, or one that is forwarded to it.
    let takes_part = draft.call(id)?.live().any(|party| match party.user() {
        Some(user) => party.dn == *dn || device.owner.as_ref() == Some(user),
        None => party.dn == *dn && party.who == Who::Phone,
    });
    let refused = match (device.do_not_disturb || takes_part, device.in_service) {
        (true, _) => Some(Cause::Busy),
        (_, false) => Some(Cause::Unreachable),
        _ => None,
    };
    let answers = device.answers;
    drop(device);
    if let Some(cause) = refused {
        return release::everyone(draft, id, Release::by(EndedBy::NoAnswer, cause));
    }
    let who = party::who(draft, dn)?;
    party::call_party(
        draft,
        id,
        NewParty {
            who,
            dn: dn.clone(),
            origin: PartyOrigin::Called,
            state: PartyState::Ringing,
            answers,
            deadline: Some(draft.now + party::RING),
        },
    )
}

/// Calls a number that is not ours. The switch knows whether anything carries it there.
fn call_out(draft: &mut Draft<'_>, id: &InteractionId, number: &Dn) -> Result<(), DecideError> {
    party::call_party(
        draft,
        id,
        NewParty {
            who: Who::Outside,
            dn: number.clone(),
            origin: PartyOrigin::Called,
            state: PartyState::Ringing,
            answers: false,
            deadline: Some(draft.now + party::RING),
        },
    )
}

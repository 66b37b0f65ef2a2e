//! Where a number leads: into a queue, to a phone of ours, to an announcement, outside, or to the end of the call.

use super::{
    super::{DecideError, Draft},
    party::{self, NewParty, Place},
    release::{self, Release},
    wait,
};
use crate::{
    InteractionId,
    call::{Call, Cause, Dn, PartyOrigin, PartyState, Who},
    command::Destination,
    device::{Device, Occupant},
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
        Destination::Device(_) => lead(draft, id, to),
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
            lead(draft, id, to)
        }
    }
}

/// Calls the number of the first line.
fn lead(draft: &mut Draft<'_>, id: &InteractionId, to: &Destination) -> Result<(), DecideError> {
    let number = match to {
        Destination::Device(dn) => dn.clone(),
        _ => draft.call(id)?.lines[0].dialled.clone(),
    };
    match call_number(draft, id, &number, Place::default())? {
        None => Ok(()),
        Some(cause) => release::everyone(draft, id, Release::by(EndedBy::NoAnswer, cause)),
    }
}

/// Calls a phone of ours, or a number that is not ours: the switch knows whether anything carries it there. Answers why
/// it cannot be called, if it cannot.
pub(super) fn call_number(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    number: &Dn,
    place: Place,
) -> Result<Option<Cause>, DecideError> {
    let (who, answers) = match draft.device(number)? {
        None => (Who::Outside, false),
        Some(device) => {
            if let Some(cause) = stands_against(&*draft.call(id)?, &device) {
                return Ok(Some(cause));
            }
            (party::who(draft, number)?, device.answers)
        }
    };
    let coming = NewParty {
        who,
        dn: number.clone(),
        origin: PartyOrigin::Called,
        state: PartyState::Ringing,
        answers,
        deadline: Some(draft.now + party::RING),
        place,
    };
    party::call_party(draft, id, coming)?;
    Ok(None)
}

/// Why a phone of ours cannot be called now, if it cannot. Nobody can be called who is in this very call: they call their
/// own number, or one that is forwarded to it.
fn stands_against(call: &Call, device: &Device) -> Option<Cause> {
    let takes_part = call.live().any(|party| match party.user() {
        Some(user) => party.dn == device.dn || device.user() == Some(user),
        None => party.dn == device.dn && party.who == Who::Phone,
    });
    // Whoever it is provisioned for works elsewhere: nobody would hear it ring.
    let is_left = device.occupant == Occupant::Nobody;
    match (device.do_not_disturb || takes_part, device.in_service && !is_left) {
        (true, _) => Some(Cause::Busy),
        (_, false) => Some(Cause::Unreachable),
        _ => None,
    }
}

//! Who hears what: the rooms follow from the states of the parties.

use super::super::{Draft, No};
use crate::{
    InteractionId,
    call::{Act, Alone, Call, Origin, Party, PartyState},
};

/// Puts everyone whose leg is up where his state says: those who talk into the room, whoever holds into silence, and
/// who is left alone hears why.
pub(super) fn arrange(draft: &mut Draft<'_>, id: &InteractionId) -> Result<(), No> {
    let call = draft.call(id)?;
    let talking = call.live().filter(|party| talks(party)).count();
    for party in call.live().filter(|party| party.up) {
        let act = if !talks(party) && (party.state == PartyState::Held || party.holding == Some(true)) {
            Act::Part(Alone::Silence)
        } else if talks(party) && talking > 1 {
            Act::Join(call.room(party.line))
        } else if let Some(alone) = alone(&call, party) {
            Act::Part(alone)
        } else {
            continue;
        };
        draft.effect(call.leg(party.leg), act);
    }
    Ok(())
}

/// Whether a party is to hear the others and be heard.
fn talks(party: &Party) -> bool {
    party.up && party.state == PartyState::Established && party.holding.is_none()
}

/// What a party hears that nobody talks with; `None` is what it heard before: an announcement is not begun anew.
fn alone(call: &Call, party: &Party) -> Option<Alone> {
    let ringing = call.others(party).any(|other| other.state == PartyState::Ringing);
    match (party.origin, ringing) {
        _ if call.turned_away => None,
        // Who waits in a queue is played to, whoever is rung meanwhile.
        _ if call.queued.is_some() && party.established_at.is_some() => {
            call.others(party).any(|other| other.state == PartyState::Held).then_some(Alone::Hold)
        }
        (Origin::Dial, true) => Some(Alone::Ringback),
        (_, true) => None,
        (_, false) => Some(Alone::Hold),
    }
}

/// Lets a caller who is back in the queue hear that he waits.
pub(super) fn wait(draft: &mut Draft<'_>, id: &InteractionId) -> Result<(), No> {
    let call = draft.call(id)?;
    if let Some(caller) = call.parties.first().filter(|caller| caller.is_live()) {
        draft.effect(call.leg(caller.leg), Act::Part(Alone::Hold));
    }
    Ok(())
}

//! Who hears what: the rooms follow from the states of the parties.

use super::super::{DecideError, Draft};
use crate::{
    InteractionId,
    call::{LegCommand, Party, PartyState, Playback},
};

/// Puts everyone whose leg is up where their state says: those who talk into the room, those who hold into silence;
/// a party that is left alone hears why.
pub(super) fn arrange(draft: &mut Draft<'_>, id: &InteractionId) -> Result<(), DecideError> {
    let call = draft.call(id)?;
    // A last announcement is heard to its end, since that is the end of the call.
    if call.turned_away {
        return Ok(());
    }
    let talking = call.live().filter(|party| talks(party)).count();
    for party in call.live().filter(|party| party.up) {
        let act = if party.state == PartyState::Held || party.holding == Some(true) {
            LegCommand::Part(Playback::Silence)
        } else if talks(party) && talking > 1 {
            LegCommand::Join(call.room(party.line))
        } else {
            LegCommand::Part(alone(party))
        };
        draft.effect(call.leg(party.leg), act);
    }
    Ok(())
}

/// Whether a party is to hear the others and be heard.
pub(super) fn talks(party: &Party) -> bool {
    party.up && party.state == PartyState::Established && party.holding.is_none()
}

/// What a party hears that nobody talks with: one that dials hears that it rings at the other end, everyone else the
/// tone to wait.
fn alone(party: &Party) -> Playback {
    if party.state == PartyState::Dialing { Playback::Ringback } else { Playback::Hold }
}

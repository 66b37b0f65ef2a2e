//! Who hears what: the rooms follow from the states of the parties.

use super::super::{DecideError, Draft};
use crate::{
    InteractionId,
    call::{Call, HeardBy, LegCommand, Party, PartyState, Playback},
    watch::Monitoring,
};

/// Puts everyone whose leg is up where their state says: those who talk into the room, those who hold into silence;
/// a party that is left alone hears why.
pub(super) fn arrange(draft: &mut Draft<'_>, id: &InteractionId) -> Result<(), DecideError> {
    place(draft, id, |_, _| true)
}

/// The same, but for who waits in a queue: they go on hearing what it plays.
pub(super) fn arrange_beside_queue(draft: &mut Draft<'_>, id: &InteractionId) -> Result<(), DecideError> {
    place(draft, id, |call, party| {
        let is_customer = call.customer().is_some_and(|customer| customer.leg == party.leg);
        let holds = party.state == PartyState::Held || party.holding == Some(true);
        !call.is_waiting() || !is_customer || holds
    })
}

/// The same, but for who only follows others alone: nobody else hears anything else for it.
pub(super) fn arrange_watchers(draft: &mut Draft<'_>, id: &InteractionId) -> Result<(), DecideError> {
    place(draft, id, |_, party| party.only_watches())
}

fn place(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    which: impl Fn(&Call, &Party) -> bool,
) -> Result<(), DecideError> {
    let call = draft.call(id)?;
    // A last announcement is heard to its end, since that is the end of the call.
    let last = call.customer().map(|customer| customer.line).filter(|_| call.turned_away);
    for party in call.live().filter(|party| party.up && Some(party.line) != last && which(&call, party)) {
        // A leg that carries several parties is where the one is that does not hold.
        if call.active_on(party.carried_by()).is_none_or(|active| active.leg != party.leg) {
            continue;
        }
        let talking = call.live_in(party.line).filter(|party| talks(party)).count();
        let act = if party.state == PartyState::Held || party.holding == Some(true) {
            LegCommand::Part(Playback::Silence)
        } else if talks(party) && talking > 1 {
            LegCommand::Join(call.room(party.line), heard_by(&call, party))
        } else if party.only_watches() {
            LegCommand::Part(Playback::Silence)
        } else {
            LegCommand::Part(alone(&call, party))
        };
        draft.effect(call.leg_of(party), act);
    }
    Ok(())
}

/// Has what a party says kept from the others, or lets them hear it, as its state says; not while its leg speaks for
/// another party.
pub(super) fn speak(draft: &mut Draft<'_>, id: &InteractionId, leg: u16) -> Result<(), DecideError> {
    let call = draft.call(id)?;
    let Some(party) = call.on(leg).filter(|party| party.is_live()) else { return Ok(()) };
    if call.sharing(party).all(|other| other.state == PartyState::Held) {
        draft.effect(call.leg_of(party), LegCommand::Mute(party.is_kept_silent()));
    }
    Ok(())
}

/// Who hears a party that talks, or that follows others who do.
fn heard_by(call: &Call, party: &Party) -> HeardBy {
    match party.watch {
        None => HeardBy::Everyone,
        Some(watch) if watch.stepped_in => HeardBy::Everyone,
        Some(watch) if watch.monitoring == Monitoring::Coach => {
            call.on(watch.target).map_or(HeardBy::Nobody, |target| HeardBy::One(call.leg_of(target)))
        }
        Some(_) => HeardBy::Nobody,
    }
}

/// Whether a party is to hear the others and be heard.
pub(super) fn talks(party: &Party) -> bool {
    party.up && party.state == PartyState::Established && party.holding.is_none()
}

/// What a party hears that nobody talks with: one that dials, or that is handed over, hears that it rings at the other
/// end, everyone else the tone to wait.
fn alone(call: &Call, party: &Party) -> Playback {
    let is_handed_over = call.live_in(party.line).any(|other| other.pending_handover().is_some());
    // Who waits in a queue hears that they wait.
    let waits = call.request_in(party.line).is_some();
    if party.state == PartyState::Dialing && !waits || is_handed_over {
        Playback::Ringback
    } else {
        Playback::Hold
    }
}

//! A phone sends its call elsewhere (302 of SIP): it is followed to numbers of ours, never to the outside, whoever
//! would pay for that.

use super::{
    super::{DecideError, Draft},
    release::{self, Release},
    routing,
};
use crate::{
    call::{Call, Cause, Dn, LegId, Party, PartyOrigin, PartyState},
    command::Destination,
};

/// How often a call is sent on from phone to phone.
const MOST: usize = 5;

/// A ringing phone sends its call elsewhere. Where that is not followed, the call ends as refused by the phone, once
/// its leg is gone. An agent to whom a queue offered the call has refused it then: the offer was to the agent, not to
/// the phone.
pub(in super::super) fn diverted(
    draft: &mut Draft<'_>,
    leg: &LegId,
    to: &Destination,
    code: u16,
) -> Result<(), DecideError> {
    let Some((call, leg)) = draft.call_of_leg(leg)? else { return Ok(()) };
    // Whom an agent called in is not followed: the agent meant them.
    let is_led = call.talkers().count() == 2 && call.customer().is_some_and(Party::is_live);
    let called = |party: &&Party| {
        let is_called_in = party.line != 0 || party.handover.is_some() || !is_led;
        party.is_live() && party.origin == PartyOrigin::Called && !is_called_in
    };
    let Some(party) = call.active_on(leg).filter(called) else { return Ok(()) };
    let leads = match to {
        Destination::Queue { .. } => true,
        Destination::Device(dn) => draft.device(dn)?.is_some() && !was_called(&call, dn),
        Destination::Announcement(_) | Destination::Nowhere => false,
    };
    let sent_on = call.parties.iter().filter(|party| party.origin == PartyOrigin::Called).count();
    if party.state != PartyState::Ringing || !leads || sent_on > MOST {
        return Ok(());
    }
    let how = Release { code: Some(code), ..Release::by(Call::closer_of(party), Cause::Diverted) };
    release::part(draft, &call.id, party.leg, how)?;
    routing::route_to(draft, &call.id, to)
}

/// Whether a number has rung in a call already: phones that name each other would go on forever.
fn was_called(call: &Call, dn: &Dn) -> bool {
    call.parties.iter().any(|party| party.origin == PartyOrigin::Called && party.dn == *dn)
}

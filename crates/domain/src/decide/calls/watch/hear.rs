//! How a supervisor takes part in a call in which they follow somebody: whom they hear and who hears them, and whether the
//! others hear whom they follow.

use super::{
    super::{
        super::{DecideError, Draft},
        room,
    },
    right::followed_by,
};
use crate::{
    Refusal, UserId,
    call::{self, Call, CallAct, Fact, Party},
    ids::Dn,
    watch::{Monitoring, PartyWatch},
};

/// Follows otherwise. Who is to step in does so as [`super::keep_up`] finds them.
pub(in super::super) fn switch(
    draft: &mut Draft<'_>,
    call: &Call,
    party: &Party,
    monitoring: Monitoring,
) -> Result<(), DecideError> {
    match party.watch {
        Some(watch) => change(draft, call, party, PartyWatch { monitoring, ..watch }),
        None => Ok(()),
    }
}

pub(super) fn change(
    draft: &mut Draft<'_>,
    call: &Call,
    party: &Party,
    watch: PartyWatch,
) -> Result<(), DecideError> {
    let watch = PartyWatch { stepped_in: false, ..watch };
    draft.tell_call(&call.id, Fact::Watching { leg: party.leg, watch })?;
    // Who steps out may leave a customer on hold.
    if party.only_watches() {
        room::arrange_watchers(draft, &call.id)
    } else {
        room::arrange_beside_queue(draft, &call.id)
    }
}

/// Keeps what the followed user says from the others, or lets them hear it again.
pub(in super::super) fn silence(
    draft: &mut Draft<'_>,
    call: &Call,
    party: &Party,
    on: bool,
) -> Result<(), DecideError> {
    let Some(watch) = party.watch else { return Ok(()) };
    let supervisor = party.user().cloned();
    draft.tell_call(&call.id, Fact::Silenced { leg: watch.target, on, supervisor })?;
    room::speak(draft, &call.id, watch.target)
}

/// The same, where the phone is named and not the call.
pub(in super::super) fn silence_at(
    draft: &mut Draft<'_>,
    supervisor: &UserId,
    target: Option<&Dn>,
    on: bool,
) -> Result<(), DecideError> {
    let (call, own) = followed_by(draft, supervisor, target)?.ok_or_else(|| nothing_followed(target))?;
    let Some(party) = call.on(own) else { return Ok(()) };
    let act = CallAct::Silence(on);
    match act.operation() {
        Some(operation) if !call::is_open(&call, party, operation) => {
            Err(Refusal::NotInCallState { operation, state: party.state }.into())
        }
        _ => silence(draft, &call, party, on),
    }
}

pub(super) fn nothing_followed(target: Option<&Dn>) -> Refusal {
    Refusal::NotFound(match target {
        Some(dn) => format!("The monitoring of device '{dn}'"),
        None => "A monitoring".to_owned(),
    })
}

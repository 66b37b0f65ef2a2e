//! What a desk phone does by its own keys (spec: voice-sip#5.12): it asks somebody beside the call that it holds, and hands
//! calls over. The same comes of it as if its user had asked over the API. None of it is refused as a command is: the
//! phone is told.

use super::{
    super::{DecideError, Draft},
    consult, handover,
    release::{self, Release},
    together::{self, Separate},
    wait,
};
use crate::{
    call::{
        self, Call, CallIn, CallOperation, Cause, LegCommand, LegId, Party, Purpose, consultation,
        customer_for_queue, may_ask_by_phone, may_refer,
    },
    command::{Destination, ReferTo},
    session::EndedBy,
};

/// A phone that holds the call on one leg calls somebody on another: they are asked beside that call. Where that is not
/// open any more the leg is released.
pub(in super::super) fn ask(
    draft: &mut Draft<'_>,
    leg: &LegId,
    held: &LegId,
    call_in: &CallIn,
) -> Result<(), DecideError> {
    let found = draft.call_of_leg(held)?;
    // One that was absorbed meanwhile has no legs of this name.
    let Some((call, held)) = found.filter(|(call, _)| call.id == leg.call) else {
        draft.effect(leg.clone(), LegCommand::Release(Cause::Unavailable));
        return Ok(());
    };
    // It came before.
    if call.parties.iter().any(|party| party.carried_by() == leg.number) {
        return Ok(());
    }
    let asks = call.active_on(held).filter(|party| may_ask_by_phone(&call, party));
    let is_somebody = matches!(call_in.to, Destination::Device(_) | Destination::Nowhere);
    let asks = asks.filter(|_| is_somebody && consult::check(&call, call_in).is_ok());
    if let Some(party) = asks {
        return consult::ask(draft, &call, party, Purpose::Transfer, call_in, Some(leg.number));
    }
    draft.effect(leg.clone(), LegCommand::Release(Cause::Unavailable));
    Ok(())
}

/// A phone hands its call over.
pub(in super::super) fn refer(draft: &mut Draft<'_>, leg: &LegId, to: &ReferTo) -> Result<(), DecideError> {
    let Some((call, number)) = draft.call_of_leg(leg)? else { return Ok(()) };
    let Some(party) = call.active_on(number) else { return Ok(()) };
    let refused = match to {
        ReferTo::Number(call_in) => to_number(draft, &call, party, leg, call_in)?,
        ReferTo::Leg(other) => match draft.call_of_leg(other)? {
            Some((there, other)) if there.id == call.id => {
                to_whom_it_asked(draft, &call, party, leg, (number, other))?
            }
            Some((there, other)) => to_another_call(draft, (&call, party), leg, &there, other)?,
            None => Some(Cause::Refused),
        },
    };
    if refused.is_some() {
        draft.effect(leg.clone(), LegCommand::Referred(refused));
    }
    Ok(())
}

/// To whoever a number of ours leads to; answers why not. A number outside is nobody's to call through a phone's call.
fn to_number(
    draft: &mut Draft<'_>,
    call: &Call,
    party: &Party,
    leg: &LegId,
    call_in: &CallIn,
) -> Result<Option<Cause>, DecideError> {
    if !may_refer(call, party) || consult::check(call, call_in).is_err() {
        return Ok(Some(Cause::Refused));
    }
    match &call_in.to {
        Destination::Device(dn) if draft.device(dn)?.is_some() => handover::refer(draft, call, party, dn),
        Destination::Queue { turned_away: Some(_), .. } => Ok(Some(Cause::Closed)),
        Destination::Queue { queue, turned_away: None } if draft.queue_if_any(queue)?.is_some() => {
            let Ok(customer) = customer_for_queue(call, party) else {
                return Ok(Some(Cause::Refused));
            };
            draft.effect(leg.clone(), LegCommand::Referred(None));
            release::part(draft, &call.id, party.leg, Release::by(EndedBy::Agent, Cause::Normal))?;
            wait::hand_to(draft, &call.id, queue, customer.leg)?;
            Ok(None)
        }
        _ => Ok(Some(Cause::NoSuchNumber)),
    }
}

/// To whom it asked on the other of its legs; answers why not. `legs` is the leg of the phone that says so, and the other.
fn to_whom_it_asked(
    draft: &mut Draft<'_>,
    call: &Call,
    party: &Party,
    leg: &LegId,
    (this, other): (u16, u16),
) -> Result<Option<Cause>, DecideError> {
    let both = consultation(call, party).filter(|both| {
        let legs = [both.main.carried_by(), both.consult.carried_by()];
        this != other && legs.contains(&other)
    });
    let Some(both) = both.filter(|_| call::is_open(call, party, CallOperation::CompleteTransfer)) else {
        return Ok(Some(Cause::Refused));
    };
    draft.effect(leg.clone(), LegCommand::Referred(None));
    handover::complete(draft, call, both)?;
    Ok(None)
}

/// To whom it talks with in another call; answers why not.
fn to_another_call(
    draft: &mut Draft<'_>,
    this: (&Call, &Party),
    leg: &LegId,
    other: &Call,
    other_leg: u16,
) -> Result<Option<Cause>, DecideError> {
    let Some(there) = other.active_on(other_leg) else { return Ok(Some(Cause::Refused)) };
    let Ok(both) = Separate::of(this, (other, there)) else { return Ok(Some(Cause::Refused)) };
    draft.effect(leg.clone(), LegCommand::Referred(None));
    together::hand_over(draft, &both)?;
    Ok(None)
}

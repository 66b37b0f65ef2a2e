//! An agent asks somebody beside a call (spec: voice-sip#5.5): their phone goes on in another room, and those they talked
//! with are on hold. Nothing is asked of the phone. A queue is asked as well ([`super::request`]). Where the phone asks by its own keys it holds by itself, and makes
//! another leg.

use super::{
    super::{DecideError, Draft, data},
    party::{self, NewParty, Place},
    release::{self, Release},
    request, room, routing,
};
use crate::{
    InteractionId, Refusal, UserData,
    call::{
        Call, CallIn, Consultation, Fact, LegCommand, Party, PartyOrigin, PartyState, Purpose, line_uuid,
    },
    check,
    command::Destination,
    session::{EndedBy, Via},
};

/// Begins a consultation.
pub(super) fn initiate(
    draft: &mut Draft<'_>,
    call: &Call,
    party: &Party,
    purpose: Purpose,
    call_in: &CallIn,
) -> Result<(), DecideError> {
    check(call, call_in)?;
    ask(draft, call, party, purpose, call_in, None)
}

/// Asks somebody on the leg that the party has, or on another that its phone made.
pub(super) fn ask(
    draft: &mut Draft<'_>,
    call: &Call,
    party: &Party,
    purpose: Purpose,
    call_in: &CallIn,
    own_leg: Option<u16>,
) -> Result<(), DecideError> {
    if matches!(call_in.to, Destination::Announcement(_)) {
        return Err(Refusal::Invalid(format!("'{}' cannot be asked", call_in.dialled)).into());
    }
    let line = u16::try_from(call.lines.len()).unwrap_or(u16::MAX);
    let uuid = line_uuid(&call.id, line).ok_or_else(too_many)?;
    attach(draft, call, party, &call_in.user_data)?;
    if own_leg.is_none() {
        park(draft, call, party)?;
    }
    let began = Fact::LineBegan {
        line,
        uuid,
        conn_id: call_in.conn_id.clone(),
        by: party.leg,
        dialled: call_in.dialled.clone(),
        purpose,
        answered_only: draft.centre()?.transfers_answered_only,
    };
    draft.tell_call(&call.id, began)?;
    let asks = NewParty {
        who: party.who.clone(),
        dn: party.dn.clone(),
        origin: PartyOrigin::Consult,
        state: PartyState::Dialing,
        answers: false,
        deadline: None,
        place: Place { line, carrier: Some(own_leg.unwrap_or(party.carried_by())), ..Place::default() },
    };
    party::join(draft, &call.id, asks)?;
    if own_leg.is_none() {
        speak_as(draft, call, party, false);
    }
    let number = match &call_in.to {
        Destination::Queue { queue, turned_away } => {
            return request::ask(draft, &call.id, line, purpose, queue, *turned_away);
        }
        Destination::Device(dn) => dn,
        Destination::Announcement(_) | Destination::Nowhere => &call_in.dialled,
    };
    match routing::call_number(draft, &call.id, number, Place { line, ..Place::default() })? {
        None => Ok(()),
        Some(cause) => {
            release::line(draft, &call.id, line, Release::by(EndedBy::NoAnswer, cause))?;
            room::arrange(draft, &call.id)
        }
    }
}

/// What is asked, and whether the call takes one more.
pub(super) fn check(call: &Call, call_in: &CallIn) -> Result<(), Refusal> {
    check::number("destination", &call_in.dialled)?;
    check::user_data(&call_in.user_data)?;
    if party::is_full(call) { Err(too_many()) } else { Ok(()) }
}

/// The refusal of one more.
pub(super) fn too_many() -> Refusal {
    let most = party::MOST_PARTIES;
    Refusal::Invalid(format!("A call has {most} parties at most, those that left included"))
}

/// What the request attaches is the call's from now on.
pub(super) fn attach(
    draft: &mut Draft<'_>,
    call: &Call,
    party: &Party,
    user_data: &UserData,
) -> Result<(), DecideError> {
    if user_data.is_empty() {
        return Ok(());
    }
    data::change(draft, call, Some(party), user_data, &[], Via::AttachUserData)
}

/// Goes on with the other of two calls.
pub(super) fn swap(
    draft: &mut Draft<'_>,
    call: &Call,
    both: Consultation<'_>,
    party: &Party,
    other: &InteractionId,
) -> Result<(), DecideError> {
    let (this, that) =
        if both.main.leg == party.leg { (both.main, both.consult) } else { (both.consult, both.main) };
    if call.uuid(that) != other {
        return Err(Refusal::Invalid("'otherCallUri' is not the call beside this one".into()).into());
    }
    let (talks, waits) = if this.state == PartyState::Held { (that, this) } else { (this, that) };
    park(draft, call, talks)?;
    go_on(draft, call, waits)?;
    room::arrange(draft, &call.id)
}

/// Holds the others in the room alone. A phone that holds itself is asked to go on: it talks with somebody else now.
pub(super) fn park(draft: &mut Draft<'_>, call: &Call, party: &Party) -> Result<(), DecideError> {
    if party.parked {
        return Ok(());
    }
    if party.state == PartyState::Held {
        draft.effect(call.leg_of(party), LegCommand::HoldPhone(false));
    }
    draft.tell_call(&call.id, Fact::Held { leg: party.leg, parked: true })
}

/// Comes back to those on hold. A phone that holds itself is asked to go on.
pub(super) fn go_on(draft: &mut Draft<'_>, call: &Call, party: &Party) -> Result<(), DecideError> {
    let now = draft.call(&call.id)?;
    let Some(party) = now.on(party.leg).filter(|party| party.state == PartyState::Held) else {
        return Ok(());
    };
    for other in now.sharing(party) {
        if other.state == PartyState::Held && !other.parked {
            park(draft, call, other)?;
        }
    }
    if !party.parked {
        draft.effect(call.leg_of(party), LegCommand::HoldPhone(false));
    }
    speak_as(draft, &now, party, party.is_kept_silent());
    draft.tell_call(&call.id, Fact::Established { leg: party.leg })
}

/// Has what is said on a party's leg kept from the others, or not, where another party that it carried may have left it
/// otherwise.
pub(super) fn speak_as(draft: &mut Draft<'_>, call: &Call, party: &Party, muted: bool) {
    if call
        .parties
        .iter()
        .any(|other| other.carried_by() == party.carried_by() && other.is_kept_silent() != muted)
    {
        draft.effect(call.leg_of(party), LegCommand::Mute(muted));
    }
}

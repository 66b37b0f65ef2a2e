//! What an agent does with a call (spec: core-and-voice#5.7).

use super::{
    super::{DecideError, Draft, data, disposition},
    consult, handover, offer,
    release::{self, Release},
    request, room, together, watch,
};
use crate::{
    InteractionId, Millis, Refusal, UserData, UserId,
    call::{self, Call, Cause, Consultation, Fact, LegCommand, Party, PartyOrigin, PartyState, Purpose},
    check,
    command::CallAct,
    interaction::Interaction,
    session::{EndedBy, Via},
};

/// How long a phone may take to answer once it is told to: it may have to be called again (spec: voice-sip#5.2, #6).
const ANSWER: Millis = 12_000;

pub(in super::super) fn act(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    agent: &UserId,
    act: &CallAct,
) -> Result<(), DecideError> {
    let call = draft.call_named(id)?;
    // Two calls are brought together by what is open in both, and listed by neither.
    if let Some((purpose, uuid, other)) = together::named(draft, &call, act)? {
        return together::complete(draft, agent, purpose, (id, &*call), (&uuid, &*other));
    }
    let party = gate(draft, &call, id, agent, act)?;
    match act {
        CallAct::Answer => answer(draft, &call, party),
        CallAct::Reject => reject(draft, &call, party),
        CallAct::Hangup => hang_up(draft, &call, party),
        CallAct::Clear => release::clear(draft, &call, party),
        CallAct::Hold => hold(draft, &call, party),
        CallAct::Retrieve => retrieve(draft, &call, party),
        CallAct::SendDtmf(digits) => send_dtmf(draft, &call, party, digits),
        CallAct::Initiate(purpose, call_in) => consult::initiate(draft, &call, party, *purpose, call_in),
        CallAct::SingleStep(purpose, call_in) => {
            handover::single_step(draft, &call, party, *purpose, call_in)
        }
        CallAct::Complete { purpose, consult } => {
            let both = both(&call, party, consult.as_ref())?;
            match purpose {
                Purpose::Transfer => handover::complete(draft, &call, both),
                Purpose::Conference => handover::join(draft, &call, both),
            }
        }
        CallAct::Swap(other) => {
            let both = both(&call, party, None)?;
            consult::swap(draft, &call, both, party, other)
        }
        CallAct::Remove(number) => handover::remove(draft, &call, party, number),
        CallAct::Mute(on) => {
            draft.tell_call(&call.id, Fact::Muted { leg: party.leg, on: *on })?;
            room::speak(draft, &call.id, party.leg)
        }
        CallAct::Monitor(monitoring) => watch::switch(draft, &call, party, *monitoring),
        CallAct::Silence(on) => watch::silence(draft, &call, party, *on),
        CallAct::AttachUserData(set) => {
            data::change(draft, &*call, Some(party), set, &[], Via::AttachUserData)
        }
        CallAct::UpdateUserData(set) => {
            data::change(draft, &*call, Some(party), set, &[], Via::UpdateUserData)
        }
        CallAct::DeleteUserData => {
            let keys: Vec<String> = call.user_data().pairs().keys().cloned().collect();
            data::change(draft, &*call, Some(party), &UserData::default(), &keys, Via::DeleteUserData)
        }
        CallAct::DeleteUserDataPair(key) => {
            let keys = [key.clone()];
            data::change(draft, &*call, Some(party), &UserData::default(), &keys, Via::DeleteUserDataPair)
        }
        CallAct::SetDisposition { value, key } => {
            disposition::set(draft, &*call, party, value, key.as_deref(), Via::SetCallDisposition)
        }
    }
}

/// Lets through what [`call::is_open`] lists, and a disposition as long as the centre takes one.
fn gate<'c>(
    draft: &mut Draft<'_>,
    call: &'c Call,
    uuid: &InteractionId,
    agent: &UserId,
    act: &CallAct,
) -> Result<&'c Party, DecideError> {
    let not_found = || Refusal::NotFound(format!("Call '{uuid}'"));
    let Some(operation) = act.operation() else {
        let live = call.part(agent, uuid).filter(|party| party.is_live());
        let late = live.map_or_else(|| disposition::late_part(draft, call, uuid, agent), Ok);
        // The refusal names the call as it was asked for.
        return late.map_err(|why| match why {
            DecideError::Refused(Refusal::NotFound(_)) => not_found().into(),
            other => other,
        });
    };
    let party = call.part(agent, uuid).ok_or_else(not_found)?;
    if !call::is_open(call, party, operation) {
        return Err(Refusal::NotInCallState { operation, state: party.state }.into());
    }
    Ok(party)
}

/// Makes the phone answer. An agent who answers in time is not late because the phone takes its time.
fn answer(draft: &mut Draft<'_>, call: &Call, party: &Party) -> Result<(), DecideError> {
    let deadline = draft.now + ANSWER;
    if party.deadline.is_some_and(|due| due < deadline) {
        draft.tell_call(&call.id, Fact::AnswerAsked { leg: party.leg, deadline })?;
    }
    draft.effect(call.leg_of(party), LegCommand::Answer);
    Ok(())
}

/// Refuses: what the queue offered goes back to its place, other callers hear that they were refused.
fn reject(draft: &mut Draft<'_>, call: &Call, party: &Party) -> Result<(), DecideError> {
    let how = Release::by(EndedBy::Agent, Cause::Refused);
    if party.origin == PartyOrigin::Queue {
        return offer::ended(draft, &call.id, party.leg, how);
    }
    if let Some(request) = party.pending_request() {
        return request::not_taken(draft, &call.id, request, party, how);
    }
    if party.pending_handover().is_some() {
        return handover::failed(draft, &call.id, party, how);
    }
    release::part(draft, &call.id, party.leg, how)?;
    release::settle(draft, &call.id, how, call)
}

fn hang_up(draft: &mut Draft<'_>, call: &Call, party: &Party) -> Result<(), DecideError> {
    let cause = if party.state == PartyState::Dialing { Cause::Cancelled } else { Cause::Normal };
    let how = Release::by(EndedBy::Agent, cause);
    release::part(draft, &call.id, party.leg, how)?;
    release::settle(draft, &call.id, how, call)
}

/// The two parts of an agent's consultation; refused where the request names another.
fn both<'c>(
    call: &'c Call,
    party: &Party,
    named: Option<&InteractionId>,
) -> Result<Consultation<'c>, DecideError> {
    let both = call::consultation(call, party);
    let is_named = |both: &Consultation<'_>| {
        named.is_none_or(|named| call.uuid(both.consult) == named || call.uuid(both.main) == named)
    };
    let why = || Refusal::Invalid("'consultCallUri' is not the consultation of this call".into());
    Ok(both.filter(is_named).ok_or_else(why)?)
}

/// On hold, the room is left before the phone is asked, so that nobody hears the agent's last words; coming back, the
/// phone is asked first (spec: voice-sip#5.4). A phone that carries another party as well is not asked.
fn hold(draft: &mut Draft<'_>, call: &Call, party: &Party) -> Result<(), DecideError> {
    if call.sharing(party).next().is_some() {
        consult::park(draft, call, party)?;
        return room::arrange(draft, &call.id);
    }
    draft.tell_call(&call.id, Fact::HoldAsked { leg: party.leg, on: true })?;
    room::arrange(draft, &call.id)?;
    draft.effect(call.leg_of(party), LegCommand::HoldPhone(true));
    Ok(())
}

fn retrieve(draft: &mut Draft<'_>, call: &Call, party: &Party) -> Result<(), DecideError> {
    if party.parked {
        consult::go_on(draft, call, party)?;
        return room::arrange(draft, &call.id);
    }
    draft.tell_call(&call.id, Fact::HoldAsked { leg: party.leg, on: false })?;
    draft.effect(call.leg_of(party), LegCommand::HoldPhone(false));
    Ok(())
}

fn send_dtmf(draft: &mut Draft<'_>, call: &Call, party: &Party, digits: &str) -> Result<(), DecideError> {
    check::digits(digits)?;
    for other in call.others(party).filter(|other| other.up) {
        draft.effect(call.leg_of(other), LegCommand::Dtmf(digits.to_owned()));
    }
    Ok(())
}

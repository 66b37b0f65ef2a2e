//! What an agent does with a call (spec: core-and-voice#5.7).

use super::{
    super::{DecideError, Draft, data, disposition, machine::Machine},
    offer,
    release::{self, Release},
    room,
};
use crate::{
    InteractionId, Millis, Refusal, UserData, UserId,
    call::{self, Call, Cause, Fact, LegCommand, Party, PartyOrigin, PartyState},
    check,
    command::CallAct,
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
    let call = draft.call(id)?;
    let party = gate(draft, &call, agent, act)?;
    match act {
        CallAct::Answer => answer(draft, &call, party),
        CallAct::Reject => reject(draft, &call, party),
        CallAct::Hangup => hang_up(draft, &call, party),
        CallAct::Clear => release::clear(draft, &call, party),
        CallAct::Hold => hold(draft, &call, party, true),
        CallAct::Retrieve => hold(draft, &call, party, false),
        CallAct::SendDtmf(digits) => send_dtmf(draft, &call, party, digits),
        CallAct::Mute(on) => {
            draft.tell_call(id, Fact::Muted { leg: party.leg, on: *on })?;
            draft.effect(call.leg(party.leg), LegCommand::Mute(*on));
            Ok(())
        }
        CallAct::AttachUserData(set) => {
            data::change(draft, &*call, Some(party), set, &[], Via::AttachUserData)
        }
        CallAct::UpdateUserData(set) => {
            data::change(draft, &*call, Some(party), set, &[], Via::UpdateUserData)
        }
        CallAct::DeleteUserData => {
            let keys: Vec<String> = call.line(party).user_data.pairs().keys().cloned().collect();
            data::change(draft, &*call, Some(party), &UserData::default(), &keys, Via::DeleteUserData)
        }
        CallAct::DeleteUserDataPair(key) => {
            let keys = [key.clone()];
            data::change(draft, &*call, Some(party), &UserData::default(), &keys, Via::DeleteUserDataPair)
        }
        CallAct::SetDisposition { value, key } => {
            disposition::set(draft, &*call, party, value, key.as_deref())
        }
    }
}

/// Lets through what [`call::is_open`] lists, and a disposition as long as the centre takes one.
fn gate<'c>(
    draft: &mut Draft<'_>,
    call: &'c Call,
    agent: &UserId,
    act: &CallAct,
) -> Result<&'c Party, DecideError> {
    let Some(operation) = act.operation() else {
        let live = call.live_party(agent);
        return live.map_or_else(|| disposition::late_part(draft, call, agent), Ok);
    };
    let party = call.party(agent).ok_or_else(|| call.not_found())?;
    if !call::is_open(call, agent, operation) {
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
    draft.effect(call.leg(party.leg), LegCommand::Answer);
    Ok(())
}

/// Refuses: what the queue offered goes back to its place, other callers hear that they were refused.
fn reject(draft: &mut Draft<'_>, call: &Call, party: &Party) -> Result<(), DecideError> {
    let how = Release::by(EndedBy::Agent, Cause::Refused);
    if party.origin == PartyOrigin::Queue {
        return offer::ended(draft, &call.id, party.leg, how);
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

/// On hold, the room is left before the phone is asked, so that nobody hears the agent's last words; coming back, the
/// phone is asked first (spec: voice-sip#5.4).
fn hold(draft: &mut Draft<'_>, call: &Call, party: &Party, on: bool) -> Result<(), DecideError> {
    draft.tell_call(&call.id, Fact::HoldAsked { leg: party.leg, on })?;
    if on {
        room::arrange(draft, &call.id)?;
    }
    draft.effect(call.leg(party.leg), LegCommand::HoldPhone(on));
    Ok(())
}

fn send_dtmf(draft: &mut Draft<'_>, call: &Call, party: &Party, digits: &str) -> Result<(), DecideError> {
    check::digits(digits)?;
    for other in call.others(party).filter(|other| other.up) {
        draft.effect(call.leg(other.leg), LegCommand::Dtmf(digits.to_owned()));
    }
    Ok(())
}

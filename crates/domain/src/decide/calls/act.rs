//! What an agent does with a call (spec: core-and-voice#5.7).

use super::{
    super::{DecideError, Draft, data, disposition, machine::Machine},
    offer,
    release::{self, Release},
    room,
};
use crate::{
    InteractionId, Millis, Refusal, UserData, UserId,
    call::{self, Call, CallOperation, Cause, Fact, LegCommand, Party, PartyOrigin, PartyState},
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
    if let CallAct::SetDisposition { value, key } = act {
        let party = match call.live_party(agent) {
            Some(party) => party,
            None => disposition::late_part(draft, &*call, agent)?,
        };
        return disposition::set(draft, &*call, party, value, key.as_deref());
    }
    let party = call.party(agent).ok_or_else(|| call.not_found())?;
    let operation = operation(act);
    if !call::is_open(&call, agent, operation) {
        return Err(Refusal::NotInCallState { operation, state: party.state }.into());
    }
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
        CallAct::SetDisposition { .. } => Ok(()),
    }
}

/// The operation that an act belongs to; `None` for the disposition, which has none.
const fn operation(act: &CallAct) -> CallOperation {
    match act {
        CallAct::Answer => CallOperation::Answer,
        CallAct::Reject => CallOperation::Reject,
        CallAct::Hangup => CallOperation::Hangup,
        CallAct::Clear => CallOperation::ClearCall,
        CallAct::Hold => CallOperation::Hold,
        CallAct::Retrieve => CallOperation::Retrieve,
        CallAct::SendDtmf(_) => CallOperation::SendDtmf,
        CallAct::Mute(true) => CallOperation::MuteCall,
        CallAct::Mute(false) => CallOperation::UnmuteCall,
        CallAct::AttachUserData(_) => CallOperation::AttachUserData,
        CallAct::UpdateUserData(_) | CallAct::SetDisposition { .. } => CallOperation::UpdateUserData,
        CallAct::DeleteUserData => CallOperation::DeleteUserData,
        CallAct::DeleteUserDataPair(_) => CallOperation::DeleteUserDataPair,
    }
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

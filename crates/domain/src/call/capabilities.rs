//! What an agent may do with a call now. [`crate::decide`] refuses exactly what is not listed here.

use super::{operation::CallOperation, party::PartyState, snapshot::Call};
use crate::UserId;

/// The operations open to an agent, in the order of [`CallOperation::ALL`] (spec: core-and-voice#5.4). Empty for a
/// stranger and for an agent who was released.
pub fn capabilities(call: &Call, agent: &UserId) -> Vec<CallOperation> {
    CallOperation::ALL.into_iter().filter(|operation| is_open(call, agent, *operation)).collect()
}

/// Whether one operation is open to an agent.
pub fn is_open(call: &Call, agent: &UserId, operation: CallOperation) -> bool {
    let Some(party) = call.party(agent) else { return false };
    match operation {
        _ if !party.is_live() => false,
        CallOperation::AttachUserData
        | CallOperation::UpdateUserData
        | CallOperation::DeleteUserData
        | CallOperation::DeleteUserDataPair => true,
        CallOperation::Answer => party.state == PartyState::Ringing && party.answers,
        CallOperation::Reject => party.state == PartyState::Ringing,
        CallOperation::Hangup => party.state != PartyState::Ringing,
        CallOperation::ClearCall => matches!(party.state, PartyState::Ringing | PartyState::Established),
        // Until the phone has confirmed, the call can be neither held nor retrieved.
        CallOperation::Hold => party.state == PartyState::Established && party.holding.is_none(),
        CallOperation::Retrieve => party.state == PartyState::Held && party.holding.is_none(),
        CallOperation::SendDtmf => matches!(party.state, PartyState::Dialing | PartyState::Established),
        CallOperation::MuteCall => party.state == PartyState::Established && !party.muted,
        CallOperation::UnmuteCall => {
            matches!(party.state, PartyState::Established | PartyState::Held) && party.muted
        }
    }
}

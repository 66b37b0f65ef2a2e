//! What an agent can do with a call: at all, and now. [`crate::decide`] refuses exactly what is not open here.

use super::{party::PartyState, snapshot::Call};
use crate::UserId;

/// An operation of an agent on a call, in the field's plain words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Make the phone answer.
    Answer,
    /// Refuse the call.
    Reject,
    /// Leave the call.
    Hangup,
    /// End it for everyone.
    ClearCall,
    /// Put the others on hold.
    Hold,
    /// Come back to them.
    Retrieve,
    /// Send tones.
    SendDtmf,
    /// Keep what the agent says from the others.
    MuteCall,
    /// Let them hear it again.
    UnmuteCall,
    /// Add pairs.
    AttachUserData,
    /// Replace pairs.
    UpdateUserData,
    /// Take all pairs away.
    DeleteUserData,
    /// Take one pair away.
    DeleteUserDataPair,
}

impl Operation {
    /// Every operation, in the order in which answers list them.
    pub const ALL: [Self; 13] = [
        Self::Answer,
        Self::Reject,
        Self::Hangup,
        Self::ClearCall,
        Self::Hold,
        Self::Retrieve,
        Self::SendDtmf,
        Self::MuteCall,
        Self::UnmuteCall,
        Self::AttachUserData,
        Self::UpdateUserData,
        Self::DeleteUserData,
        Self::DeleteUserDataPair,
    ];
}

/// The operations open to an agent, in the order of [`Operation::ALL`] (spec: core-and-voice#5.4). Empty for a stranger
/// and for an agent who was released.
pub fn capabilities(call: &Call, agent: &UserId) -> Vec<Operation> {
    Operation::ALL.into_iter().filter(|operation| is_open(call, agent, *operation)).collect()
}

/// Whether one operation is open to an agent.
pub fn is_open(call: &Call, agent: &UserId, operation: Operation) -> bool {
    let Some(party) = call.party(agent) else { return false };
    match operation {
        _ if !party.is_live() => false,
        Operation::AttachUserData
        | Operation::UpdateUserData
        | Operation::DeleteUserData
        | Operation::DeleteUserDataPair => true,
        Operation::Answer => party.state == PartyState::Ringing && party.answers,
        Operation::Reject => party.state == PartyState::Ringing,
        Operation::Hangup => party.state != PartyState::Ringing,
        Operation::ClearCall => matches!(party.state, PartyState::Ringing | PartyState::Established),
        // Until the phone has confirmed, the call can be neither held nor retrieved.
        Operation::Hold => party.state == PartyState::Established && party.holding.is_none(),
        Operation::Retrieve => party.state == PartyState::Held && party.holding.is_none(),
        Operation::SendDtmf => matches!(party.state, PartyState::Dialing | PartyState::Established),
        Operation::MuteCall => party.state == PartyState::Established && !party.muted,
        Operation::UnmuteCall => {
            matches!(party.state, PartyState::Established | PartyState::Held) && party.muted
        }
    }
}

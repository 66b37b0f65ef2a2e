//! What an agent may do with a call now. [`crate::decide`] refuses exactly what is not listed here.

use super::{Call, PartyState};
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

    /// The name, as clients and refusals say it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answer => "Answer",
            Self::Reject => "Reject",
            Self::Hangup => "Hangup",
            Self::ClearCall => "ClearCall",
            Self::Hold => "Hold",
            Self::Retrieve => "Retrieve",
            Self::SendDtmf => "SendDtmf",
            Self::MuteCall => "MuteCall",
            Self::UnmuteCall => "UnmuteCall",
            Self::AttachUserData => "AttachUserData",
            Self::UpdateUserData => "UpdateUserData",
            Self::DeleteUserData => "DeleteUserData",
            Self::DeleteUserDataPair => "DeleteUserDataPair",
        }
    }
}

/// The operations open to an agent, in the order of [`Operation::ALL`] (core-and-voice §5.4). Empty for a stranger
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
        // What the phone has not confirmed is neither held nor not.
        Operation::Hold => party.state == PartyState::Established && party.holding.is_none(),
        Operation::Retrieve => party.state == PartyState::Held && party.holding.is_none(),
        Operation::SendDtmf => matches!(party.state, PartyState::Dialing | PartyState::Established),
        Operation::MuteCall => party.state == PartyState::Established && !party.muted,
        Operation::UnmuteCall => {
            matches!(party.state, PartyState::Established | PartyState::Held) && party.muted
        }
    }
}

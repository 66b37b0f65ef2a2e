//! What an agent can do with a call: at all, now, and as an act with all that it takes. [`crate::decide`] refuses exactly
//! what is not open here.

use super::{party::PartyState, snapshot::Call};
use crate::{UserData, UserId};

/// An operation of an agent on a call, in the field's plain words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallOperation {
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

impl CallOperation {
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

/// The operations open to an agent, in the order of [`CallOperation::ALL`] (spec: core-and-voice#5.4). Empty for a stranger
/// and for an agent who was released.
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

/// What an agent does with a call (spec: core-and-voice#5.7, #6).
#[derive(Clone, Debug, PartialEq)]
pub enum CallAct {
    /// Makes the agent's phone answer.
    Answer,
    /// Refuses it.
    Reject,
    /// Leaves it.
    Hangup,
    /// Ends it for everyone.
    Clear,
    /// Puts the others on hold.
    Hold,
    /// Comes back to them.
    Retrieve,
    /// Sends tones: 0-9, `*`, `#`, A-D, a comma is half a second.
    SendDtmf(String),
    /// Keeps what the agent says from the others, or lets them hear it again.
    Mute(bool),
    /// Adds pairs. The same as replacing them (spec: decisions#8), but reported under its own name.
    AttachUserData(UserData),
    /// Adds and replaces pairs.
    UpdateUserData(UserData),
    /// Takes all pairs away.
    DeleteUserData,
    /// Takes one pair away; a pair that is not there is no error.
    DeleteUserDataPair(String),
    /// Sets the disposition, live or after release.
    SetDisposition {
        /// The value; empty clears.
        value: String,
        /// The key; the centre's when not given.
        key: Option<String>,
    },
}

impl CallAct {
    /// The operation that it belongs to; `None` for the disposition, which is taken whatever else is open.
    pub const fn operation(&self) -> Option<CallOperation> {
        Some(match self {
            Self::Answer => CallOperation::Answer,
            Self::Reject => CallOperation::Reject,
            Self::Hangup => CallOperation::Hangup,
            Self::Clear => CallOperation::ClearCall,
            Self::Hold => CallOperation::Hold,
            Self::Retrieve => CallOperation::Retrieve,
            Self::SendDtmf(_) => CallOperation::SendDtmf,
            Self::Mute(true) => CallOperation::MuteCall,
            Self::Mute(false) => CallOperation::UnmuteCall,
            Self::AttachUserData(_) => CallOperation::AttachUserData,
            Self::UpdateUserData(_) => CallOperation::UpdateUserData,
            Self::DeleteUserData => CallOperation::DeleteUserData,
            Self::DeleteUserDataPair(_) => CallOperation::DeleteUserDataPair,
            Self::SetDisposition { .. } => return None,
        })
    }

    /// The act in a word, for logs.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Answer => "call.answer",
            Self::Reject => "call.reject",
            Self::Hangup => "call.hang-up",
            Self::Clear => "call.clear",
            Self::Hold => "call.hold",
            Self::Retrieve => "call.retrieve",
            Self::SendDtmf(_) => "call.send-dtmf",
            Self::Mute(_) => "call.mute",
            Self::AttachUserData(_)
            | Self::UpdateUserData(_)
            | Self::DeleteUserData
            | Self::DeleteUserDataPair(_) => "call.user-data",
            Self::SetDisposition { .. } => "call.set-disposition",
        }
    }
}

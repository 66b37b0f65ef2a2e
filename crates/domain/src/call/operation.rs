//! What an agent can do with a call at all.

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

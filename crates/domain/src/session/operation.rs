//! What an agent can do with a conversation at all.

/// An operation of an agent on a conversation, in the field's plain words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionOperation {
    /// Take the offer.
    Accept,
    /// Refuse the offer.
    Reject,
    /// Hand over to a colleague or a queue.
    Transfer,
    /// Leave the talk.
    Leave,
    /// Be done with it.
    Complete,
    /// Say which interaction the agent looks at.
    SetInFocus,
    /// Set the disposition.
    SetDisposition,
    /// Add pairs.
    AttachUserData,
    /// Take pairs away.
    DeleteUserData,
    /// Replace pairs.
    UpdateUserData,
    /// Write the agents' note.
    SetComment,
    /// Say something to everyone.
    SendMessage,
    /// Send a link.
    SendUrl,
    /// Tell that the agent types.
    StartTyping,
    /// Tell that the agent stopped typing.
    StopTyping,
    /// Send a notice of the agent's application.
    SendCustomNotice,
    /// Change the agent's nickname.
    ChangeNickname,
    /// Have a message sent again.
    ResendMessage,
}

impl SessionOperation {
    /// Every operation, in the order in which answers list them.
    pub const ALL: [Self; 18] = [
        Self::Accept,
        Self::Reject,
        Self::Transfer,
        Self::Leave,
        Self::Complete,
        Self::SetInFocus,
        Self::SetDisposition,
        Self::AttachUserData,
        Self::DeleteUserData,
        Self::UpdateUserData,
        Self::SetComment,
        Self::SendMessage,
        Self::SendUrl,
        Self::StartTyping,
        Self::StopTyping,
        Self::SendCustomNotice,
        Self::ChangeNickname,
        Self::ResendMessage,
    ];

    /// Whether the operation only concerns the agents' work on the conversation, not the talk.
    pub(super) const fn is_desk_work(self) -> bool {
        matches!(
            self,
            Self::Complete
                | Self::SetInFocus
                | Self::SetDisposition
                | Self::AttachUserData
                | Self::DeleteUserData
                | Self::UpdateUserData
                | Self::SetComment
        )
    }
}

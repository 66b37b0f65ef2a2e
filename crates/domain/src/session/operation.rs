//! What an agent can do with a conversation: at all, and now. [`crate::decide`] refuses exactly what is not open here.

use super::{party::PartyState, snapshot::Session};
use crate::UserId;

/// An operation of an agent on a conversation, in the field's plain words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
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

impl Operation {
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
    const fn is_desk_work(self) -> bool {
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

/// The operations open to an agent, in the order of [`Operation::ALL`] (spec: digital-channels#2.3). Empty for a
/// stranger and for an agent whose part is over.
pub fn capabilities(session: &Session, agent: &UserId) -> Vec<Operation> {
    Operation::ALL.into_iter().filter(|operation| is_open(session, agent, *operation)).collect()
}

/// Whether one operation is open to an agent.
pub fn is_open(session: &Session, agent: &UserId, operation: Operation) -> bool {
    let Some(party) = session.party(agent) else { return false };
    match party.state {
        PartyState::Invited => matches!(operation, Operation::Accept | Operation::Reject),
        PartyState::Chatting => match operation {
            Operation::Accept | Operation::Reject => false,
            Operation::Leave => true,
            Operation::ResendMessage => session.customer.present && has_repeatable(session),
            Operation::Transfer => session.customer.present && session.transfer_of(agent).is_none(),
            _ => session.customer.present || operation.is_desk_work(),
        },
        PartyState::LeftChat | PartyState::JoinFailed => operation.is_desk_work(),
        PartyState::Completed | PartyState::Revoked => false,
    }
}

fn has_repeatable(session: &Session) -> bool {
    let mut outgoing = session.post.iter().flat_map(|post| post.outgoing.values());
    outgoing.any(|sent| sent.state.may_be_repeated())
}

//! What an agent can do with a conversation: at all, and now. [`crate::decide`] refuses exactly what is not open here.

use super::{
    party::{AgentParty, AgentPartyState},
    snapshot::Session,
};
use crate::{UserId, message::Visibility, watch::Monitoring};

/// An operation of an agent on a conversation, in the field's plain words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionOperation {
    /// Take the offer.
    Accept,
    /// Refuse the offer.
    Reject,
    /// Hand over to a colleague or a queue.
    Transfer,
    /// Ask a colleague or a queue, without the customer knowing.
    Consult,
    /// Have a colleague or a queue talk with the customer as well.
    Invite,
    /// Take somebody out of the conversation.
    RemoveParticipant,
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
    /// Say something to the agents alone.
    SendToAgents,
    /// Tell the agents alone that the agent types.
    StartTypingToAgents,
    /// Tell the agents alone that the agent stopped typing.
    StopTypingToAgents,
    /// Send the agents alone a notice of the agent's application.
    SendCustomNoticeToAgents,
    /// Have a message sent again.
    ResendMessage,
    /// Follow without being seen by those who are followed.
    SwitchToMonitor,
    /// Follow and advise, seen by agents alone.
    SwitchToCoach,
    /// Take part like anybody else.
    SwitchToBargeIn,
    /// Leave the talk and be done with it.
    LeaveAndComplete,
}

impl SessionOperation {
    /// Every operation, in the order in which answers list them.
    pub const ALL: [Self; 29] = [
        Self::Accept,
        Self::Reject,
        Self::Transfer,
        Self::Leave,
        Self::Invite,
        Self::Consult,
        Self::RemoveParticipant,
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
        Self::SendToAgents,
        Self::StartTypingToAgents,
        Self::StopTypingToAgents,
        Self::SendCustomNoticeToAgents,
        Self::ResendMessage,
        Self::SwitchToMonitor,
        Self::SwitchToCoach,
        Self::SwitchToBargeIn,
        Self::LeaveAndComplete,
    ];

    /// Whether answers list it when it is open. What is two operations in one is not listed (spec: digital-channels#2.3).
    const fn is_listed(self) -> bool {
        !matches!(self, Self::LeaveAndComplete)
    }

    /// Whether the operation only concerns the agents' work on the conversation, not the talk.
    const fn is_desk_work(self) -> bool {
        matches!(self, Self::Complete) || self.is_note()
    }

    /// Whether it only writes down something about the conversation, so that helpers and supervisors may as well.
    const fn is_note(self) -> bool {
        matches!(
            self,
            Self::SetInFocus
                | Self::SetDisposition
                | Self::AttachUserData
                | Self::DeleteUserData
                | Self::UpdateUserData
                | Self::SetComment
        )
    }

    /// Whether it says something to the agents alone.
    const fn is_to_agents(self) -> bool {
        matches!(
            self,
            Self::SendToAgents
                | Self::StartTypingToAgents
                | Self::StopTypingToAgents
                | Self::SendCustomNoticeToAgents
        )
    }

    /// The way of following that it switches to; `None` for what is no switch.
    const fn switches_to(self) -> Option<Monitoring> {
        match self {
            Self::SwitchToMonitor => Some(Monitoring::ListenIn),
            Self::SwitchToCoach => Some(Monitoring::Coach),
            Self::SwitchToBargeIn => Some(Monitoring::BargeIn),
            _ => None,
        }
    }
}

/// The operations open to an agent, in the order of [`SessionOperation::ALL`] (spec: digital-channels#2.3). Empty for a
/// stranger and for an agent whose part is over.
pub fn capabilities(session: &Session, agent: &UserId) -> Vec<SessionOperation> {
    let listed = SessionOperation::ALL.into_iter().filter(|operation| operation.is_listed());
    listed.filter(|operation| is_open(session, agent, *operation)).collect()
}

/// Whether one operation is open to an agent.
pub fn is_open(session: &Session, agent: &UserId, operation: SessionOperation) -> bool {
    let Some(party) = session.party(agent) else { return false };
    if operation == SessionOperation::LeaveAndComplete {
        return [SessionOperation::Leave, SessionOperation::Complete]
            .iter()
            .all(|part| is_open(session, agent, *part));
    }
    match party.state {
        AgentPartyState::Invited => matches!(operation, SessionOperation::Accept | SessionOperation::Reject),
        AgentPartyState::Chatting => is_open_in_talk(session, party, operation),
        AgentPartyState::LeftChat | AgentPartyState::JoinFailed => operation.is_desk_work(),
        AgentPartyState::Completed | AgentPartyState::Revoked => false,
    }
}

fn is_open_in_talk(session: &Session, party: &AgentParty, operation: SessionOperation) -> bool {
    if let Some(monitoring) = operation.switches_to() {
        return party.follows.as_ref().is_some_and(|following| following.monitoring != monitoring)
            && (monitoring == Monitoring::BargeIn || may_step_back(session, party));
    }
    if operation.is_to_agents() {
        return party.visibility < Visibility::Supervisors && has_colleagues(session, party);
    }
    let is_with_customer = session.customer.present && party.talks();
    match operation {
        SessionOperation::Accept | SessionOperation::Reject => false,
        SessionOperation::Leave => true,
        SessionOperation::RemoveParticipant => {
            party.talks() && session.seen_by(party).any(|other| may_remove(party, other))
        }
        SessionOperation::ResendMessage => is_with_customer && has_repeatable(session),
        SessionOperation::Transfer => is_with_customer && session.transfer_of(&party.user).is_none(),
        SessionOperation::Consult | SessionOperation::Invite => is_with_customer && session.has_room(),
        // Who coaches speaks with the agents, by whatever operation.
        SessionOperation::SendMessage | SessionOperation::StartTyping | SessionOperation::StopTyping
            if party.follows.is_some() && !party.talks() =>
        {
            is_open_in_talk(session, party, SessionOperation::SendToAgents)
        }
        // Helpers and supervisors leave; what becomes of the conversation is for those who talk with the customer.
        SessionOperation::Complete => {
            party.talks() && (party.follows.is_none() || is_last_who_talks(session, party))
        }
        _ if operation.is_note() => true,
        _ => is_with_customer,
    }
}

/// Whether a supervisor who takes part may be less than that: somebody else talks with the customer.
fn may_step_back(session: &Session, party: &AgentParty) -> bool {
    !is_last_who_talks(session, party)
}

/// Whether an agent talks with the customer and nobody else does.
fn is_last_who_talks(session: &Session, party: &AgentParty) -> bool {
    party.talks() && session.talking().all(|other| other.user == party.user)
}

fn has_colleagues(session: &Session, party: &AgentParty) -> bool {
    session.seen_by(party).any(|other| other.user != party.user)
}

/// Whether somebody who talks with the customer may take another out: not themselves, not a supervisor, and somebody who
/// answers for the conversation only if they answer for it, too.
pub fn may_remove(party: &AgentParty, other: &AgentParty) -> bool {
    other.user != party.user && other.follows.is_none() && (party.answers() || !other.answers())
}

fn has_repeatable(session: &Session) -> bool {
    let mut outgoing = session.post.iter().flat_map(|post| post.outgoing.values());
    outgoing.any(|sent| sent.state.may_be_repeated())
}

//! What an agent may do with a conversation now. [`crate::decide`] refuses exactly what is not listed here.

use super::{operation::SessionOperation, party::AgentPartyState, snapshot::Session};
use crate::UserId;

/// The operations open to an agent, in the order of [`SessionOperation::ALL`] (spec: digital-channels#2.3). Empty for a
/// stranger and for an agent whose part is over.
pub fn capabilities(session: &Session, agent: &UserId) -> Vec<SessionOperation> {
    SessionOperation::ALL.into_iter().filter(|operation| is_open(session, agent, *operation)).collect()
}

/// Whether one operation is open to an agent.
pub fn is_open(session: &Session, agent: &UserId, operation: SessionOperation) -> bool {
    let Some(party) = session.party(agent) else { return false };
    match party.state {
        AgentPartyState::Invited => matches!(operation, SessionOperation::Accept | SessionOperation::Reject),
        AgentPartyState::Chatting => match operation {
            SessionOperation::Accept | SessionOperation::Reject => false,
            SessionOperation::Leave => true,
            SessionOperation::ResendMessage => session.customer.present && has_repeatable(session),
            SessionOperation::Transfer => session.customer.present && session.transfer_of(agent).is_none(),
            _ => session.customer.present || operation.is_desk_work(),
        },
        AgentPartyState::LeftChat | AgentPartyState::JoinFailed => operation.is_desk_work(),
        AgentPartyState::Completed | AgentPartyState::Revoked => false,
    }
}

fn has_repeatable(session: &Session) -> bool {
    let mut outgoing = session.post.iter().flat_map(|post| post.outgoing.values());
    outgoing.any(|sent| sent.state.may_be_repeated())
}

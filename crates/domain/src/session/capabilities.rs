//! What an agent may do with a conversation now. [`crate::decide`] refuses exactly what is not listed here.

use super::{operation::Operation, party::PartyState, snapshot::Session};
use crate::UserId;

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

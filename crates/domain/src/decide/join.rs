//! An agent takes part in a conversation: by taking an offer, or since they begin it.

use super::{DecideError, Draft, machine::Machine, note, offer, part, post, supervise};
use crate::{
    UserId, check,
    message::Content,
    session::{AgentParty, Fact, Invitation, Session},
    task::Sign,
};

/// An agent takes part in what they began themselves; they need not be ready for what others bring.
pub(super) fn take(
    draft: &mut Draft<'_>,
    session: &Session,
    agent: &UserId,
    nickname: &str,
) -> Result<(), DecideError> {
    offer::permit_own(draft, &session.medium, agent)?;
    part::seat(draft, session, agent, Invitation::Own, None)?;
    draft.tell(&session.id, Fact::Accepted { agent: agent.clone(), nickname: nickname.to_owned() })?;
    let author = part::live(&*draft.session(&session.id)?, agent)?.author();
    draft.say(&session.id, author, Content::Joined)?;
    supervise::follow(draft, &session.id, agent)
}

/// An agent takes an offer.
pub(super) fn accept(
    draft: &mut Draft<'_>,
    session: &Session,
    party: &AgentParty,
    nickname: &str,
    save_last_agent: bool,
) -> Result<(), DecideError> {
    check::nickname("nickname", nickname)?;
    let (id, agent) = (&session.id, &party.user);
    if party.follows.is_some() && !supervise::may_stay(draft, session, party)? {
        return Err(session.not_found());
    }
    if !session.customer.present {
        return draft.tell(id, Fact::JoinFailed { agent: agent.clone(), nickname: nickname.to_owned() });
    }
    draft.tell(id, Fact::Accepted { agent: agent.clone(), nickname: nickname.to_owned() })?;
    // Who only helps or follows did not serve the customer, and all agents read what is written down.
    if save_last_agent && party.answers() {
        note::last_agent(draft, id, agent)?;
    }
    let author = part::live(&*draft.session(id)?, agent)?.author();
    draft.say(id, author, Content::Joined)?;
    post::sign(draft, session, party, Sign::Seen);
    if let Invitation::Transfer { from, .. } = &party.invitation {
        let author = part::live(session, from)?.author();
        draft.say(id, author, Content::Left)?;
        part::complete(draft, id, from, Some(agent.clone()))?;
    }
    supervise::follow(draft, id, agent)
}

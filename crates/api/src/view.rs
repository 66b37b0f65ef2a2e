//! What somebody may read of the log of a conversation.

use domain::{
    Message, Millis, UserId,
    message::Viewer,
    session::{AgentPartyState, Session},
};

/// The part of a log that an agent sees.
pub struct View {
    viewer: Viewer,
    /// What was said later is not for this agent.
    until: Option<Millis>,
}

impl View {
    /// Everything that colleagues saw of an earlier conversation.
    pub const BEFORE: Self = Self { viewer: Viewer::Agent, until: None };

    /// Whether a message belongs to it.
    pub fn has(&self, message: &Message) -> bool {
        message.visibility.is_for(self.viewer) && self.until.is_none_or(|until| message.at <= until)
    }

    /// What an agent sees by their own part; `None` without one that lets them see anything.
    pub fn of_part(session: &Session, agent: &UserId) -> Option<Self> {
        let party = session.party(agent)?;
        let sees = party.is_live() || party.state != AgentPartyState::Revoked && party.joined_at.is_some();
        sees.then_some(Self { viewer: party.viewer(), until: party.closed_at })
    }
}

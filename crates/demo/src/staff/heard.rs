//! What was said in a conversation, as somebody who takes part reads it.

use desk::{Desk, ports::StoreFault};
use domain::{
    UserId,
    message::{Content, Message, PartyKind, Visibility},
    session::Session,
};

/// How far back somebody reads, in entries of the log.
const LAST: u32 = 200;

/// The words of a conversation, oldest first.
pub(super) struct Heard(Vec<Message>);

impl Heard {
    /// Reads a conversation.
    pub(super) async fn of(desk: &Desk, session: &Session) -> Result<Self, StoreFault> {
        let from = session.next_index.saturating_sub(LAST).max(1);
        let mut messages = desk.messages(&session.id, from, LAST).await?;
        messages.retain(|message| text(message).is_some());
        Ok(Self(messages))
    }

    /// Index of the newest words, whoever said them to whom; 0 when there are none.
    pub(super) fn newest(&self) -> u32 {
        self.0.last().map_or(0, |message| message.index)
    }

    /// Index of the customer's newest words.
    pub(super) fn customer(&self) -> u32 {
        self.index(|message| message.from.kind == PartyKind::Customer)
    }

    /// How often the customer has said something.
    pub(super) fn customer_spoke(&self) -> usize {
        self.0.iter().filter(|message| message.from.kind == PartyKind::Customer).count()
    }

    /// Index of the newest words of an agent to the customer, other than those of somebody who only steps in.
    pub(super) fn answered(&self, session: &Session) -> u32 {
        self.index(|message| {
            let serves = |user: &UserId| session.party(user).is_none_or(|party| party.follows.is_none());
            message.visibility.is_all()
                && message.from.kind == PartyKind::Agent
                && message.from.user.as_ref().is_none_or(serves)
        })
    }

    /// Whether an agent has said something to the customer in these words.
    pub(super) fn has_said(&self, words: &str) -> bool {
        self.0.iter().any(|message| message.from.kind == PartyKind::Agent && text(message) == Some(words))
    }

    /// How often a user has said something, to the customer too or to agents alone.
    pub(super) fn spoke(&self, user: &UserId, to: Visibility) -> usize {
        let by = |message: &&Message| message.from.user.as_ref() == Some(user) && message.visibility == to;
        self.0.iter().filter(by).count()
    }

    /// The newest words of a user to agents alone.
    pub(super) fn last_to_agents(&self, user: &UserId) -> u32 {
        self.index(|message| message.from.user.as_ref() == Some(user) && !message.visibility.is_all())
    }

    /// The newest words to agents alone that others said and a user has not answered.
    pub(super) fn unanswered(&self, user: &UserId) -> Option<Aside<'_>> {
        let own = self.last_to_agents(user);
        let message = self.0.iter().rfind(|message| {
            message.index > own
                && message.visibility == Visibility::Agents
                && message.from.user.as_ref().is_some_and(|from| from != user)
        })?;
        Some(Aside { from: message.from.user.as_ref()?, text: text(message)? })
    }

    fn index(&self, is_it: impl Fn(&Message) -> bool) -> u32 {
        self.0.iter().rfind(|message| is_it(message)).map_or(0, |message| message.index)
    }
}

/// Words to agents alone.
pub(super) struct Aside<'h> {
    /// Who said them.
    pub(super) from: &'h UserId,
    /// The words.
    pub(super) text: &'h str,
}

fn text(message: &Message) -> Option<&str> {
    match &message.content {
        Content::Text { text, .. } => Some(text),
        _ => None,
    }
}

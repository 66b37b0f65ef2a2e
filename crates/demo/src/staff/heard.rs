//! What was said in a conversation, as somebody who takes part reads it.

use desk::{Desk, ports::StoreFault};
use domain::{
    UserId,
    message::{Content, Message, PartyKind, Visibility},
    session::{AgentParty, Session},
};

/// How far back somebody reads, in entries of the log.
const LAST: u32 = 200;

/// The words of a conversation, oldest first, as far as they were read.
#[derive(Default)]
pub(super) struct Heard {
    words: Vec<Message>,
    /// Index of the first entry that was not read.
    next: u32,
}

impl Heard {
    /// Reads what is new.
    pub(super) async fn read(&mut self, desk: &Desk, session: &Session) -> Result<(), StoreFault> {
        if self.next >= session.next_index {
            return Ok(());
        }
        let from = session.next_index.saturating_sub(LAST).max(self.next).max(1);
        let mut messages = desk.messages(&session.id, from, LAST).await?;
        self.next = messages.last().map_or(from, |message| message.index + 1);
        messages.retain(|message| text(message).is_some());
        self.words.append(&mut messages);
        let old = self.words.len().saturating_sub(LAST as usize);
        self.words.drain(..old);
        Ok(())
    }

    /// Index of the newest words, whoever said them to whom; 0 when there are none.
    pub(super) fn newest(&self) -> u32 {
        self.words.last().map_or(0, |message| message.index)
    }

    /// Index of the customer's newest words.
    pub(super) fn customer(&self) -> u32 {
        self.index(|message| message.from.kind == PartyKind::Customer)
    }

    /// How often the customer has said something.
    pub(super) fn customer_spoke(&self) -> usize {
        self.words.iter().filter(|message| message.from.kind == PartyKind::Customer).count()
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
        self.words.iter().any(|message| message.from.kind == PartyKind::Agent && text(message) == Some(words))
    }

    /// How often a user has said something, to the customer too or to agents alone.
    pub(super) fn spoke(&self, user: &UserId, to: Visibility) -> usize {
        let by = |message: &&Message| message.from.user.as_ref() == Some(user) && message.visibility == to;
        self.words.iter().filter(by).count()
    }

    /// The newest words of a user to agents alone.
    pub(super) fn last_to_agents(&self, user: &UserId) -> u32 {
        self.index(|message| message.from.user.as_ref() == Some(user) && !message.visibility.is_all())
    }

    /// The newest words to agents alone that somebody has not answered, since they were called in, of all those whose words
    /// are for them.
    pub(super) fn unanswered(
        &self,
        party: &AgentParty,
        is_for_them: impl Fn(&UserId) -> bool,
    ) -> Option<&str> {
        let own = self.last_to_agents(&party.user);
        let is_it = |message: &&Message| {
            message.index > own
                && message.at >= party.invited_at
                && message.visibility == Visibility::Agents
                && message.from.user.as_ref().is_some_and(|from| *from != party.user && is_for_them(from))
        };
        self.words.iter().rfind(is_it).and_then(text)
    }

    fn index(&self, is_it: impl Fn(&Message) -> bool) -> u32 {
        self.words.iter().rfind(|message| is_it(message)).map_or(0, |message| message.index)
    }
}

fn text(message: &Message) -> Option<&str> {
    match &message.content {
        Content::Text { text, .. } => Some(text),
        _ => None,
    }
}

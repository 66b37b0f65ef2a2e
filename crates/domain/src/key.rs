//! The key under which the journal keeps an entity.

use crate::ids::{Dn, InteractionId, QueueName, ThreadId, UserId};

/// What kind of entity a key names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntityKind {
    /// A conversation with a customer.
    Session,
    /// An agent at work: channel states and slots.
    Agent,
    /// A provisioned user.
    User,
    /// A provisioned queue.
    Queue,
    /// The disposition book.
    Book,
    /// The contact centre and its settings.
    Centre,
    /// All that passes between one address of ours and one of a customer's.
    Thread,
    /// A call.
    Call,
    /// A phone.
    Device,
}

impl EntityKind {
    /// The word the journal stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Agent => "agent",
            Self::User => "user",
            Self::Queue => "queue",
            Self::Book => "book",
            Self::Centre => "centre",
            Self::Thread => "thread",
            Self::Call => "call",
            Self::Device => "device",
        }
    }

    /// Reads the word back; `None` for a word of another program.
    pub fn parse(word: &str) -> Option<Self> {
        const ALL: [EntityKind; 9] = [
            EntityKind::Session,
            EntityKind::Agent,
            EntityKind::User,
            EntityKind::Queue,
            EntityKind::Book,
            EntityKind::Centre,
            EntityKind::Thread,
            EntityKind::Call,
            EntityKind::Device,
        ];
        ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// The key of one entity of the journal, written `kind:id`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A conversation.
    Session(InteractionId),
    /// An agent at work; the same id as the user.
    Agent(UserId),
    /// A user.
    User(UserId),
    /// A queue.
    Queue(QueueName),
    /// The one disposition book.
    Book,
    /// The one contact centre.
    Centre,
    /// A thread.
    Thread(ThreadId),
    /// A call.
    Call(InteractionId),
    /// A phone, by its number.
    Device(Dn),
}

impl Key {
    /// The kind of entity.
    pub const fn kind(&self) -> EntityKind {
        match self {
            Self::Session(_) => EntityKind::Session,
            Self::Agent(_) => EntityKind::Agent,
            Self::User(_) => EntityKind::User,
            Self::Queue(_) => EntityKind::Queue,
            Self::Book => EntityKind::Book,
            Self::Centre => EntityKind::Centre,
            Self::Thread(_) => EntityKind::Thread,
            Self::Call(_) => EntityKind::Call,
            Self::Device(_) => EntityKind::Device,
        }
    }

    /// The part after the colon; empty for the two entities of which there is one.
    pub fn id(&self) -> &str {
        match self {
            Self::Session(id) | Self::Call(id) => id.as_str(),
            Self::Device(dn) => dn.as_str(),
            Self::Agent(id) | Self::User(id) => id.as_str(),
            Self::Queue(name) => name.as_str(),
            Self::Thread(id) => id.as_str(),
            Self::Book | Self::Centre => "",
        }
    }

    /// Reads `kind:id` back; `None` for anything this program did not write.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, id) = text.split_once(':')?;
        Some(match EntityKind::parse(kind)? {
            EntityKind::Session => Self::Session(id.into()),
            EntityKind::Agent => Self::Agent(id.into()),
            EntityKind::User => Self::User(id.into()),
            EntityKind::Queue => Self::Queue(id.into()),
            EntityKind::Book => Self::Book,
            EntityKind::Centre => Self::Centre,
            EntityKind::Thread => Self::Thread(id.into()),
            EntityKind::Call => Self::Call(id.into()),
            EntityKind::Device => Self::Device(id.into()),
        })
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.kind().as_str(), self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_as_it_was_written() {
        for key in [
            Key::Session("0001KaF7Q2M80C1D".into()),
            Key::Agent("7f".into()),
            Key::User("7f".into()),
            Key::Queue("Sales: north".into()),
            Key::Book,
            Key::Centre,
            Key::Thread("5e884898".into()),
            Key::Call("01RCC3N118B1V0SL807GK2LAES000006".into()),
            Key::Device("5001".into()),
        ] {
            assert_eq!(Key::parse(&key.to_string()), Some(key));
        }
        assert_eq!(Key::parse("ghost:1"), None);
    }
}

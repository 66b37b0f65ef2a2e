//! What is said in a conversation. Text is stored in the message log only: never in an event or a snapshot.

pub use crate::ids::ParticipantId;

use crate::{Millis, UserId, delivery::Progress, json::Bound, notice::Notice};
use serde::{Deserialize, Serialize};

/// The longest text of one message: 32,768 characters of any alphabet, and 128 KiB as it stands in JSON.
pub const MAX_TEXT: Bound = Bound::chars(32 * 1024);
/// The longest nickname.
pub const MAX_NICKNAME: Bound = Bound::chars(255);
/// The longest `messageType`: it is a word, not a text.
pub const MAX_TYPE: Bound = Bound::chars(255);

/// Who may see a participant or a message (spec: digital-channels#2.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Visibility {
    /// Everyone.
    #[default]
    All,
    /// Agents and supervisors.
    Agents,
    /// Supervisors only.
    Supervisors,
}

/// Somebody who reads a conversation, as far as it matters for what they may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Viewer {
    /// The customer, by whatever door, and whoever carries words to them.
    Customer,
    /// An agent who works on it, one who is only asked included.
    Agent,
    /// A supervisor who follows an agent in it.
    Supervisor,
}

impl Visibility {
    /// Whether a viewer may see what has this visibility: a message, a typing sign, a notice, a participant. Every way
    /// out asks this function and no other.
    pub const fn is_for(self, viewer: Viewer) -> bool {
        match self {
            Self::All => true,
            Self::Agents => !matches!(viewer, Viewer::Customer),
            Self::Supervisors => matches!(viewer, Viewer::Supervisor),
        }
    }

    /// Whether everyone may see it.
    pub const fn is_all(&self) -> bool {
        matches!(self, Self::All)
    }
}

/// What kind of party spoke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PartyKind {
    /// The customer.
    Customer,
    /// An agent or a supervisor.
    Agent,
    /// A bot or the server itself.
    External,
}

/// The speaker as they were when they spoke.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// Id of the speaker as a participant.
    pub participant: ParticipantId,
    /// 1 for the first that joined, 2 for the second and so on: the id customers see.
    pub number: u32,
    /// What kind of party.
    pub kind: PartyKind,
    /// The speaker's name then.
    pub nickname: String,
    /// The user, when the speaker is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// Who could see the speaker then.
    pub visibility: Visibility,
}

/// The content of a message (spec: digital-channels#2.5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    /// A text, with the sender's own type when they gave one.
    Text {
        /// The words.
        text: String,
        /// The free word that the sender calls this kind of message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message_type: Option<String>,
    },
    /// The author joined.
    Joined,
    /// The author is seen by others than before.
    Rejoined,
    /// The author left.
    Left,
    /// The author types; with a preview, what.
    TypingStarted {
        /// What stands in the author's input line.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    /// The author stopped typing.
    TypingStopped,
    /// A link.
    Url {
        /// Where it leads.
        url: String,
    },
    /// A notice of the author's application.
    CustomNotice {
        /// The notice.
        text: String,
    },
    /// The author changed their name.
    Renamed {
        /// The new name.
        nickname: String,
    },
    /// A notice about the conversation itself: what the platform tells of it.
    Notice(Notice),
}

impl Content {
    /// The word the journal uses for this kind of content.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Joined => "joined",
            Self::Rejoined => "rejoined",
            Self::Left => "left",
            Self::TypingStarted { .. } => "typing-started",
            Self::TypingStopped => "typing-stopped",
            Self::Url { .. } => "url",
            Self::CustomNotice { .. } => "custom-notice",
            Self::Renamed { .. } => "renamed",
            Self::Notice(_) => "notice",
        }
    }

    /// Whether this only tells that somebody types, so that a later message of the same author replaces it.
    pub const fn is_typing(&self) -> bool {
        matches!(self, Self::TypingStarted { .. } | Self::TypingStopped)
    }

    /// Takes the words out and leaves the kind.
    pub fn redact(&mut self) {
        match self {
            Self::Text { text, message_type } => {
                text.clear();
                *message_type = None;
            }
            Self::TypingStarted { text } => *text = None,
            Self::Url { url } => url.clear(),
            Self::CustomNotice { text } => text.clear(),
            Self::Notice(notice) => notice.redact(),
            Self::Renamed { nickname } => nickname.clear(),
            Self::Joined | Self::Rejoined | Self::Left | Self::TypingStopped => {}
        }
    }
}

/// One entry of a conversation's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Place in the log, from 1, shared by all who see it.
    pub index: u32,
    /// When it was accepted.
    pub at: Millis,
    /// Who spoke.
    pub from: Author,
    /// Who may see it.
    pub visibility: Visibility,
    /// What was said.
    pub content: Content,
    /// How far it has come, when a connector carries it to the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Progress>,
}

impl Message {
    /// Takes away the words and the customer's name, for an erasure; index, time and kind stay.
    pub fn redact(&mut self) {
        self.content.redact();
        if let Some(progress) = &mut self.delivery {
            // A provider's words may name the address.
            progress.why = None;
        }
        if self.from.kind == PartyKind::Customer {
            self.from.nickname.clear();
        }
    }
}

/// Leaves out typing entries that a later message of the same party has overtaken (spec: digital-channels#2.5).
pub fn without_stale_typing(messages: Vec<Message>) -> Vec<Message> {
    let latest: std::collections::HashMap<_, _> =
        messages.iter().map(|message| (message.from.participant.clone(), message.index)).collect();
    messages
        .into_iter()
        .filter(|message| {
            !message.content.is_typing() || latest.get(&message.from.participant) == Some(&message.index)
        })
        .collect()
}

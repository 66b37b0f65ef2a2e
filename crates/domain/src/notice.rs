//! What the server itself writes to people: a code with arguments, and the English sentence that both make.
//!
//! Clients in another language go by the code and the arguments; those that know neither show the sentence. A code
//! never changes its meaning, and its sentence is written only here.

use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// A sentence of the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The sentence, in English.
    pub text: String,
    /// The code of its [`Wording`]; `None` in notices of releases that kept only the sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The arguments, by name. Words that somebody wrote are only in the sentence, so that they are kept once.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
}

impl Notice {
    /// Says which message of the conversation it is about, by its place in the log.
    #[must_use]
    pub fn about(mut self, index: u32) -> Self {
        self.text.push_str(" This is about message ");
        self.text.push_str(&index.to_string());
        self.text.push('.');
        self.args.insert("about".to_owned(), index.to_string());
        self
    }

    /// Takes the words out and leaves what kind of notice it was.
    pub fn redact(&mut self) {
        self.text.clear();
        self.args.clear();
    }
}

/// A sentence without a code, as earlier releases kept them.
impl From<&str> for Notice {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }
}

/// Every sentence that the server writes to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wording {
    /// An agent was offered something and did not answer.
    NoAnswer,
    /// An agent's client fell silent.
    ConnectionLost,
    /// A phone refused an operation on a call.
    OperationRefused,
    /// An agent asked a queue that is closed.
    QueueClosed,
    /// An agent asked a queue that takes nobody more in.
    QueueFull,
    /// An agent asked a queue, and nobody of it came.
    QueueSilent,
    /// A message came with one more attachment than could be kept.
    AttachmentLeftOut,
    /// A message came with several more.
    AttachmentsLeftOut,
    /// A text was longer than it may be.
    TextShortened,
    /// A text came with bytes of no alphabet, or with half of a character.
    CharactersUnreadable,
    /// A customer sent something that no client could show.
    ContentUnsupported,
    /// The same, by the platform's word for it.
    KindUnsupported,
    /// An entry of a log cannot be read.
    EntryUnreadable,
    /// A customer came by a link about which nothing is known.
    CameByLink,
    /// A customer came by a link.
    CameByKnownLink,
    /// A conversation was passed to an application.
    ConversationPassed,
    /// An application took a conversation from another.
    ConversationTaken,
    /// An application asks for a conversation.
    ConversationAskedFor,
    /// A customer wrote to another application while that had the conversation.
    WroteElsewhere,
    /// A customer reacted to a message.
    Reacted,
    /// A customer took a reaction back.
    ReactionTakenBack,
    /// A customer answers a message of the conversation.
    AnswersMessage,
    /// A customer answers a message of an earlier one.
    AnswersEarlier,
    /// Pairs that came with a message did not fit the user data.
    DataNotAdded,
    /// A customer does not want to be written to.
    OptedOut,
    /// A customer wants to be written to.
    OptedIn,
    /// A customer asked for help by a keyword.
    HelpAsked,
    /// A customer changed a message.
    MessageChanged,
    /// A message was taken back.
    MessageTakenBack,
}

impl Wording {
    /// All of them.
    pub const ALL: [Self; 29] = [
        Self::NoAnswer,
        Self::ConnectionLost,
        Self::OperationRefused,
        Self::QueueClosed,
        Self::QueueFull,
        Self::QueueSilent,
        Self::AttachmentLeftOut,
        Self::AttachmentsLeftOut,
        Self::TextShortened,
        Self::CharactersUnreadable,
        Self::ContentUnsupported,
        Self::KindUnsupported,
        Self::EntryUnreadable,
        Self::CameByLink,
        Self::CameByKnownLink,
        Self::ConversationPassed,
        Self::ConversationTaken,
        Self::ConversationAskedFor,
        Self::WroteElsewhere,
        Self::Reacted,
        Self::ReactionTakenBack,
        Self::AnswersMessage,
        Self::AnswersEarlier,
        Self::DataNotAdded,
        Self::OptedOut,
        Self::OptedIn,
        Self::HelpAsked,
        Self::MessageChanged,
        Self::MessageTakenBack,
    ];

    /// The code, and the sentence with the names of its arguments in braces.
    const fn row(self) -> (&'static str, &'static str) {
        match self {
            Self::NoAnswer => ("no-answer", "No answer"),
            Self::ConnectionLost => ("connection-lost", "Connection lost"),
            Self::OperationRefused => ("operation-refused", "The phone refused {operation} with code {code}"),
            Self::QueueClosed => ("queue-closed", "Queue {queue} is closed: {operation} reached nobody"),
            Self::QueueFull => {
                ("queue-full", "Queue {queue} takes nobody more in: {operation} reached nobody")
            }
            Self::QueueSilent => {
                ("queue-silent", "Nobody of queue {queue} came in time: {operation} reached nobody")
            }
            Self::AttachmentLeftOut => (
                "attachment-left-out",
                "The customer sent one more attachment, which could not be taken over.",
            ),
            Self::AttachmentsLeftOut => (
                "attachments-left-out",
                "The customer sent {count} more attachments, which could not be taken over.",
            ),
            Self::TextShortened => (
                "text-shortened",
                "The message above was too long to be kept whole: its last {characters} characters were left out.",
            ),
            Self::CharactersUnreadable => (
                "characters-unreadable",
                "Some characters of this message could not be read: \u{fffd} stands for each.",
            ),
            Self::ContentUnsupported => {
                ("content-unsupported", "The customer sent something that cannot be shown here.")
            }
            Self::KindUnsupported => {
                ("kind-unsupported", "The customer sent something that cannot be shown here: {kind}.")
            }
            Self::EntryUnreadable => ("entry-unreadable", "This entry cannot be read"),
            Self::CameByLink => ("came-by-link", "The customer came by a link."),
            Self::CameByKnownLink => ("came-by-known-link", "The customer came by a link: {link}."),
            Self::ConversationPassed => ("conversation-passed", "The conversation was passed to {to}."),
            Self::ConversationTaken => {
                ("conversation-taken", "The conversation was taken from {from} by {by}.")
            }
            Self::ConversationAskedFor => {
                ("conversation-asked-for", "The conversation is asked for by {by}.")
            }
            Self::WroteElsewhere => ("wrote-elsewhere", "The customer wrote to another application: {words}"),
            Self::Reacted => ("reacted", "The customer reacted with {sign}."),
            Self::ReactionTakenBack => ("reaction-taken-back", "The customer took back a reaction."),
            Self::AnswersMessage => ("answers-message", "The customer answers message {index}."),
            Self::AnswersEarlier => {
                ("answers-earlier", "The customer answers a message of an earlier conversation.")
            }
            Self::DataNotAdded => (
                "data-not-added",
                "What came with this message was not added to the user data, which is as large as it may be: {keys}.",
            ),
            Self::OptedOut => (
                "opted-out",
                "The customer has opted out: messages to this address are refused until the customer opts in again.",
            ),
            Self::OptedIn => ("opted-in", "The customer has opted in."),
            Self::HelpAsked => ("help-asked", "The customer asked for help by a keyword."),
            Self::MessageChanged => ("message-changed", "The customer changed message {index} to: {words}"),
            Self::MessageTakenBack => ("message-taken-back", "Message {index} was taken back."),
        }
    }

    /// The code: lower-case words with hyphens.
    pub const fn code(self) -> &'static str {
        self.row().0
    }

    /// The sentence without arguments.
    pub const fn sentence(self) -> &'static str {
        self.row().1
    }

    /// The notice without arguments.
    pub fn notice(self) -> Notice {
        self.with(&[])
    }

    /// The notice with its arguments. The one named `words` is only in the sentence.
    pub fn with(self, args: &[(&str, &dyn fmt::Display)]) -> Notice {
        let (mut text, mut rest) = (String::new(), self.sentence());
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            text.push_str(before);
            if let Some((_, value)) = args.iter().find(|(known, _)| *known == name) {
                text += &value.to_string();
            }
            rest = after;
        }
        text.push_str(rest);
        let kept = args.iter().filter(|(name, _)| *name != WORDS);
        Notice {
            text,
            code: Some(self.code().to_owned()),
            args: kept.map(|(name, value)| ((*name).to_owned(), value.to_string())).collect(),
        }
    }
}

/// The argument that is what somebody wrote.
const WORDS: &str = "words";

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_sentence_has_a_code_of_its_own() {
        let codes: BTreeSet<&str> = Wording::ALL.into_iter().map(Wording::code).collect();
        assert_eq!(codes.len(), Wording::ALL.len());
        let is_plain = |code: &str| code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        assert!(codes.into_iter().all(is_plain));
    }

    #[test]
    fn a_notice_is_its_sentence_with_the_arguments_in_their_places() {
        let notice = Wording::ConversationTaken.with(&[("by", &"this server"), ("from", &"{by}")]);
        assert_eq!(notice.text, "The conversation was taken from {by} by this server.");
        assert_eq!(notice.code.as_deref(), Some("conversation-taken"));
        assert_eq!(notice.args["from"], "{by}");
        let changed = Wording::MessageChanged.with(&[("index", &3), ("words", &"Hello")]);
        assert_eq!(changed.text, "The customer changed message 3 to: Hello");
        assert_eq!(changed.args.into_iter().collect::<Vec<_>>(), [("index".to_owned(), "3".to_owned())]);
        let about = Wording::ReactionTakenBack.notice().about(4);
        assert_eq!(about.text, "The customer took back a reaction. This is about message 4.");
        assert_eq!(about.args["about"], "4");
    }

    #[test]
    fn a_notice_of_an_earlier_release_is_read_and_written_as_it_was() {
        let old = r#"{"text":"The customer has opted in."}"#;
        let notice: Notice = serde_json::from_str(old).expect("a notice");
        assert_eq!(notice, "The customer has opted in.".into());
        assert_eq!(serde_json::to_string(&notice).expect("JSON"), old);
    }

    #[test]
    fn erased_is_all_but_what_kind_of_notice_it_was() {
        let mut notice = Wording::Reacted.with(&[("sign", &"+")]);
        notice.redact();
        assert_eq!(notice, Notice { code: Some("reacted".into()), ..Notice::default() });
    }
}

//! The media table: one row a medium. No other file names a medium.

use crate::ids::name;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

name!(
    /// The name of a medium: that of its channel on the wire, `chat` for instance.
    MediumName
);

/// What carries the messages of a medium between a customer's side and ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Connector {
    /// Customers ask this server itself, from a widget or an application.
    WebChat,
    /// A provider of text messages, over its HTTP interface (spec: channel-connectors#1B).
    Sms,
    /// The Messenger platform (spec: channel-connectors#2).
    Messenger,
}

/// Everything that sets one session medium apart from another (spec: digital-channels#1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Medium {
    /// Name of the medium and of its channel (`/me/channels/{name}`).
    pub name: MediumName,
    /// Other spellings that clients use for the channel.
    pub channel_aliases: &'static [&'static str],
    /// Collection below `/api/v2/me/`, and below `/api/v2/` in every `uri`.
    pub collection: &'static str,
    /// Other spellings of the collection that answer too.
    pub collection_aliases: &'static [&'static str],
    /// Keys of the resource in messages and answers, canonical first.
    pub singular: &'static [&'static str],
    /// Key of the list in an answer.
    pub plural: &'static str,
    /// Other spellings under which the list stands too.
    pub plural_aliases: &'static [&'static str],
    /// Notification topics, canonical first.
    pub topics: &'static [&'static str],
    /// `messageType` of a state change.
    pub message_type: &'static str,
    /// The features any of which opens the medium (spec: admin-and-reporting#2.4, last paragraph).
    pub features: &'static [&'static str],
    /// What carries its messages.
    pub connector: Connector,
}

/// The features any of which opens a text medium.
const MULTIMEDIA: &[&str] = &["api-multimedia", "api-multimedia-chat"];

impl Medium {
    /// A row that an installation adds over a connector there is already, under the names that follow from its
    /// own (spec: digital-channels#5.4): collection `<name>sessions`, key `<name>session`. The name is one word of
    /// lower-case letters and digits; `None` for any other.
    ///
    /// Rows are made once, at start, and live as long as the program: their texts are never freed.
    pub fn added(name: &str, connector: Connector) -> Option<Self> {
        let is_word = name.len() <= 32 && name.starts_with(|first: char| first.is_ascii_lowercase());
        if !is_word || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) {
            return None;
        }
        let word = |text: String| -> &'static str { text.leak() };
        let collection = word(format!("{name}sessions"));
        let singular = word(format!("{name}session"));
        let capital = name[..1].to_uppercase() + &name[1..];
        Some(Self {
            name: singular.into(),
            channel_aliases: vec![word(name.to_owned())].leak(),
            collection,
            collection_aliases: &[],
            singular: vec![singular].leak(),
            plural: collection,
            plural_aliases: &[],
            topics: vec![word(format!("/v2/me/{collection}"))].leak(),
            message_type: word(format!("{capital}sessionStateChangeMessage")),
            features: MULTIMEDIA,
            connector,
        })
    }
}

/// The voice channel. It has no sessions and therefore no row, but `channels` lists and logins name it.
pub const VOICE: &str = "voice";

/// The name of the voice channel, as slots and logins have it.
pub fn voice() -> MediumName {
    static NAME: std::sync::OnceLock<MediumName> = std::sync::OnceLock::new();
    NAME.get_or_init(|| VOICE.into()).clone()
}

/// The media this build serves, in the order in which answers list them.
pub const MEDIA: &[fn() -> Medium] = &[chat, smsession, facebooksession];

fn chat() -> Medium {
    Medium {
        name: "chat".into(),
        channel_aliases: &[],
        collection: "chats",
        collection_aliases: &[],
        singular: &["chat"],
        plural: "chats",
        plural_aliases: &[],
        topics: &["/v2/me/chats"],
        message_type: "ChatStateChangeMessage",
        features: MULTIMEDIA,
        connector: Connector::WebChat,
    }
}

/// The names are the seed's; those of the other documents answer too (spec: seeds#000, decisions#8).
fn smsession() -> Medium {
    Medium {
        name: "smsession".into(),
        channel_aliases: &["smssession"],
        collection: "smsessions",
        collection_aliases: &["smssessions", "smsssession"],
        singular: &["smsession", "smssession"],
        plural: "smsessions",
        plural_aliases: &["smssessions"],
        topics: &["/v2/me/smsessions", "/v2/me/smssessions", "/v2/me/smsession", "/v2/me/smssession"],
        message_type: "SMSsessionStateChangeMessage",
        features: MULTIMEDIA,
        connector: Connector::Sms,
    }
}

fn facebooksession() -> Medium {
    Medium {
        name: "facebooksession".into(),
        channel_aliases: &[],
        collection: "facebooksessions",
        collection_aliases: &["facebooksession"],
        singular: &["facebooksession"],
        plural: "facebooksessions",
        plural_aliases: &[],
        topics: &["/v2/me/facebooksession", "/v2/me/facebooksessions"],
        message_type: "FacebooksessionStateChangeMessage",
        features: MULTIMEDIA,
        connector: Connector::Messenger,
    }
}

/// A medium that clients ask for and this build does not serve: its collection answers, and is always empty
/// (spec: digital-channels#1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unserved {
    /// Collection below `/api/v2/me/`.
    pub collection: &'static str,
    /// Other spellings of the collection that answer too.
    pub collection_aliases: &'static [&'static str],
    /// Key of the list in an answer.
    pub plural: &'static str,
    /// The features any of which opens the collection.
    pub features: &'static [&'static str],
}

/// The media that are not served, in the order in which answers list them.
pub const UNSERVED: &[Unserved] = &[
    Unserved {
        collection: "emails",
        collection_aliases: &[],
        plural: "emails",
        features: &["api-multimedia", "api-multimedia-chat", "api-multimedia-email"],
    },
    Unserved {
        collection: "workitems",
        collection_aliases: &[],
        plural: "workitems",
        features: &["api-multimedia", "api-multimedia-chat", "api-multimedia-workitem"],
    },
    Unserved {
        collection: "tweets",
        collection_aliases: &["twitter", "twitters"],
        plural: "tweets",
        features: &["api-multimedia", "api-multimedia-chat", "api-multimedia-twitter"],
    },
    Unserved {
        collection: "facebook",
        collection_aliases: &[],
        plural: "facebooks",
        features: &["api-multimedia", "api-multimedia-chat", "api-multimedia-facebook"],
    },
];

/// The table as the program uses it.
#[derive(Clone, Debug)]
pub struct Media(Arc<[Medium]>);

impl Default for Media {
    fn default() -> Self {
        Self(MEDIA.iter().map(|row| row()).collect())
    }
}

impl Media {
    /// The table with further rows. `None` when a row has a name that another has: each address, channel and
    /// topic belongs to one medium.
    pub fn with(added: Vec<Medium>) -> Option<Self> {
        let mut rows: Vec<Medium> = MEDIA.iter().map(|row| row()).collect();
        for row in added {
            let taken = |other: &Medium| {
                other.name == row.name
                    || other
                        .channel_aliases
                        .iter()
                        .chain([&other.name.as_str()])
                        .any(|name| row.channel_aliases.contains(name) || *name == row.name.as_str())
                    || other.collection == row.collection
                    || other.collection_aliases.contains(&row.collection)
            };
            if rows.iter().any(taken) || row.channel_aliases.contains(&VOICE) {
                return None;
            }
            rows.push(row);
        }
        Some(Self(rows.into()))
    }

    /// The table with the keys under which objects of this medium stand in messages cut down to one spelling;
    /// unknown spellings change nothing (spec: decisions#8, `compat.sms_keys`).
    #[must_use]
    pub fn spelt(self, keep: &str) -> Self {
        let mut rows = self.0.to_vec();
        for row in &mut rows {
            if let Some(place) = row.singular.iter().position(|key| *key == keep) {
                row.singular = &row.singular[place..=place];
            }
        }
        Self(rows.into())
    }

    /// Every row.
    pub fn rows(&self) -> &[Medium] {
        &self.0
    }

    /// The row of a medium by its name.
    pub fn named(&self, name: &MediumName) -> Option<&Medium> {
        self.0.iter().find(|row| row.name == *name)
    }

    /// The row of a channel, by its name or an alias.
    pub fn channel(&self, text: &str) -> Option<&Medium> {
        self.0.iter().find(|row| row.name.as_str() == text || row.channel_aliases.contains(&text))
    }

    /// The row of a collection, by its name or an alias.
    pub fn collection(&self, text: &str) -> Option<&Medium> {
        self.0.iter().find(|row| row.collection == text || row.collection_aliases.contains(&text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_is_added_bears_names_that_follow_from_its_own() {
        let row = Medium::added("telegram", Connector::Sms).expect("a word");
        assert_eq!(row.name.as_str(), "telegramsession");
        assert_eq!(
            (row.collection, row.plural, row.singular),
            ("telegramsessions", "telegramsessions", &["telegramsession"][..])
        );
        assert_eq!(row.topics, ["/v2/me/telegramsessions"]);
        assert_eq!(row.message_type, "TelegramsessionStateChangeMessage");
        let media = Media::with(vec![row]).expect("nobody else has these names");
        assert_eq!(media.channel("telegram").map(|row| row.collection), Some("telegramsessions"));
    }

    #[test]
    fn a_row_is_one_word_and_takes_nobodys_name() {
        for name in ["", "What", "two words", "a/b", "9lives", &"x".repeat(33)] {
            assert!(Medium::added(name, Connector::Sms).is_none(), "{name}");
        }
        let twice = ["telegram", "telegram"].map(|name| Medium::added(name, Connector::Sms).expect("a word"));
        assert!(Media::with(twice.to_vec()).is_none());
        assert!(Media::with(vec![Medium::added("facebook", Connector::Sms).expect("a word")]).is_none());
        assert!(Media::with(vec![Medium::added("voice", Connector::Sms).expect("a word")]).is_none());
    }

    #[test]
    fn each_topic_and_address_belongs_to_one_medium() {
        let media = Media::default();
        let mut seen = std::collections::BTreeSet::new();
        for row in media.rows() {
            let addresses =
                row.collection_aliases.iter().chain([&row.collection]).map(|name| format!("/{name}"));
            assert!(
                addresses
                    .chain(row.topics.iter().map(|topic| (*topic).to_owned()))
                    .all(|name| seen.insert(name))
            );
        }
        let mut unserved =
            UNSERVED.iter().flat_map(|row| row.collection_aliases.iter().chain([&row.collection]));
        assert!(unserved.all(|name| seen.insert(format!("/{name}"))));
    }

    #[test]
    fn one_spelling_may_be_chosen() {
        let keys = |media: &Media| media.rows().iter().map(|row| row.singular.to_vec()).collect::<Vec<_>>();
        assert_eq!(keys(&Media::default().spelt("smssession"))[1], ["smssession"]);
        assert_eq!(keys(&Media::default().spelt("nothing")), keys(&Media::default()));
    }
}

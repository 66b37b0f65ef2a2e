//! The media table: one row a medium. No other file names a medium.

use crate::key::name;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

name!(
    /// The name of a medium: that of its channel on the wire, `chat` for instance.
    MediumName
);

/// Everything that sets one session medium apart from another (digital-channels §1.1).
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
    /// Notification topics, canonical first.
    pub topics: &'static [&'static str],
    /// `messageType` of a state change.
    pub message_type: &'static str,
    /// The features any of which opens the medium (admin-and-reporting §2.4, last paragraph).
    pub features: &'static [&'static str],
}

/// The voice channel: it has no sessions, so it is no row, but `channels` lists and logins name it.
pub const VOICE: &str = "voice";

/// The media this build serves, in the order in which answers list them.
pub const MEDIA: &[fn() -> Medium] = &[chat];

fn chat() -> Medium {
    Medium {
        name: "chat".into(),
        channel_aliases: &[],
        collection: "chats",
        collection_aliases: &[],
        singular: &["chat"],
        plural: "chats",
        topics: &["/v2/me/chats"],
        message_type: "ChatStateChangeMessage",
        features: &["api-multimedia", "api-multimedia-chat"],
    }
}

/// The table as the program uses it.
#[derive(Clone, Debug)]
pub struct Media(Arc<[Medium]>);

impl Default for Media {
    fn default() -> Self {
        Self(MEDIA.iter().map(|row| row()).collect())
    }
}

impl Media {
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

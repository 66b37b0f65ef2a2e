//! Messages of a conversation (spec: digital-channels#2.5).

use super::{
    participant::Participant,
    words::{Delivery, Visibility},
};
use crate::{links::Links, shown::Shown, time::timestamp};
use domain::{Message, message::Content};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// What an entry of a log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub enum MessageType {
    /// Words: `text`.
    Text,
    /// The author joined.
    ParticipantJoined,
    /// The author is seen by others than before, as `visibility` says.
    ParticipantRejoined,
    /// The author left.
    ParticipantLeft,
    /// The author types, and perhaps what so far: `text`.
    TypingStarted,
    /// The author stopped typing.
    TypingStopped,
    /// A link: `url`.
    PushUrl,
    /// A notice of an application: `noticeText`.
    CustomNotice,
    /// A sentence of the server: `text`.
    Notice,
    /// The author has a new name: `noticeText`.
    NicknameUpdated,
}

/// An entry of the log of a conversation.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Message)]
pub struct MessageResource<'m> {
    /// Its place in the log, from 1. Indexes have gaps where an entry is not for this agent.
    index: u32,
    /// What it is.
    r#type: MessageType,
    /// The words.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'m str>,
    /// The link.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'m str>,
    /// The notice, or the new name.
    #[serde(skip_serializing_if = "Option::is_none")]
    notice_text: Option<&'m str>,
    /// The writer's own word for the kind of message, where the server is set to tell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    message_type: Option<&'m str>,
    /// Who sees it.
    visibility: Visibility,
    /// When it was said: `2026-02-03 10:11:12.345+0100`.
    timestamp: String,
    /// The same in milliseconds since 1970, whatever the name says: every sample carries 13 digits.
    timestamp_seconds: i64,
    /// Who said it, as they were then.
    from: Participant<'m>,
    /// How far it has come, when a connector carries it to the customer. An addition of this server, in no document.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<Delivery>,
    /// The provider's code for what went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery_code: Option<&'m str>,
    /// What went wrong, in a sentence for an agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery_message: Option<&'m str>,
}

impl<'m> MessageResource<'m> {
    /// A message as agents are shown it.
    pub fn of(links: &Links, shown: Shown, message: &'m Message) -> Self {
        let mut resource = Self {
            index: message.index,
            r#type: MessageType::Text,
            text: None,
            url: None,
            notice_text: None,
            message_type: None,
            visibility: Visibility(message.visibility),
            timestamp: timestamp(message.at),
            timestamp_seconds: message.at,
            from: Participant::of_author(links, &message.from),
            delivery: message.delivery.as_ref().map(|progress| Delivery(progress.state)),
            delivery_code: message.delivery.as_ref().and_then(|progress| progress.code.as_deref()),
            delivery_message: message.delivery.as_ref().and_then(|progress| progress.why.as_deref()),
        };
        resource.r#type = match &message.content {
            Content::Text { text, message_type } => {
                resource.text = Some(text);
                resource.message_type = message_type.as_deref().filter(|_| shown.message_types);
                MessageType::Text
            }
            Content::Joined => MessageType::ParticipantJoined,
            Content::Rejoined => MessageType::ParticipantRejoined,
            Content::Left => MessageType::ParticipantLeft,
            Content::TypingStarted { text } => {
                resource.text = text.as_deref();
                MessageType::TypingStarted
            }
            Content::TypingStopped => MessageType::TypingStopped,
            Content::Url { url } => {
                resource.url = Some(url);
                MessageType::PushUrl
            }
            Content::CustomNotice { text } => {
                resource.notice_text = Some(text);
                MessageType::CustomNotice
            }
            Content::Notice(notice) => {
                resource.text = Some(&notice.text);
                MessageType::Notice
            }
            Content::Renamed { nickname } => {
                resource.notice_text = Some(nickname);
                MessageType::NicknameUpdated
            }
        };
        resource
    }
}

/// A message as `GET …/messages` answers it.
pub fn message_resource(links: &Links, shown: Shown, message: &Message) -> Value {
    serde_json::to_value(MessageResource::of(links, shown, message)).unwrap_or_default()
}

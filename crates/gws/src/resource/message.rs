//! Messages of a conversation (spec: digital-channels#2.5).

use super::participant::{Participant, visibility_name};
use crate::{links::Links, shown::Shown, time::timestamp};
use domain::{Message, message::Content};
use serde::Serialize;
use serde_json::Value;

/// A message.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WireMessage<'m> {
    index: u32,
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'m str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'m str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notice_text: Option<&'m str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_type: Option<&'m str>,
    visibility: &'static str,
    timestamp: String,
    /// Milliseconds, whatever the name says: every sample carries 13 digits.
    timestamp_seconds: i64,
    from: Participant<'m>,
    /// How far it has come, when a connector carries it to the customer. An addition of this server, in no document.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery_code: Option<&'m str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery_message: Option<&'m str>,
}

impl<'m> WireMessage<'m> {
    /// A message as an agent sees it.
    pub fn of(links: &Links, shown: Shown, message: &'m Message) -> Self {
        let mut wire = Self {
            index: message.index,
            r#type: "Text",
            text: None,
            url: None,
            notice_text: None,
            message_type: None,
            visibility: visibility_name(message.visibility),
            timestamp: timestamp(message.at),
            timestamp_seconds: message.at,
            from: Participant::of_author(links, &message.from),
            delivery: message.delivery.as_ref().map(|progress| progress.state.as_str()),
            delivery_code: message.delivery.as_ref().and_then(|progress| progress.code.as_deref()),
            delivery_message: message.delivery.as_ref().and_then(|progress| progress.why.as_deref()),
        };
        match &message.content {
            Content::Text { text, message_type } => {
                wire.text = Some(text);
                wire.message_type = message_type.as_deref().filter(|_| shown.message_types);
            }
            Content::Joined => wire.r#type = "ParticipantJoined",
            Content::Left => wire.r#type = "ParticipantLeft",
            Content::TypingStarted { text } => {
                wire.r#type = "TypingStarted";
                wire.text = text.as_deref();
            }
            Content::TypingStopped => wire.r#type = "TypingStopped",
            Content::Url { url } => {
                wire.r#type = "PushUrl";
                wire.url = Some(url);
            }
            Content::CustomNotice { text } => {
                wire.r#type = "CustomNotice";
                wire.notice_text = Some(text);
            }
            Content::Notice(notice) => {
                wire.r#type = "Notice";
                wire.text = Some(&notice.text);
            }
            Content::Renamed { nickname } => {
                wire.r#type = "NicknameUpdated";
                wire.notice_text = Some(nickname);
            }
        }
        wire
    }
}

/// A message as `GET …/messages` answers it.
pub fn message_resource(links: &Links, shown: Shown, message: &Message) -> Value {
    serde_json::to_value(WireMessage::of(links, shown, message)).unwrap_or_default()
}

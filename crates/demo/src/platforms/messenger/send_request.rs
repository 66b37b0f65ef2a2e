//! The JSON of a send, checked against the platform's rules (spec: channel-connectors#2.5).

use super::{trouble::MessengerError, window::HUMAN_AGENT};
use serde_json::Value;

/// The longest text, in characters.
const TEXT: usize = 2_000;
/// The longest metadata, in characters.
const METADATA: usize = 1_000;
/// The most quick replies, and the longest title of one, in characters.
const QUICK_REPLIES: usize = 13;
const TITLE: usize = 20;
/// What may be attached.
const ATTACHMENTS: [&str; 4] = ["image", "audio", "video", "file"];
/// What a page may do besides talking.
const ACTIONS: [&str; 5] = ["typing_on", "typing_off", "mark_seen", "react", "unreact"];
/// Tags of former years (spec: channel-connectors#2.6).
const RETIRED: [&str; 3] = ["CONFIRMED_EVENT_UPDATE", "POST_PURCHASE_UPDATE", "ACCOUNT_UPDATE"];

/// A send.
#[derive(Debug, PartialEq)]
pub(super) enum SendRequest {
    /// Something is said.
    Message(SentMessage),
    /// Something else is done: `typing_on` and so on.
    Action(String),
}

/// Something that is said.
#[derive(Debug, Default, PartialEq)]
pub(super) struct SentMessage {
    /// The words; empty for an attachment.
    pub(super) text: String,
    /// The attachment as it was given.
    pub(super) attachment: Option<Value>,
    /// What the sender wants to find in the echo.
    pub(super) metadata: Option<String>,
    /// The tag.
    pub(super) tag: Option<String>,
    /// Title and payload of each quick reply.
    pub(super) quick_replies: Vec<(String, String)>,
    /// The message it answers.
    pub(super) reply_to: Option<String>,
}

/// `recipient.id`, when there is one.
pub(super) fn recipient(body: &Value) -> Option<&str> {
    body["recipient"]["id"].as_str().filter(|id| !id.is_empty())
}

/// Reads a send.
pub(super) fn read(body: &Value) -> Result<SendRequest, MessengerError> {
    recipient(body).ok_or(MessengerError::parameter("(#100) The parameter recipient is required"))?;
    if let Some(action) = body.get("sender_action") {
        let action = action.as_str().filter(|action| ACTIONS.contains(action));
        let action =
            action.ok_or(MessengerError::parameter("(#100) Param sender_action must be one of the known"))?;
        if body.get("message").is_some() {
            return Err(MessengerError::parameter(
                "(#100) sender_action and message cannot be sent together",
            ));
        }
        return Ok(SendRequest::Action(action.to_owned()));
    }
    let tag = tag(body)?;
    let given = body.get("message").filter(|message| message.is_object());
    let given = given.ok_or(MessengerError::parameter("(#100) The parameter message is required"))?;
    let text = given.get("text").map(|text| text_of(text, TEXT)).transpose()?;
    let attachment = given.get("attachment").map(attachment).transpose()?;
    if text.is_some() == attachment.is_some() {
        return Err(MessengerError::parameter("(#100) A message has either text or attachment"));
    }
    let metadata = given.get("metadata").map(|metadata| text_of(metadata, METADATA - 1)).transpose()?;
    Ok(SendRequest::Message(SentMessage {
        text: text.unwrap_or_default(),
        attachment,
        metadata,
        tag,
        quick_replies: given.get("quick_replies").map(quick_replies).transpose()?.unwrap_or_default(),
        reply_to: body["reply_to"]["mid"].as_str().map(str::to_owned),
    }))
}

fn tag(body: &Value) -> Result<Option<String>, MessengerError> {
    let kind = body["messaging_type"].as_str().unwrap_or_default();
    let tag = body["tag"].as_str();
    match (kind, tag) {
        ("RESPONSE" | "UPDATE", None) => Ok(None),
        ("RESPONSE" | "UPDATE", Some(_)) => {
            Err(MessengerError::parameter("(#100) A tag needs messaging_type MESSAGE_TAG"))
        }
        ("MESSAGE_TAG", Some(HUMAN_AGENT)) => Ok(tag.map(str::to_owned)),
        ("MESSAGE_TAG", Some(old)) if RETIRED.contains(&old) => {
            Err(MessengerError::parameter("(#100) This message tag has been retired"))
        }
        ("MESSAGE_TAG", _) => Err(MessengerError::parameter("(#100) Param tag must be one of the known")),
        ("UTILITY", _) => {
            Err(MessengerError::parameter("(#100) A utility message needs an approved template"))
        }
        _ => Err(MessengerError::parameter("(#100) Param messaging_type must be one of the known")),
    }
}

fn text_of(value: &Value, longest: usize) -> Result<String, MessengerError> {
    let text = value.as_str().filter(|text| !text.is_empty());
    let text = text.ok_or(MessengerError::parameter("(#100) A text must be a non-empty string"))?;
    if text.chars().count() > longest {
        return Err(MessengerError::parameter("(#100) Length of param is longer than allowed"));
    }
    Ok(text.to_owned())
}

fn attachment(value: &Value) -> Result<Value, MessengerError> {
    let payload = &value["payload"];
    let is_known = value["type"].as_str().is_some_and(|kind| ATTACHMENTS.contains(&kind));
    let url = payload["url"].as_str().filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    if is_known && (url.is_some() != payload["attachment_id"].is_string()) {
        Ok(value.clone())
    } else {
        Err(MessengerError::parameter(
            "(#100) Param attachment needs a known type and either url or attachment_id",
        ))
    }
}

fn quick_replies(value: &Value) -> Result<Vec<(String, String)>, MessengerError> {
    let bad = MessengerError::parameter("(#100) Param quick_replies is wrong");
    let given = value.as_array().filter(|given| given.len() <= QUICK_REPLIES).ok_or(bad)?;
    given
        .iter()
        .map(|one| match one["content_type"].as_str() {
            Some("text") => {
                let title = text_of(&one["title"], TITLE)?;
                Ok((title, one["payload"].as_str().unwrap_or_default().to_owned()))
            }
            Some("user_phone_number" | "user_email") => Ok((String::new(), String::new())),
            _ => Err(bad),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn with(changes: &Value) -> Value {
        let mut body = json!({
            "recipient": { "id": "7" },
            "messaging_type": "RESPONSE",
            "message": { "text": "Hello", "metadata": "our-1" },
        });
        for (name, value) in changes.as_object().expect("an object") {
            if value.is_null() {
                body.as_object_mut().expect("an object").remove(name);
            } else {
                body[name] = value.clone();
            }
        }
        body
    }

    #[test]
    fn a_message_is_read() {
        let plain =
            SentMessage { text: "Hello".into(), metadata: Some("our-1".into()), ..SentMessage::default() };
        assert_eq!(read(&with(&json!({}))), Ok(SendRequest::Message(plain)));
    }

    #[test]
    fn what_the_platform_takes_is_taken() {
        let title = "t".repeat(20);
        for changes in [
            json!({ "messaging_type": "UPDATE" }),
            json!({ "messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT" }),
            json!({ "message": { "text": "ü".repeat(2_000) } }),
            json!({ "message": { "text": "x", "metadata": "m".repeat(999) } }),
            json!({ "message": { "attachment": { "type": "image", "payload": { "url": "https://x.example/a" } } } }),
            json!({ "message": { "attachment": { "type": "file", "payload": { "attachment_id": "5" } } } }),
            json!({ "message": { "text": "x", "quick_replies": [{ "content_type": "text", "title": title }] } }),
            json!({ "message": null, "messaging_type": null, "sender_action": "typing_on" }),
        ] {
            assert!(read(&with(&changes)).is_ok(), "{changes}");
        }
    }

    #[test]
    fn what_the_platform_refuses_is_refused() {
        let title = "t".repeat(21);
        let one = json!({ "content_type": "text", "title": "t" });
        for changes in [
            json!({ "recipient": null }),
            json!({ "recipient": { "id": 7 } }),
            json!({ "messaging_type": null }),
            json!({ "messaging_type": "UTILITY" }),
            json!({ "messaging_type": "MESSAGE_TAG" }),
            json!({ "messaging_type": "MESSAGE_TAG", "tag": "ACCOUNT_UPDATE" }),
            json!({ "tag": "HUMAN_AGENT" }),
            json!({ "message": null }),
            json!({ "message": {} }),
            json!({ "message": { "text": "" } }),
            json!({ "message": { "text": "ü".repeat(2_001) } }),
            json!({ "message": { "text": "x", "metadata": "m".repeat(1_000) } }),
            json!({ "message": { "text": "x", "attachment": { "type": "image", "payload": { "attachment_id": "5" } } } }),
            json!({ "message": { "attachment": { "type": "image", "payload": {} } } }),
            json!({ "message": { "attachment": { "type": "hat", "payload": { "attachment_id": "5" } } } }),
            json!({ "message": { "text": "x", "quick_replies": [{ "content_type": "text", "title": title }] } }),
            json!({ "message": { "text": "x", "quick_replies": vec![one; 14] } }),
            json!({ "sender_action": "typing_on" }),
            json!({ "message": null, "sender_action": "dance" }),
        ] {
            let refused = read(&with(&changes)).expect_err(&changes.to_string());
            assert_eq!((refused.code, refused.subcode), (100, None), "{changes}");
        }
    }

    proptest! {
        #[test]
        fn any_json_is_read_or_refused(text in r#"[\[\]{}":,a-z0-9 ]{0,60}"#) {
            let body = serde_json::from_str(&text).unwrap_or_default();
            let _ = read(&with(&json!({ "message": body })));
            let _ = read(&body);
        }
    }
}

//! What a customer does, in the words of the desk (digital-channels §4, channel-connectors §2.3).

use super::webhook::{Attachment, AttachmentKind, Message, Optin, Place, Postback, Referral, ThreadControl};
use domain::{UserData, command::Said, message::Content};

/// The words of a message, with what is attached.
pub(super) fn contents(text: &str, message_type: Option<&str>, attachments: &[Attachment]) -> Vec<Content> {
    let mut contents = Vec::with_capacity(1 + 2 * attachments.len());
    if !text.is_empty() {
        contents.push(words(text, message_type));
    }
    for attachment in attachments {
        match &attachment.url {
            // As a text for clients that know nothing else, and as a link for those that do.
            Some(url) => {
                contents.push(words(url, Some(kind(&attachment.kind))));
                contents.push(Content::Url { url: url.clone() });
            }
            None => contents.push(words(&described(attachment), Some(kind(&attachment.kind)))),
        }
    }
    if contents.is_empty() {
        contents.push(words("[unsupported]", Some("unsupported")));
    }
    contents
}

/// A message.
pub(super) fn message(message: &Message) -> Said {
    let message_type = message.quick_reply.as_ref().map(|_| "quick_reply");
    let mut data = UserData::default();
    put(&mut data, "quickReplyPayload", message.quick_reply.as_ref());
    refer(&mut data, message.referral.as_ref());
    opening(contents(&message.text, message_type, &message.attachments), data)
}

/// A button that was pressed.
pub(super) fn postback(postback: &Postback) -> Said {
    let text = postback.title.as_ref().or(postback.payload.as_ref());
    let text = text.map_or("[postback]", String::as_str);
    let mut data = UserData::default();
    put(&mut data, "postbackPayload", postback.payload.as_ref());
    refer(&mut data, postback.referral.as_ref());
    opening(vec![words(text, Some("postback"))], data)
}

/// The wish to be written to.
pub(super) fn optin(optin: &Optin) -> Said {
    let mut data = UserData::default();
    put(&mut data, "optinType", optin.kind.as_ref());
    put(&mut data, "optinRef", optin.reference.as_ref());
    opening(vec![words("[opt-in]", Some("optin"))], data)
}

/// A link or an advertisement by which the customer came; by itself it opens no conversation.
pub(super) fn referral(referral: &Referral) -> Said {
    let mut data = UserData::default();
    refer(&mut data, Some(referral));
    Said { user_data: data, ..Said::default() }
}

/// A conversation that another application passes to us, with what it says of it (channel-connectors §2.9).
pub(super) fn passed(control: &ThreadControl) -> Said {
    let mut data = UserData::default();
    put(&mut data, "threadControlApp", control.previous_owner.as_ref());
    put(&mut data, "threadControlMetadata", control.metadata.as_ref());
    opening(Vec::new(), data)
}

fn opening(content: Vec<Content>, user_data: UserData) -> Said {
    Said { content, user_data, opens: true, ..Said::default() }
}

fn words(text: &str, message_type: Option<&str>) -> Content {
    Content::Text { text: text.to_owned(), message_type: message_type.map(str::to_owned) }
}

fn refer(data: &mut UserData, referral: Option<&Referral>) {
    let Some(referral) = referral else { return };
    put(data, "referralRef", referral.reference.as_ref());
    put(data, "referralSource", referral.source.as_ref());
    put(data, "referralType", referral.kind.as_ref());
    put(data, "referralAdId", referral.ad_id.as_ref());
    put(data, "referralUri", referral.referer_uri.as_ref());
}

fn put(data: &mut UserData, key: &str, value: Option<&String>) {
    if let Some(value) = value {
        data.set(key, value.clone().into());
    }
}

/// What stands for something that cannot be fetched.
fn described(attachment: &Attachment) -> String {
    let kind = kind(&attachment.kind);
    let place = attachment.place.map(|Place { latitude, longitude }| format!("{latitude}, {longitude}"));
    match attachment.title.clone().or(place).or_else(|| attachment.sticker.clone()) {
        Some(what) => format!("[{kind}] {what}"),
        None => format!("[{kind}]"),
    }
}

/// The platform's word for an attachment.
fn kind(kind: &AttachmentKind) -> &str {
    match kind {
        AttachmentKind::Image => "image",
        AttachmentKind::Audio => "audio",
        AttachmentKind::Video => "video",
        AttachmentKind::File => "file",
        AttachmentKind::Location => "location",
        AttachmentKind::Template => "template",
        AttachmentKind::Fallback => "fallback",
        AttachmentKind::Reel => "reel",
        AttachmentKind::IgReel => "ig_reel",
        AttachmentKind::Post => "post",
        AttachmentKind::IgPost => "ig_post",
        AttachmentKind::AppointmentBooking => "appointment_booking",
        AttachmentKind::Sticker => "sticker",
        AttachmentKind::Other(name) => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn text(text: &str, message_type: &str) -> Content {
        words(text, Some(message_type))
    }

    fn attached(kind: AttachmentKind) -> Attachment {
        Attachment { kind, url: None, title: None, sticker: None, place: None }
    }

    fn url(kind: AttachmentKind) -> Attachment {
        Attachment { url: Some("https://cdn/x".into()), ..attached(kind) }
    }

    #[test]
    fn an_attachment_is_a_text_and_a_link() {
        let link = Content::Url { url: "https://cdn/x".into() };
        assert_eq!(
            contents("Look", None, &[url(AttachmentKind::Image)]),
            [words("Look", None), text("https://cdn/x", "image"), link.clone()]
        );
        let sticker = Attachment { sticker: Some("369".into()), ..url(AttachmentKind::Sticker) };
        assert_eq!(contents("", None, &[sticker]), [text("https://cdn/x", "sticker"), link]);
    }

    #[test]
    fn what_cannot_be_fetched_is_named() {
        let title = Some("A shared post".to_owned());
        let place = Some(Place { latitude: 52.5, longitude: -13.25 });
        for (attachment, said) in [
            (attached(AttachmentKind::Fallback), text("[fallback]", "fallback")),
            (
                Attachment { title, ..attached(AttachmentKind::Fallback) },
                text("[fallback] A shared post", "fallback"),
            ),
            (
                Attachment { place, ..attached(AttachmentKind::Location) },
                text("[location] 52.5, -13.25", "location"),
            ),
            (
                Attachment { sticker: Some("369".into()), ..attached(AttachmentKind::Sticker) },
                text("[sticker] 369", "sticker"),
            ),
            (attached(AttachmentKind::Other("poll".into())), text("[poll]", "poll")),
        ] {
            assert_eq!(contents("", None, &[attachment]), [said]);
        }
        assert_eq!(contents("", None, &[]), [text("[unsupported]", "unsupported")]);
    }

    #[test]
    fn buttons_say_what_stood_on_them_and_keep_what_stands_behind() {
        let pressed = |title: Option<&str>, payload: Option<&str>| {
            let referral = Some(Referral { ad_id: Some("7".into()), ..Referral::default() });
            postback(&Postback {
                mid: None,
                title: title.map(str::to_owned),
                payload: payload.map(str::to_owned),
                referral,
            })
        };
        let said = pressed(Some("Get started"), Some("START"));
        assert_eq!(said.content, [text("Get started", "postback")]);
        assert_eq!(
            serde_json::to_value(&said.user_data).expect("JSON"),
            json!({"postbackPayload": "START", "referralAdId": "7"})
        );
        assert!(said.opens);
        assert_eq!(pressed(None, Some("START")).content, [text("START", "postback")]);
        assert_eq!(pressed(None, None).content, [text("[postback]", "postback")]);
    }

    #[test]
    fn a_bare_referral_says_nothing_and_opens_nothing() {
        let said = referral(&Referral { reference: Some("winter".into()), ..Referral::default() });
        assert_eq!((said.content.len(), said.opens), (0, false));
        assert_eq!(said.user_data.get("referralRef"), Some(&json!("winter")));
    }
}

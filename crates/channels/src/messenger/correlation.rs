//! What a customer does, in the words of the desk (spec: digital-channels#4, channel-connectors#2.3).

use super::webhook::{
    Attachment, AttachmentKind, Location, Optin, Postback, ReceivedMessage, Referral, ThreadControl,
};
use crate::shorten;
use domain::{
    UserData,
    command::CustomerMessage,
    message::Content,
    notice::{Notice, Wording},
};

/// The words of a message, with its attachments, and with notices of what could not be taken over: `left_out`
/// attachments, letters beyond the longest text, characters that could not be read.
pub(super) fn contents(
    text: &str,
    message_type: Option<&str>,
    attachments: &[Attachment],
    left_out: usize,
) -> Vec<Content> {
    let mut contents = Vec::with_capacity(1 + 2 * attachments.len());
    if !text.is_empty() {
        contents.extend(shorten::words(text.to_owned(), message_type.map(str::to_owned)));
    }
    for attachment in attachments {
        let kind = kind(&attachment.kind);
        if attachment.url.is_none() || attachment.title.is_some() || attachment.place.is_some() {
            contents.push(words(&described(attachment), Some(kind)));
        }
        if let Some(url) = &attachment.url {
            // As a text for clients that know no links, and as a link for the others.
            contents.push(words(url, Some(kind)));
            contents.push(Content::Url { url: url.clone() });
        }
    }
    if contents.is_empty() {
        contents.push(words("[unsupported]", Some("unsupported")));
    }
    let more = || Content::Notice(Wording::AttachmentsLeftOut.with(&[("count", &left_out)]));
    contents.extend((left_out > 0).then(more));
    let is_garbled = text.contains(char::REPLACEMENT_CHARACTER);
    contents.extend(is_garbled.then(|| Content::Notice(Wording::CharactersUnreadable.notice())));
    contents
}

/// A message.
pub(super) fn message(message: &ReceivedMessage) -> CustomerMessage {
    let message_type = message.quick_reply.as_ref().map(|_| "quick_reply");
    let mut data = UserData::default();
    put(&mut data, "quickReplyPayload", message.quick_reply.as_ref());
    refer(&mut data, message.referral.as_ref());
    let contents = contents(&message.text, message_type, &message.attachments, message.left_out);
    CustomerMessage { notice: came(message.referral.as_ref()), ..opening(contents, data) }
}

/// A button that was pressed.
pub(super) fn postback(postback: &Postback) -> CustomerMessage {
    let text = postback.title.as_ref().or(postback.payload.as_ref());
    let text = text.map_or("[postback]", String::as_str);
    let mut data = UserData::default();
    put(&mut data, "postbackPayload", postback.payload.as_ref());
    refer(&mut data, postback.referral.as_ref());
    let notice = came(postback.referral.as_ref());
    CustomerMessage { notice, ..opening(vec![words(text, Some("postback"))], data) }
}

/// The wish to be written to.
pub(super) fn optin(optin: &Optin) -> CustomerMessage {
    let mut data = UserData::default();
    put(&mut data, "optinType", optin.kind.as_ref());
    put(&mut data, "optinRef", optin.reference.as_ref());
    opening(vec![words("[opt-in]", Some("optin"))], data)
}

/// A link or an advertisement by which the customer came; by itself it opens no conversation.
pub(super) fn referral(referral: &Referral) -> CustomerMessage {
    let mut data = UserData::default();
    refer(&mut data, Some(referral));
    CustomerMessage { user_data: data, notice: came(Some(referral)), ..CustomerMessage::default() }
}

/// What an agent reads about the link by which a customer came.
fn came(referral: Option<&Referral>) -> Option<Notice> {
    let Referral { reference, source, ad_id, referer_uri, kind: _ } = referral?;
    let told = [("ref", reference), ("source", source), ("advertisement", ad_id), ("from", referer_uri)];
    let told: Vec<String> =
        told.into_iter().filter_map(|(what, value)| Some(format!("{what} {}", value.as_ref()?))).collect();
    Some(if told.is_empty() {
        Wording::CameByLink.notice()
    } else {
        Wording::CameByKnownLink.with(&[("link", &told.join(", "))])
    })
}

/// A conversation that another application passes to us, with what that application says of it
/// (spec: channel-connectors#2.9).
pub(super) fn passed(control: &ThreadControl) -> CustomerMessage {
    let mut data = UserData::default();
    put(&mut data, "threadControlApp", control.previous_owner.as_ref());
    put(&mut data, "threadControlMetadata", control.metadata.as_ref());
    opening(Vec::new(), data)
}

fn opening(content: Vec<Content>, user_data: UserData) -> CustomerMessage {
    CustomerMessage { content, user_data, opens: true, ..CustomerMessage::default() }
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

/// What is known of an attachment besides its address.
fn described(attachment: &Attachment) -> String {
    let kind = kind(&attachment.kind);
    let place = attachment.place.map(|Location { latitude, longitude }| format!("{latitude}, {longitude}"));
    let told = match (place, attachment.title.clone()) {
        (Some(place), Some(title)) => Some(format!("{place}: {title}")),
        (place, title) => place.or(title).or_else(|| attachment.sticker.clone()),
    };
    match told {
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
    use domain::message::MAX_TEXT;
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
            contents("Look", None, &[url(AttachmentKind::Image)], 0),
            [words("Look", None), text("https://cdn/x", "image"), link.clone()]
        );
        let sticker = Attachment { sticker: Some("369".into()), ..url(AttachmentKind::Sticker) };
        assert_eq!(contents("", None, &[sticker], 0), [text("https://cdn/x", "sticker"), link]);
    }

    #[test]
    fn what_cannot_be_fetched_is_named() {
        let title = Some("A shared post".to_owned());
        let place = Some(Location { latitude: 52.5, longitude: -13.25 });
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
            assert_eq!(contents("", None, &[attachment], 0), [said]);
        }
        assert_eq!(contents("", None, &[], 0), [text("[unsupported]", "unsupported")]);
    }

    #[test]
    fn a_place_and_a_shared_page_say_what_they_are_beside_their_address() {
        let link = || Content::Url { url: "https://cdn/x".into() };
        let place = Some(Location { latitude: 52.5, longitude: -13.25 });
        let pinned = Attachment { place, title: Some("Pinned".into()), ..url(AttachmentKind::Location) };
        let told = text("[location] 52.5, -13.25: Pinned", "location");
        assert_eq!(contents("", None, &[pinned], 0), [told, text("https://cdn/x", "location"), link()]);
        let page = Attachment { title: Some("A page".into()), ..url(AttachmentKind::Fallback) };
        let told = text("[fallback] A page", "fallback");
        assert_eq!(contents("", None, &[page], 0), [told, text("https://cdn/x", "fallback"), link()]);
    }

    #[test]
    fn what_could_not_be_taken_over_is_told() {
        let notices = |contents: Vec<Content>| {
            let notice = |content| match content {
                Content::Notice(notice) => Some(notice.text),
                _ => None,
            };
            contents.into_iter().filter_map(notice).collect::<Vec<_>>()
        };
        let long = "ह".repeat(MAX_TEXT.chars + 1);
        let told = "The message above was too long to be kept whole: its last 2 characters were left out.";
        assert_eq!(notices(contents(&long, None, &[], 0)), [told]);
        assert_eq!(
            notices(contents("Hi \u{fffd}", None, &[], 0)),
            [Wording::CharactersUnreadable.sentence()]
        );
        let told = "The customer sent 3 more attachments, which could not be taken over.";
        assert_eq!(notices(contents("Hi", None, &[], 3)), [told]);
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
    fn a_bare_referral_is_told_and_opens_nothing() {
        let said = referral(&Referral { reference: Some("winter".into()), ..Referral::default() });
        assert_eq!((said.content.len(), said.opens), (0, false));
        assert_eq!(said.user_data.get("referralRef"), Some(&json!("winter")));
        let notice = said.notice.expect("a notice");
        assert_eq!(notice.text, "The customer came by a link: ref winter.");
    }
}

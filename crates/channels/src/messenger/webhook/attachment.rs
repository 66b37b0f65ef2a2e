//! What is attached to a message.

use super::poison::words;
use crate::messenger::scalar::Id;
use domain::json::Bound;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The most attachments of one message; Messenger takes 30 pictures at once.
const MAX_ATTACHMENTS: usize = 100;
/// The longest address, in bytes; those of the platform are signed and some 500 long.
const MAX_URL: usize = 8 * 1024;
/// The longest title.
const MAX_TITLE: Bound = Bound::chars(1024);
/// The longest id of a sticker, and name of a kind that is not known.
const MAX_NAME: Bound = Bound::chars(64);

/// Something attached to a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Attachment {
    /// What it is.
    pub kind: AttachmentKind,
    /// Where it can be fetched from for a short time. Some attachments have none; an address that is too long is left
    /// out.
    pub url: Option<String>,
    /// Its title, for instance of a page that somebody shared.
    pub title: Option<String>,
    /// The id of a sticker.
    pub sticker: Option<String>,
    /// The place of a location.
    pub place: Option<Location>,
}

/// What an attachment is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    /// A picture.
    Image,
    /// A voice message or a piece of sound.
    Audio,
    /// A film.
    Video,
    /// A file of any other type.
    File,
    /// A place.
    Location,
    /// A structured message: a product, a receipt.
    Template,
    /// Something shared that has no type of its own, for instance a link; there may be nothing to fetch.
    Fallback,
    /// A short film of Facebook.
    Reel,
    /// A short film of Instagram.
    IgReel,
    /// A post of Facebook.
    Post,
    /// A post of Instagram.
    IgPost,
    /// An appointment that was made.
    AppointmentBooking,
    /// A sticker.
    Sticker,
    /// Something this server does not know, by its name.
    #[serde(untagged)]
    Other(String),
}

/// A place on the earth, in degrees.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Location {
    /// North of the equator.
    #[serde(rename = "lat")]
    pub latitude: f64,
    /// East of Greenwich.
    #[serde(rename = "long")]
    pub longitude: f64,
}

/// An attachment on the wire.
#[derive(Deserialize)]
pub(super) struct Attached {
    #[serde(rename = "type")]
    kind: AttachmentKind,
    title: Option<String>,
    url: Option<String>,
    payload: Option<Box<RawValue>>,
}

#[derive(Default, Deserialize)]
struct Payload {
    url: Option<String>,
    title: Option<String>,
    sticker_id: Option<Id>,
    coordinates: Option<Location>,
}

/// The attachments of a message, and how many more there are than one may have. `sticker` is the message's own
/// `sticker_id`, the oldest form.
///
/// Until August 2026 a sticker came as an image, for a time as an image and as a sticker, since then as a sticker:
/// it is one sticker here in any case (spec: channel-connectors#2.3).
pub(super) fn attachments(attached: Vec<Attached>, sticker: Option<Id>) -> (Vec<Attachment>, usize) {
    let left_out = attached.len().saturating_sub(MAX_ATTACHMENTS);
    let mut all: Vec<Attachment> = attached.into_iter().take(MAX_ATTACHMENTS).map(Attachment::of).collect();
    if let Some(id) = name(sticker)
        && !all.iter().any(|attachment| attachment.sticker.as_ref() == Some(&id))
    {
        let image = all.iter_mut().find(|attachment| attachment.kind == AttachmentKind::Image);
        match image {
            Some(image) => (image.kind, image.sticker) = (AttachmentKind::Sticker, Some(id)),
            None => {
                all.push(Attachment { sticker: Some(id), ..Attachment::bare(AttachmentKind::Sticker) });
            }
        }
    }
    let mut kept: Vec<Attachment> = Vec::with_capacity(all.len());
    for attachment in all {
        let twin = attachment
            .sticker
            .as_ref()
            .and_then(|id| kept.iter_mut().find(|kept| kept.sticker.as_ref() == Some(id)));
        match twin {
            Some(twin) => twin.url = twin.url.take().or(attachment.url),
            None => kept.push(attachment),
        }
    }
    (kept, left_out)
}

fn name(id: Option<Id>) -> Option<String> {
    words(id.map(|Id(id)| id), MAX_NAME)
}

impl Attachment {
    /// Something of this kind about which nothing else is known.
    pub(super) const fn bare(kind: AttachmentKind) -> Self {
        Self { kind, url: None, title: None, sticker: None, place: None }
    }

    fn of(attached: Attached) -> Self {
        let Attached { kind, title, url, payload } = attached;
        // Only kinds that are not known have a payload of another shape; the words beside it must not be lost for that.
        let payload: Payload =
            payload.and_then(|payload| serde_json::from_str(payload.get()).ok()).unwrap_or_default();
        let sticker = name(payload.sticker_id);
        let kind = match kind {
            AttachmentKind::Image if sticker.is_some() => AttachmentKind::Sticker,
            AttachmentKind::Other(name) => AttachmentKind::Other(MAX_NAME.prefix(&name).to_owned()),
            kind => kind,
        };
        let url = payload.url.or(url).filter(|url| !url.is_empty() && url.len() <= MAX_URL);
        Self {
            kind,
            url,
            title: words(title.or(payload.title), MAX_TITLE),
            sticker,
            place: payload.coordinates,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(attached: Value, sticker: Option<&str>) -> Vec<Attachment> {
        let attached = serde_json::from_value(attached).expect("attachments");
        attachments(attached, sticker.map(|id| Id(id.into()))).0
    }

    fn bare(kind: AttachmentKind) -> Attachment {
        Attachment::bare(kind)
    }

    #[test]
    fn every_kind_has_its_name() {
        for (name, kind) in [
            ("image", AttachmentKind::Image),
            ("audio", AttachmentKind::Audio),
            ("video", AttachmentKind::Video),
            ("file", AttachmentKind::File),
            ("location", AttachmentKind::Location),
            ("template", AttachmentKind::Template),
            ("fallback", AttachmentKind::Fallback),
            ("reel", AttachmentKind::Reel),
            ("ig_reel", AttachmentKind::IgReel),
            ("post", AttachmentKind::Post),
            ("ig_post", AttachmentKind::IgPost),
            ("appointment_booking", AttachmentKind::AppointmentBooking),
            ("sticker", AttachmentKind::Sticker),
            ("hologram", AttachmentKind::Other("hologram".into())),
        ] {
            let url = Some("https://cdn.example/1".to_owned());
            let attached = json!([{"type": name, "payload": {"url": url, "new": {}}}]);
            assert_eq!(read(attached, None), vec![Attachment { url, ..bare(kind) }]);
        }
    }

    #[test]
    fn a_fallback_may_have_nothing_to_fetch() {
        for payload in [json!(null), json!({}), json!("none"), json!([1])] {
            let attached = json!([{"type": "fallback", "title": "A page", "payload": payload}]);
            let title = Some("A page".to_owned());
            assert_eq!(read(attached, None), vec![Attachment { title, ..bare(AttachmentKind::Fallback) }]);
        }
        let attached = json!([{"type": "fallback", "url": "https://example.com", "title": "A page"}]);
        let (url, title) = (Some("https://example.com".to_owned()), Some("A page".to_owned()));
        assert_eq!(read(attached, None), vec![Attachment { url, title, ..bare(AttachmentKind::Fallback) }]);
        assert_eq!(read(json!([{"type": "fallback"}]), None), vec![bare(AttachmentKind::Fallback)]);
    }

    #[test]
    fn a_place_has_its_coordinates() {
        let attached =
            json!([{"type": "location", "payload": {"coordinates": {"lat": 48.2, "long": -16.4}}}]);
        let place = Some(Location { latitude: 48.2, longitude: -16.4 });
        assert_eq!(read(attached, None), vec![Attachment { place, ..bare(AttachmentKind::Location) }]);
    }

    #[test]
    fn a_sticker_is_one_in_every_form() {
        let image = json!({"type": "image", "payload": {"url": "https://cdn.example/1", "sticker_id": 369}});
        let plain = json!({"type": "image", "payload": {"url": "https://cdn.example/1"}});
        let sticker =
            json!({"type": "sticker", "payload": {"url": "https://cdn.example/1", "sticker_id": "369"}});
        let without_url = json!({"type": "sticker", "payload": {"sticker_id": "369"}});
        for (attached, own) in [
            (json!([image]), None),
            (json!([image]), Some("369")),
            (json!([plain]), Some("369")),
            (json!([sticker]), None),
            (json!([image, sticker]), None),
            (json!([sticker, image]), Some("369")),
            (json!([without_url, image]), None),
        ] {
            let one = Attachment {
                url: Some("https://cdn.example/1".into()),
                sticker: Some("369".into()),
                ..bare(AttachmentKind::Sticker)
            };
            assert_eq!(read(attached.clone(), own), vec![one], "{attached} {own:?}");
        }
        let one = Attachment { sticker: Some("369".into()), ..bare(AttachmentKind::Sticker) };
        assert_eq!(read(json!([]), Some("369")), vec![one]);
    }

    #[test]
    fn number_and_length_are_bounded() {
        let one = json!({"type": "image", "payload": {"url": "https://cdn.example/1"}});
        let many = |count| {
            let attached = serde_json::from_value(vec![one.clone(); count].into()).expect("attachments");
            let (all, left_out) = attachments(attached, None);
            (all.len(), left_out)
        };
        assert_eq!((many(100), many(117)), ((100, 0), (100, 17)));
        let long = |part: &str, length| json!([{"type": "image", part: "h".repeat(length)}]);
        assert_eq!(read(long("url", MAX_URL + 1), None), vec![bare(AttachmentKind::Image)]);
        let title = read(long("title", MAX_TITLE.chars + 1), None)[0].title.clone().expect("a title");
        assert!(MAX_TITLE.holds(&title) && title.ends_with("h…"));
        let other = read(json!([{"type": "x".repeat(500)}]), None);
        assert_eq!(other[0].kind, AttachmentKind::Other("x".repeat(MAX_NAME.chars)));
    }
}

//! What was written: by the person, by the page, changed, and taken back.

use super::{
    attachment::{Attached, Attachment, AttachmentKind, attachments},
    poison::{Poison, optional, required, words},
    shape::{MAX_ID, MAX_MID, MAX_PAYLOAD, shape},
    signal::{Referral, Referred},
};
use crate::messenger::scalar::{Id, Whole};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// The longest name of a part that is not known, in characters.
const MAX_KIND: usize = 64;
/// The name for parts of a message whose shape nobody knows.
const UNREADABLE: &str = "unreadable";
/// The parts of a message that this server knows, or that say nothing to an agent.
const KNOWN: [&str; 14] = [
    "mid",
    "seq",
    "text",
    "attachments",
    "quick_reply",
    "reply_to",
    "referral",
    "sticker_id",
    "is_echo",
    "is_deleted",
    "is_unsupported",
    "app_id",
    "metadata",
    "nlp",
];

/// What a person wrote.
#[derive(Clone, Debug, PartialEq)]
pub struct ReceivedMessage {
    /// Its id.
    pub mid: String,
    /// The words, all of them. Empty if there are none, as with a picture only.
    pub text: String,
    /// What is attached, stickers among it.
    pub attachments: Vec<Attachment>,
    /// How many more attachments there were than a message may have.
    pub left_out: usize,
    /// The payload of the quick reply that was chosen.
    pub quick_reply: Option<String>,
    /// What it answers.
    pub reply_to: Option<ReplyTo>,
    /// The link or advertisement by which the person came.
    pub referral: Option<Referral>,
}

/// What a message answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyTo {
    /// The id of the message.
    pub mid: String,
    /// Whether it was written by the same side.
    pub is_self_reply: bool,
}

/// What the page wrote, through whatever app.
#[derive(Clone, Debug, PartialEq)]
pub struct Echo {
    /// Its id.
    pub mid: String,
    /// The words. Empty if there are none.
    pub text: String,
    /// What is attached.
    pub attachments: Vec<Attachment>,
    /// How many more attachments there were than a message may have.
    pub left_out: usize,
    /// The app it was sent through; none if it was written in the page's inbox.
    pub app_id: Option<String>,
    /// What that app sent with it: our id of the message, if it is ours.
    pub metadata: Option<String>,
}

/// A change of what was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The message.
    pub mid: String,
    /// Its new words.
    pub text: String,
    /// How often it has been changed, this time included.
    pub count: i64,
}

/// What a field `message` may say.
pub(super) enum MessageKind {
    /// The person wrote.
    Message(ReceivedMessage),
    /// The page wrote.
    Echo(Echo),
    /// What was written (`mid`) was taken back.
    Unsent(String),
}

#[derive(Default, Deserialize)]
struct MessageJson {
    mid: Option<String>,
    text: Option<String>,
    attachments: Option<Vec<Attached>>,
    quick_reply: Option<QuickReply>,
    reply_to: Option<Replied>,
    referral: Option<Referred>,
    sticker_id: Option<Id>,
    is_echo: Option<bool>,
    is_deleted: Option<bool>,
    app_id: Option<Id>,
    metadata: Option<String>,
}

/// The most important parts of a message, for when another part has a shape that nobody knows.
#[derive(Deserialize)]
struct Core {
    mid: Option<String>,
    text: Option<String>,
    is_echo: Option<bool>,
    is_deleted: Option<bool>,
    app_id: Option<Id>,
    metadata: Option<String>,
}

#[derive(Deserialize)]
struct QuickReply {
    payload: Option<String>,
}

#[derive(Deserialize)]
struct Replied {
    mid: Option<String>,
    is_self_reply: Option<bool>,
}

#[derive(Deserialize)]
struct Edited {
    mid: Option<String>,
    text: Option<String>,
    num_edit: Option<Whole>,
}

/// `message`.
pub(super) fn message(raw: &str, kind: &'static str) -> Result<MessageKind, Poison> {
    let (written, is_whole) = if let Ok(written) = shape(raw, kind) {
        (written, true)
    } else {
        let Core { mid, text, is_echo, is_deleted, app_id, metadata } = shape(raw, kind)?;
        (MessageJson { mid, text, is_echo, is_deleted, app_id, metadata, ..MessageJson::default() }, false)
    };
    let mid = required(written.mid, "mid", MAX_MID)?;
    if written.is_deleted == Some(true) {
        return Ok(MessageKind::Unsent(mid));
    }
    let text = written.text.unwrap_or_default();
    let (mut attachments, left_out) =
        attachments(written.attachments.unwrap_or_default(), written.sticker_id);
    if !is_whole {
        attachments.push(Attachment::bare(AttachmentKind::Other(UNREADABLE.into())));
    } else if text.is_empty() && attachments.is_empty() {
        attachments.extend(unknown(raw)?.map(|kind| Attachment::bare(AttachmentKind::Other(kind))));
    }
    if written.is_echo == Some(true) {
        return Ok(MessageKind::Echo(Echo {
            mid,
            text,
            attachments,
            left_out,
            app_id: optional(written.app_id.map(|Id(id)| id), "app_id", MAX_ID)?,
            // A word longer than ours can be is not ours.
            metadata: written.metadata.filter(|word| !word.is_empty() && MAX_PAYLOAD.holds(word)),
        }));
    }
    let quick_reply = words(written.quick_reply.and_then(|reply| reply.payload), MAX_PAYLOAD);
    Ok(MessageKind::Message(ReceivedMessage {
        mid,
        text,
        attachments,
        left_out,
        quick_reply,
        reply_to: written.reply_to.and_then(ReplyTo::of),
        referral: written.referral.map(Referral::of),
    }))
}

/// The kind of a message that has nothing this server knows: the name of the unknown part.
fn unknown(raw: &str) -> Result<Option<String>, Poison> {
    let parts: BTreeMap<String, Box<RawValue>> = shape(raw, "message")?;
    let unknown = parts.into_keys().find(|part| !KNOWN.contains(&part.as_str()));
    Ok(unknown.map(|part| part.chars().filter(|character| !character.is_control()).take(MAX_KIND).collect()))
}

/// `message_edit`.
pub(super) fn edit(raw: &str, kind: &'static str) -> Result<Edit, Poison> {
    let Edited { mid, text, num_edit } = shape(raw, kind)?;
    let Whole(count) = num_edit.ok_or(Poison::Missing("num_edit"))?;
    Ok(Edit { mid: required(mid, "mid", MAX_MID)?, text: text.unwrap_or_default(), count })
}

impl ReplyTo {
    /// What a message answers; a story, for instance, is no message and has no `mid`.
    fn of(replied: Replied) -> Option<Self> {
        let is_self_reply = replied.is_self_reply.unwrap_or(false);
        let mid = replied.mid.filter(|mid| !mid.is_empty() && mid.len() <= MAX_MID)?;
        Some(Self { mid, is_self_reply })
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            attachment::AttachmentKind,
            event::{
                Happening,
                tests::{event, what},
            },
        },
        *,
    };
    use serde_json::json;

    fn plain(mid: &str, text: &str) -> ReceivedMessage {
        ReceivedMessage {
            mid: mid.into(),
            text: text.into(),
            attachments: Vec::new(),
            left_out: 0,
            quick_reply: None,
            reply_to: None,
            referral: None,
        }
    }

    #[test]
    fn a_person_writes() {
        let event = event("message", json!({"mid": "m_1", "text": "h\u{e9}llo", "seq": 3, "new": {}}))
            .expect("an event");
        assert_eq!((event.person.as_deref(), event.by_page), (Some("2002"), false));
        assert_eq!(event.what, Happening::Message(plain("m_1", "héllo")));
    }

    #[test]
    fn he_chooses_a_quick_reply_and_answers_a_message() {
        let message = json!({"mid": "m_2", "text": "Yes", "quick_reply": {"payload": "YES"},
            "reply_to": {"mid": "m_1", "is_self_reply": true}});
        let expected = ReceivedMessage {
            quick_reply: Some("YES".into()),
            reply_to: Some(ReplyTo { mid: "m_1".into(), is_self_reply: true }),
            ..plain("m_2", "Yes")
        };
        assert_eq!(what("message", message), Ok(Happening::Message(expected)));
        let story = json!({"mid": "m_2", "text": "Yes", "reply_to": {"story": {"id": 1}}, "quick_reply": {}});
        assert_eq!(what("message", story), Ok(Happening::Message(plain("m_2", "Yes"))));
    }

    #[test]
    fn he_comes_by_an_advertisement() {
        let message = json!({"mid": "m_1", "text": "Is it there?",
            "referral": {"source": "ADS", "type": "OPEN_THREAD", "ad_id": 77, "ref": "spring"}});
        let Ok(Happening::Message(message)) = what("message", message) else { panic!("a message") };
        let referral = message.referral.expect("a referral");
        assert_eq!((referral.ad_id.as_deref(), referral.reference.as_deref()), (Some("77"), Some("spring")));
    }

    #[test]
    fn he_sends_a_picture_without_words() {
        let message = json!({"mid": "m_1", "text": null,
            "attachments": [{"type": "image", "payload": {"url": "https://cdn.example/1"}}]});
        let Ok(Happening::Message(message)) = what("message", message) else { panic!("a message") };
        assert_eq!((message.text.as_str(), message.attachments.len()), ("", 1));
    }

    #[test]
    fn he_sends_a_sticker_in_the_oldest_form() {
        let message = json!({"mid": "m_1", "sticker_id": 369,
            "attachments": [{"type": "image", "payload": {"url": "https://cdn.example/1"}}]});
        let Ok(Happening::Message(message)) = what("message", message) else { panic!("a message") };
        assert_eq!(message.attachments[0].kind, AttachmentKind::Sticker);
        assert_eq!(message.attachments[0].sticker.as_deref(), Some("369"));
    }

    #[test]
    fn what_this_server_does_not_know_is_named() {
        let message = json!({"mid": "m_1", "seq": 7, "poll": {"question": "?"}});
        let Ok(Happening::Message(message)) = what("message", message) else { panic!("a message") };
        assert_eq!(message.attachments, [Attachment::bare(AttachmentKind::Other("poll".into()))]);
        let beside = json!({"mid": "m_1", "text": "Hello", "poll": {}});
        assert_eq!(what("message", beside), Ok(Happening::Message(plain("m_1", "Hello"))));
    }

    #[test]
    fn the_words_are_not_lost_for_what_is_odd_beside_them() {
        for odd in [
            json!({"attachments": [{"payload": {}}]}),
            json!({"attachments": {}}),
            json!({"quick_reply": "YES"}),
            json!({"referral": []}),
        ] {
            let mut message = odd.clone();
            (message["mid"], message["text"]) = ("m_1".into(), "Hello".into());
            let Ok(Happening::Message(message)) = what("message", message) else { panic!("{odd}") };
            let unreadable = Attachment::bare(AttachmentKind::Other(UNREADABLE.into()));
            assert_eq!(
                (message.text.as_str(), &message.attachments[..]),
                ("Hello", &[unreadable][..]),
                "{odd}"
            );
        }
    }

    #[test]
    fn the_page_writes_and_the_person_is_the_recipient() {
        let echo = json!({"is_echo": true, "app_id": 1_517_776_481_860_111_i64, "metadata": "01-msg", "mid": "m_3",
            "text": "Good day"});
        let event = event("message", echo).expect("an event");
        assert_eq!((event.person.as_deref(), event.by_page), (Some("2002"), true));
        let expected = Echo {
            mid: "m_3".into(),
            text: "Good day".into(),
            attachments: Vec::new(),
            left_out: 0,
            app_id: Some("1517776481860111".into()),
            metadata: Some("01-msg".into()),
        };
        assert_eq!(event.what, Happening::Echo(expected));
    }

    #[test]
    fn an_echo_of_the_inbox_has_no_app() {
        let echo = json!({"is_echo": true, "mid": "m_3", "text": "Good day", "app_id": null});
        let Ok(Happening::Echo(echo)) = what("message", echo) else { panic!("an echo") };
        assert_eq!((echo.app_id, echo.metadata), (None, None));
    }

    #[test]
    fn he_changes_his_words() {
        for number in [json!(2), json!("2")] {
            let edit = json!({"mid": "m_1", "text": "hello!", "num_edit": number});
            let expected = Edit { mid: "m_1".into(), text: "hello!".into(), count: 2 };
            assert_eq!(what("message_edit", edit), Ok(Happening::Edited(expected)));
        }
        let edit = json!({"mid": "m_1", "text": "hello!"});
        assert_eq!(what("message_edit", edit), Err(Poison::Missing("num_edit")));
    }

    #[test]
    fn he_takes_his_words_back() {
        let unsent = json!({"mid": "m_1", "is_deleted": true});
        assert_eq!(what("message", unsent), Ok(Happening::Unsent("m_1".into())));
        let event =
            event("message", json!({"mid": "m_1", "is_deleted": true, "is_echo": false})).expect("an event");
        assert!(!event.by_page);
    }

    #[test]
    fn without_an_id_it_cannot_be_told_from_another() {
        assert_eq!(what("message", json!({"text": "hello"})), Err(Poison::Missing("mid")));
        assert_eq!(what("message", json!({"mid": "", "text": "hello"})), Err(Poison::Missing("mid")));
        assert_eq!(what("message", json!(null)), Err(Poison::Malformed("message")));
        assert_eq!(what("message", json!({"mid": "m_1", "text": 7})), Err(Poison::Malformed("message")));
    }

    #[test]
    fn length_is_bounded() {
        let text = "a".repeat(500_000);
        assert_eq!(
            what("message", json!({"mid": "m_1", "text": text})),
            Ok(Happening::Message(plain("m_1", &text)))
        );
        let long = json!({"mid": "m_1", "text": "a", "quick_reply": {"payload": "p".repeat(9_000)},
            "reply_to": {"mid": "m".repeat(MAX_MID + 1)}});
        let Ok(Happening::Message(long)) = what("message", long) else { panic!("a message") };
        assert_eq!((long.quick_reply.map(|it| it.chars().count()), long.reply_to), (Some(1024), None));
        assert_eq!(what("message", json!({"mid": "m".repeat(MAX_MID + 1)})), Err(Poison::TooLong("mid")));
    }
}

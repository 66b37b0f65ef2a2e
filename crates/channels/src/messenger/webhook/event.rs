//! One event: what happened, who did it, and when.

use super::{
    message::{self, Echo, Edit, MessageKind, ReceivedMessage},
    poison::{Poison, optional},
    shape::{MAX_ID, shape},
    signal::{self, Delivered, Optin, PolicyNotice, Postback, Reaction, Referral, ThreadControl},
};
use crate::messenger::scalar::{Id, Whole};
use domain::Millis;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// The longest name of a kind that is not known, in bytes.
const MAX_NAME: usize = 64;

/// An event of a thread between a person and a page.
#[derive(Clone, Debug, PartialEq)]
pub struct WebhookEvent {
    /// The person's id for this page. It is always there, except with [`Happening::Optin`], [`Happening::Policy`] and
    /// [`Happening::Unknown`], which may concern nobody.
    pub person: Option<String>,
    /// Whether the page did it, not the person.
    pub by_page: bool,
    /// When it happened, by the platform's clock.
    pub at: Millis,
    /// What happened.
    pub what: Happening,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Happening {
    /// The person wrote.
    Message(ReceivedMessage),
    /// The page wrote: through us, through another app, or in its inbox.
    Echo(Echo),
    /// The person changed what they wrote.
    Edited(Edit),
    /// A message (`mid`) was taken back; its text must be blanked (spec: channel-connectors#2.10).
    Unsent(String),
    /// The person reacted to a message, or took that back.
    Reaction(Reaction),
    /// What the page wrote was delivered.
    Delivered(Delivered),
    /// What the page wrote up to this moment was seen.
    Read(Millis),
    /// The person pressed a button.
    Postback(Postback),
    /// The person came into the thread by a link or an advertisement.
    Referral(Referral),
    /// The person asked to be written to.
    Optin(Optin),
    /// The control over the thread changed, or was asked for.
    ThreadControl(ThreadControl),
    /// The platform warns the page, or blocks it.
    Policy(PolicyNotice),
    /// Something of this name, which this server does not know.
    Unknown(String),
}

impl Happening {
    fn of(written: MessageKind) -> Self {
        match written {
            MessageKind::Message(message) => Self::Message(message),
            MessageKind::Echo(echo) => Self::Echo(echo),
            MessageKind::Unsent(mid) => Self::Unsent(mid),
        }
    }

    /// Its kind in a word, for metrics.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Message(_) => "message",
            Self::Echo(_) => "echo",
            Self::Edited(_) => "edited",
            Self::Unsent(_) => "unsent",
            Self::Reaction(_) => "reaction",
            Self::Delivered(_) => "delivered",
            Self::Read(_) => "read",
            Self::Postback(_) => "postback",
            Self::Referral(_) => "referral",
            Self::Optin(_) => "optin",
            Self::ThreadControl(_) => "thread-control",
            Self::Policy(_) => "policy",
            Self::Unknown(_) => "unknown",
        }
    }
}

impl WebhookEvent {
    /// Whether it opens the messaging window again (spec: channel-connectors#2.6).
    pub const fn opens_window(&self) -> bool {
        !self.by_page
            && matches!(self.what, Happening::Message(_) | Happening::Postback(_) | Happening::Optin(_))
    }
}

/// `sender` or `recipient`. A person who is not known yet has another key than `id`.
#[derive(Deserialize)]
struct EventParty {
    id: Option<Id>,
}

/// Reads an event of a page. `time` is the entry's, for events that have none.
pub(super) fn decode(raw: &str, page: &str, time: Option<Millis>) -> Result<WebhookEvent, Poison> {
    let fields: BTreeMap<String, &RawValue> =
        serde_json::from_str(raw).map_err(|_| Poison::Malformed("event"))?;
    let party = |part| -> Result<Option<String>, Poison> {
        let party: Option<Option<EventParty>> = field(&fields, part)?;
        optional(party.flatten().and_then(|party| party.id).map(|Id(id)| id), part, MAX_ID)
    };
    let (sender, recipient) = (party("sender")?, party("recipient")?);
    let timestamp: Option<Option<Whole>> = field(&fields, "timestamp")?;
    let at = timestamp.flatten().map(|Whole(at)| at).or(time).ok_or(Poison::Missing("timestamp"))?;

    let what = what(&fields)?;
    let by_page = matches!(what, Happening::Echo(_)) || sender.as_deref() == Some(page);
    // An event about the page as a whole has the page as the recipient and nobody as the sender.
    let person = if by_page { recipient } else { sender }.filter(|person| person != page);
    let concerns_nobody = matches!(what, Happening::Optin(_) | Happening::Policy(_) | Happening::Unknown(_));
    if person.is_none() && !concerns_nobody {
        return Err(Poison::Missing(if by_page { "recipient" } else { "sender" }));
    }
    Ok(WebhookEvent { person, by_page, at, what })
}

/// What happened: the one field that says it.
fn what(fields: &BTreeMap<String, &RawValue>) -> Result<Happening, Poison> {
    for (kind, read) in KINDS {
        if let Some(raw) = fields.get(*kind) {
            return read(raw.get(), kind);
        }
    }
    let known = ["sender", "recipient", "timestamp"];
    let name = fields.keys().find(|name| !known.contains(&name.as_str())).ok_or(Poison::Missing("event"))?;
    Ok(Happening::Unknown(name.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect()))
}

type HappeningReader = fn(&str, &'static str) -> Result<Happening, Poison>;

/// The kinds of events, in the order in which they are looked for.
const KINDS: &[(&str, HappeningReader)] = &[
    ("message", |raw, kind| message::message(raw, kind).map(Happening::of)),
    ("message_edit", |raw, kind| message::edit(raw, kind).map(Happening::Edited)),
    ("reaction", |raw, kind| signal::reaction(raw, kind).map(Happening::Reaction)),
    ("delivery", |raw, kind| signal::delivery(raw, kind).map(Happening::Delivered)),
    ("read", |raw, kind| signal::read(raw, kind).map(Happening::Read)),
    ("postback", |raw, kind| signal::postback(raw, kind).map(Happening::Postback)),
    ("referral", |raw, kind| signal::referral(raw, kind).map(Happening::Referral)),
    ("optin", |raw, kind| signal::optin(raw, kind).map(Happening::Optin)),
    ("pass_thread_control", control),
    ("take_thread_control", control),
    ("request_thread_control", control),
    ("policy_enforcement", policy),
    ("policy-enforcement", policy),
];

fn control(raw: &str, kind: &'static str) -> Result<Happening, Poison> {
    signal::control(raw, kind).map(Happening::ThreadControl)
}

fn policy(raw: &str, kind: &'static str) -> Result<Happening, Poison> {
    signal::policy(raw, kind).map(Happening::Policy)
}

fn field<T: DeserializeOwned>(
    fields: &BTreeMap<String, &RawValue>,
    part: &'static str,
) -> Result<Option<T>, Poison> {
    fields.get(part).map(|raw| shape(raw.get(), part)).transpose()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::{Value, json};

    pub const AT: Millis = 1_760_000_000_000;

    /// The JSON of an event of person 2002 at page 1001. An echo is the page's.
    pub fn sent(at: Millis, kind: &str, payload: Value) -> Value {
        let (sender, recipient) =
            if payload["is_echo"] == true { ("1001", "2002") } else { ("2002", "1001") };
        let mut event = json!({"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": at});
        event[kind] = payload;
        event
    }

    /// Such an event.
    pub fn event(kind: &str, payload: Value) -> Result<WebhookEvent, Poison> {
        super::decode(&sent(AT, kind, payload).to_string(), "1001", None)
    }

    /// What it says.
    pub fn what(kind: &str, payload: Value) -> Result<Happening, Poison> {
        event(kind, payload).map(|event| event.what)
    }

    fn raw(event: &Value) -> Result<WebhookEvent, Poison> {
        super::decode(&event.to_string(), "1001", Some(7))
    }

    #[test]
    fn it_tells_who_and_when() {
        let event = event("read", json!({"watermark": 5})).expect("an event");
        assert_eq!(
            event,
            WebhookEvent { person: Some("2002".into()), by_page: false, at: AT, what: Happening::Read(5) }
        );
    }

    #[test]
    fn without_a_time_of_its_own_it_has_the_entrys() {
        let read = raw(&json!({"sender": {"id": 2002}, "read": {"watermark": "5"}})).expect("an event");
        assert_eq!((read.at, read.person.as_deref()), (7, Some("2002")));
        let timeless =
            json!({"sender": {"id": "2002"}, "timestamp": null, "read": {"watermark": 5}}).to_string();
        assert_eq!(super::decode(&timeless, "1001", None), Err(Poison::Missing("timestamp")));
    }

    #[test]
    fn nobody_can_have_done_only_what_concerns_nobody() {
        assert_eq!(raw(&json!({"read": {"watermark": 5}})), Err(Poison::Missing("sender")));
        assert_eq!(
            raw(&json!({"sender": {"id": ""}, "read": {"watermark": 5}})),
            Err(Poison::Missing("sender"))
        );
        assert_eq!(
            raw(&json!({"sender": {"id": "1001"}, "read": {"watermark": 5}})),
            Err(Poison::Missing("recipient"))
        );
        let policy = raw(&json!({"recipient": {"id": "1001"}, "policy_enforcement": {"action": "warning"}}));
        assert_eq!(policy.expect("an event").person, None);
    }

    #[test]
    fn what_the_page_did_is_told_apart() {
        let reaction = json!({"sender": {"id": "1001"}, "recipient": {"id": "2002"},
            "reaction": {"mid": "m_1", "action": "react"}});
        let reaction = raw(&reaction).expect("an event");
        assert_eq!((reaction.person.as_deref(), reaction.by_page), (Some("2002"), true));
        // It is no customer who opens the window then, even where the mark of an echo is missing.
        let message =
            json!({"sender": {"id": "1001"}, "recipient": {"id": "2002"}, "message": {"mid": "m_1"}});
        assert!(!raw(&message).expect("an event").opens_window());
        // And a page is not its own customer.
        let itself = json!({"sender": {"id": "1001"}, "recipient": {"id": "1001"}, "read": {"watermark": 5}});
        assert_eq!(raw(&itself), Err(Poison::Missing("recipient")));
    }

    #[test]
    fn a_kind_that_is_not_known_is_named() {
        assert_eq!(what("app_roles", json!({"1": ["primary"]})), Ok(Happening::Unknown("app_roles".into())));
        let long = what(&format!("a\n{}", "b".repeat(500)), json!(null)).expect("an event");
        assert_eq!(long, Happening::Unknown(format!("a{}", "b".repeat(63))));
        assert_eq!(raw(&json!({"sender": {"id": "2002"}})), Err(Poison::Missing("event")));
    }

    #[test]
    fn ids_are_bounded() {
        let event = json!({"sender": {"id": "2".repeat(129)}, "read": {"watermark": 5}});
        assert_eq!(raw(&event), Err(Poison::TooLong("sender")));
    }

    #[test]
    fn only_what_the_person_does_opens_the_window() {
        for (kind, payload, opens) in [
            ("message", json!({"mid": "m_1", "text": "hello"}), true),
            ("message", json!({"mid": "m_1", "text": "Yes", "quick_reply": {"payload": "YES"}}), true),
            ("postback", json!({"title": "Start"}), true),
            ("optin", json!({"type": "one_time_notif_req"}), true),
            ("message", json!({"mid": "m_1", "is_echo": true, "text": "hello"}), false),
            ("message", json!({"mid": "m_1", "is_deleted": true}), false),
            ("message_edit", json!({"mid": "m_1", "text": "hello", "num_edit": 1}), false),
            ("reaction", json!({"mid": "m_1", "action": "react"}), false),
            ("read", json!({"watermark": 5}), false),
            ("delivery", json!({"watermark": 5}), false),
            ("referral", json!({"ref": "shop"}), false),
            ("pass_thread_control", json!({"new_owner_app_id": "3003"}), false),
        ] {
            let event = event(kind, payload.clone()).expect("an event");
            assert_eq!(event.opens_window(), opens, "{kind} {payload}");
        }
    }
}

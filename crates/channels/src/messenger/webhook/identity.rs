//! What makes two units the same one (spec: channel-connectors#2.4): the platform delivers again what it believes lost.

use super::{Happening, Unit, WebhookEvent, signal::Control};
use crate::messenger::signature::hex;
use domain::Millis;
use sha2::{Digest, Sha256};

/// How a unit is recognised, within one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnitIdentity {
    /// It is done once: a later unit with the same key is passed over. At most some 700 bytes.
    Once(String),
    /// It raises a mark and never lowers it.
    Mark {
        /// The name of the mark, for instance up to when a person has read.
        name: String,
        /// The mark.
        moment: Millis,
    },
}

impl Unit {
    /// How it is recognised. A unit that cannot be read is recognised by its text.
    pub fn identity(&self) -> UnitIdentity {
        match &self.event {
            Ok(event) => event.identity(&self.raw),
            Err(_) => UnitIdentity::Once(format!("poison:{}", digest(&self.raw))),
        }
    }
}

impl WebhookEvent {
    fn identity(&self, raw: &str) -> UnitIdentity {
        let person = self.person.as_deref().unwrap_or_default();
        let moment = |kind: &str| format!("{kind}:{person}:{}", self.at);
        UnitIdentity::Once(match &self.what {
            // Receipts, reactions, edits and the answers to our own sends name a message by its id only.
            Happening::Message(message) => message.mid.clone(),
            Happening::Echo(echo) => echo.mid.clone(),
            Happening::Edited(edit) => format!("edit:{}:{}", edit.count, edit.mid),
            Happening::Unsent(mid) => format!("unsent:{mid}"),
            Happening::Reaction(reaction) => format!("{}:{}", moment("reaction"), reaction.mid),
            Happening::Delivered(delivered) => return mark("delivered", person, delivered.watermark),
            Happening::Read(watermark) => return mark("read", person, *watermark),
            Happening::Postback(postback) => match &postback.mid {
                Some(mid) => format!("postback:{mid}"),
                // A payload can be long, so its digest replaces it.
                None => {
                    format!(
                        "{}:{}",
                        moment("postback"),
                        digest(postback.payload.as_deref().unwrap_or_default())
                    )
                }
            },
            Happening::Referral(_) => moment("referral"),
            Happening::Optin(_) => format!("{}:{}", moment("optin"), digest(raw)),
            Happening::ThreadControl(control) => moment(match control.what {
                Control::Passed => "pass",
                Control::Taken => "take",
                Control::Requested => "request",
            }),
            Happening::Policy(_) => moment("policy"),
            Happening::Unknown(_) => format!("{}:{}", moment("unknown"), digest(raw)),
        })
    }
}

fn mark(what: &str, person: &str, moment: Millis) -> UnitIdentity {
    UnitIdentity::Mark { name: format!("{what}:{person}"), moment }
}

/// The SHA-256 of a text, in hexadecimal digits.
fn digest(text: &str) -> String {
    hex(&Sha256::digest(text))
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            decode,
            event::tests::{AT, sent},
        },
        *,
    };
    use serde_json::{Value, json};

    fn at(at: Millis, kind: &str, payload: &Value) -> UnitIdentity {
        let event = sent(at, kind, payload.clone());
        let body = json!({"object": "page", "entry": [{"id": "1001", "time": 1, "messaging": [event]}]});
        decode(body.to_string().as_bytes()).expect("an envelope")[0].identity()
    }

    fn once(kind: &str, payload: &Value) -> String {
        match at(AT, kind, payload) {
            UnitIdentity::Once(key) => key,
            UnitIdentity::Mark { .. } => panic!("{kind} is done once"),
        }
    }

    #[test]
    fn every_kind_has_the_key_that_is_documented() {
        assert_eq!(once("message", &json!({"mid": "m_1", "text": "a"})), "m_1");
        assert_eq!(once("message", &json!({"mid": "m_1", "is_echo": true})), "m_1");
        assert_eq!(once("message", &json!({"mid": "m_1", "is_deleted": true})), "unsent:m_1");
        assert_eq!(once("message_edit", &json!({"mid": "m_1", "num_edit": 2})), "edit:2:m_1");
        let reaction = json!({"mid": "m_1", "action": "react"});
        assert_eq!(once("reaction", &reaction), format!("reaction:2002:{AT}:m_1"));
        assert_eq!(once("postback", &json!({"mid": "m_1", "payload": "P"})), "postback:m_1");
        let pass = json!({"new_owner_app_id": "1"});
        assert_eq!(once("pass_thread_control", &pass), format!("pass:2002:{AT}"));
        assert_eq!(once("referral", &json!({"ref": "a"})), format!("referral:2002:{AT}"));
    }

    #[test]
    fn what_is_delivered_again_has_the_same_key_and_what_is_new_another() {
        let (one, other) = (json!({"payload": "P"}), json!({"payload": "Q"}));
        assert_eq!(at(AT, "postback", &one), at(AT, "postback", &one));
        assert_ne!(at(AT, "postback", &one), at(AT, "postback", &other));
        assert_ne!(at(AT, "postback", &one), at(AT + 1, "postback", &one));
        for kind in ["reaction", "referral", "optin", "take_thread_control", "policy_enforcement", "news"] {
            let payload = json!({"mid": "m_1", "action": "react"});
            assert_eq!(at(AT, kind, &payload), at(AT, kind, &payload), "{kind}");
            assert_ne!(at(AT, kind, &payload), at(AT + 1, kind, &payload), "{kind}");
        }
        assert_ne!(at(AT, "pass_thread_control", &json!({})), at(AT, "take_thread_control", &json!({})));
    }

    #[test]
    fn receipts_are_marks() {
        let mark = |name: &str| UnitIdentity::Mark { name: name.into(), moment: 9 };
        assert_eq!(at(AT, "read", &json!({"watermark": 9})), mark("read:2002"));
        assert_eq!(at(AT, "delivery", &json!({"watermark": 9, "mids": ["m_1"]})), mark("delivered:2002"));
    }

    #[test]
    fn what_cannot_be_read_is_known_by_its_text() {
        let poisoned = once("message", &json!({"text": "a"}));
        assert!(poisoned.starts_with("poison:"), "{poisoned}");
        assert_eq!(poisoned, once("message", &json!({"text": "a"})));
        assert_ne!(poisoned, once("message", &json!({"text": "b"})));
    }

    #[test]
    fn no_key_is_longer_than_it_may_be() {
        for (kind, payload) in [
            ("message", json!({"mid": "m".repeat(512)})),
            ("reaction", json!({"mid": "m".repeat(512), "action": "react"})),
            ("message_edit", json!({"mid": "m".repeat(512), "num_edit": i64::MIN})),
            ("postback", json!({"payload": "p".repeat(4096)})),
            (&"k".repeat(5000), json!({})),
        ] {
            assert!(once(kind, &payload).len() <= 700);
        }
    }
}

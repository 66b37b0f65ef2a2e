//! The envelope of a delivery: entries, and the events in them.

use super::{Unit, WebhookEvent, event, halves, poison::Poison};
use crate::messenger::scalar::{Id, Whole};
use domain::Millis;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::fmt;

/// The largest body, in bytes (spec: channel-connectors#2.3).
pub const MAX_BODY_BYTES: usize = 1024 * 1024;
/// The most units of one delivery; the platform puts up to 1000 into one.
pub const MAX_UNITS: usize = 4000;

/// The byte order mark of UTF-8, which a delivery that was set aside may still have.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Why a whole delivery cannot be read; it is set aside whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undecodable {
    /// It is larger than [`MAX_BODY_BYTES`].
    TooLarge,
    /// It is not JSON of the shape of an envelope.
    Malformed,
    /// Its `object` is not `page`: it was meant for another product.
    NotAPage,
    /// It has more than [`MAX_UNITS`].
    TooMany,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    object: String,
    #[serde(borrow, default)]
    entry: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct PageEntry<'a> {
    id: Id,
    time: Option<Whole>,
    #[serde(borrow, default)]
    messaging: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    standby: Option<Vec<&'a RawValue>>,
}

/// The units of a delivery whose signature was found genuine, in the order in which they came. Those of `changes`
/// are not for a messenger and are left out.
pub fn decode(body: &[u8]) -> Result<Vec<Unit>, Undecodable> {
    let body = body.strip_prefix(MARK).unwrap_or(body);
    if body.len() > MAX_BODY_BYTES {
        return Err(Undecodable::TooLarge);
    }
    let Envelope { object, entry } = serde_json::from_slice(body).map_err(|_| Undecodable::Malformed)?;
    if object != "page" {
        return Err(Undecodable::NotAPage);
    }
    let mut units = Vec::new();
    for raw in entry {
        match serde_json::from_str(raw.get()) {
            Ok(entry) => open(&entry, &mut units)?,
            Err(_) => push(&mut units, || Unit {
                page: String::new(),
                standby: false,
                event: Err(Poison::Malformed("entry")),
                raw: raw.get().to_owned(),
            })?,
        }
    }
    Ok(units)
}

/// Takes the events out of an entry.
fn open(entry: &PageEntry<'_>, units: &mut Vec<Unit>) -> Result<(), Undecodable> {
    let PageEntry { id: Id(page), time, messaging, standby } = entry;
    let time = time.map(|Whole(time)| time);
    for (list, standby) in [(messaging, false), (standby, true)] {
        for raw in list.iter().flatten() {
            push(units, || Unit {
                page: page.clone(),
                standby,
                event: read(raw.get(), page, time),
                raw: raw.get().to_owned(),
            })?;
        }
    }
    Ok(())
}

/// Reads an event. A text that was cut within a character has half of a pair of UTF-16, which is no text for JSON; the
/// half is replaced then, which [`crate::messenger::said`] tells.
fn read(raw: &str, page: &str, time: Option<Millis>) -> Result<WebhookEvent, Poison> {
    event::decode(raw, page, time).or_else(|poison| match halves::replaced(raw) {
        Some(mended) => event::decode(&mended, page, time),
        None => Err(poison),
    })
}

fn push(units: &mut Vec<Unit>, unit: impl FnOnce() -> Unit) -> Result<(), Undecodable> {
    if units.len() == MAX_UNITS {
        return Err(Undecodable::TooMany);
    }
    units.push(unit());
    Ok(())
}

impl fmt::Display for Undecodable {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            Self::TooLarge => "the delivery is too large",
            Self::Malformed => "the delivery is not an envelope",
            Self::NotAPage => "the delivery is not for a page",
            Self::TooMany => "the delivery has too many events",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messenger::webhook::Happening;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn units(body: &Value) -> Vec<Unit> {
        decode(body.to_string().as_bytes()).expect("an envelope")
    }

    fn said(mid: &str) -> Value {
        json!({"sender": {"id": "2002"}, "recipient": {"id": "1001"}, "timestamp": 1_760_000_000_000_i64,
            "message": {"mid": mid, "text": "hello"}})
    }

    fn mids(units: &[Unit]) -> Vec<&str> {
        units
            .iter()
            .filter_map(|unit| match &unit.event.as_ref().ok()?.what {
                Happening::Message(message) => Some(message.mid.as_str()),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn three_entries_of_four_events_are_twelve_units_in_order() {
        let entry = |page: &str, mids: [&str; 4]| json!({"id": page, "time": 1, "messaging": mids.map(said)});
        let body = json!({"object": "page", "entry": [
            entry("1001", ["a", "b", "c", "d"]),
            entry("1002", ["e", "f", "g", "h"]),
            entry("1001", ["i", "j", "k", "l"]),
        ]});
        let units = units(&body);
        assert_eq!(mids(&units).concat(), "abcdefghijkl");
        assert_eq!(units.iter().filter(|unit| unit.page == "1002").count(), 4);
        assert!(units.iter().all(|unit| !unit.standby));
    }

    #[test]
    fn standby_is_told_apart_and_changes_are_left_out() {
        let body = json!({"object": "page", "entry": [
            {"id": 1001, "time": "1", "standby": [said("a")], "changes": [{"field": "feed", "value": {}}]},
            {"id": "1001", "messaging": [said("b")], "standby": null},
            {"id": "1001", "time": 1, "changes": []},
        ]});
        let units = units(&body);
        assert_eq!(mids(&units).concat(), "ab");
        assert_eq!(units.iter().map(|unit| unit.standby).collect::<Vec<_>>(), [true, false]);
        assert_eq!(units[0].page, "1001");
    }

    #[test]
    fn a_unit_that_cannot_be_read_hinders_no_other() {
        let body = json!({"object": "page", "entry": [
            "not an entry",
            {"id": "1001", "time": 1, "messaging": [said("a"), 7, {"message": {"mid": 1, "text": []}}, said("b")]},
            {"time": 1, "messaging": [said("c")]},
        ]});
        let units = units(&body);
        assert_eq!(mids(&units).concat(), "ab");
        let poisoned: Vec<_> =
            units.iter().filter(|unit| unit.event.is_err()).map(|unit| unit.raw.as_str()).collect();
        assert_eq!(poisoned.len(), 4);
        assert_eq!(poisoned[..2], ["\"not an entry\"", "7"]);
        assert_eq!(units[0].event, Err(Poison::Malformed("entry")));
    }

    #[test]
    fn the_text_of_a_unit_is_the_one_received() {
        let raw = r#"{ "sender":{"id":"2002"}, "new":1.0, "timestamp":1, "message":{"mid":"m_1","text":"h\u00e9llo"} }"#;
        let body = format!(r#"{{"object":"page","entry":[{{"id":"1001","time":1,"messaging":[{raw}]}}]}}"#);
        assert_eq!(decode(body.as_bytes()).expect("an envelope")[0].raw, raw);
    }

    #[test]
    fn a_text_that_was_cut_within_a_character_is_read() {
        let raw = r#"{"sender":{"id":"2002"},"timestamp":1,"message":{"mid":"m_1","text":"Hi \ud83d"}}"#;
        let body = format!(r#"{{"object":"page","entry":[{{"id":"1001","time":1,"messaging":[{raw}]}}]}}"#);
        let unit = &decode(body.as_bytes()).expect("an envelope")[0];
        let Ok(WebhookEvent { what: Happening::Message(message), .. }) = &unit.event else {
            panic!("a message")
        };
        assert_eq!((message.text.as_str(), unit.raw.as_str()), ("Hi \u{fffd}", raw));
    }

    #[test]
    fn what_is_no_envelope_is_set_aside_whole() {
        for (body, why) in [
            ("", Undecodable::Malformed),
            ("[]", Undecodable::Malformed),
            ("{}", Undecodable::Malformed),
            (r#"{"object":"page","entry":{}}"#, Undecodable::Malformed),
            (r#"{"object":"page","entry":[]} x"#, Undecodable::Malformed),
            (r#"{"object":"instagram","entry":[]}"#, Undecodable::NotAPage),
        ] {
            assert_eq!(decode(body.as_bytes()), Err(why), "{body}");
        }
        assert_eq!(decode(&vec![b' '; MAX_BODY_BYTES + 1]), Err(Undecodable::TooLarge));
        assert_eq!(decode(br#"{"object":"page"}"#), Ok(vec![]));
        assert_eq!(decode("\u{feff}{\"object\":\"page\"}".as_bytes()), Ok(vec![]));
    }

    #[test]
    fn more_than_can_be_is_refused_before_it_is_read() {
        let events =
            |count| json!({"object": "page", "entry": [{"id": "1", "time": 1, "messaging": vec![0; count]}]});
        assert_eq!(units(&events(MAX_UNITS)).len(), MAX_UNITS);
        assert_eq!(decode(events(MAX_UNITS + 1).to_string().as_bytes()), Err(Undecodable::TooMany));
        let entries = json!({"object": "page", "entry": vec![0; MAX_UNITS + 1]});
        assert_eq!(decode(entries.to_string().as_bytes()), Err(Undecodable::TooMany));
    }

    #[test]
    fn depth_is_no_way_to_hurt() {
        let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
        let body = format!(r#"{{"object":"page","entry":[{{"id":"1","time":1,"messaging":[{deep}]}}]}}"#);
        let units = decode(body.as_bytes()).expect("an envelope");
        assert_eq!(units[0].event, Err(Poison::Malformed("event")));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_stumble(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode(&bytes);
        }

        #[test]
        fn a_delivery_cut_or_changed_anywhere_makes_it_stumble_neither(at in 0_usize..400, byte: u8) {
            let body = json!({"object": "page", "entry": [{"id": "1001", "time": 1, "messaging": [said("a"), said("b")]}]});
            let mut bytes = body.to_string().into_bytes();
            let at = at.min(bytes.len() - 1);
            bytes[at] = byte;
            if let Ok(units) = decode(&bytes) {
                prop_assert!(units.len() <= 2);
            }
            prop_assert!(decode(&bytes[..at]).is_err());
        }
    }
}

//! The body of a webhook (spec: channel-connectors#2.3).

use domain::Millis;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// How many events go into one entry.
const EACH: usize = 4;

/// A body with some events in entries of at most four. With `standby`, another app owns the thread
/// (spec: channel-connectors#2.9).
pub(super) fn envelope(page: &str, now: Millis, events: &[Value], standby: bool) -> String {
    let key = if standby { "standby" } else { "messaging" };
    let entry = |events: &[Value]| {
        let mut entry = json!({ "id": page, "time": now });
        entry[key] = events.into();
        entry
    };
    let entries: Vec<Value> = events.chunks(EACH).map(entry).collect();
    ascii(&json!({ "object": "page", "entry": entries }))
}

/// JSON as the platform writes and signs it: all but ASCII escaped, and the slash, too.
fn ascii(value: &Value) -> String {
    let plain = value.to_string();
    let mut escaped = String::with_capacity(plain.len() + 16);
    // Outside of its strings JSON has neither slashes nor anything but ASCII.
    for letter in plain.chars() {
        match letter {
            '/' => escaped.push_str("\\/"),
            letter if letter.is_ascii() => escaped.push(letter),
            letter => {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    let _ = write!(escaped, "\\u{unit:04x}");
                }
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn letters_beyond_ascii_are_escaped() {
        assert_eq!(ascii(&json!({ "text": "hé/llo 😀" })), r#"{"text":"h\u00e9\/llo \ud83d\ude00"}"#);
    }

    #[test]
    fn events_are_spread_over_entries() {
        let events: Vec<Value> = (0..9).map(|number| json!({ "timestamp": number })).collect();
        let body: Value = serde_json::from_str(&envelope("1", 5, &events, false)).expect("JSON");
        let sizes = body["entry"].as_array().expect("entries").iter();
        let sizes: Vec<_> = sizes.map(|entry| entry["messaging"].as_array().map(Vec::len)).collect();
        assert_eq!(sizes, [Some(4), Some(4), Some(1)]);
        let standby: Value = serde_json::from_str(&envelope("1", 5, &events[..1], true)).expect("JSON");
        assert!(standby["entry"][0]["standby"].is_array() && standby["entry"][0].get("messaging").is_none());
    }

    proptest! {
        #[test]
        fn what_is_escaped_reads_as_before(text: String) {
            let value = json!({ "text": text });
            let escaped = ascii(&value);
            prop_assert!(escaped.is_ascii());
            prop_assert_eq!(serde_json::from_str::<Value>(&escaped).expect("JSON"), value);
        }
    }
}

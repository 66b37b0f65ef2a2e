//! How long something is as JSON. What is stored and sent is JSON, so a bound that holds there counts JSON's bytes.

use serde::Serialize;
use std::io;

/// The length of a value as `serde_json` writes it, in bytes of UTF-8. In texts a control character counts six
/// (`\u0001`) or two (`\n`), a quotation mark and a backslash two. What cannot be written is longer than every bound.
pub fn len(value: &(impl Serialize + ?Sized)) -> usize {
    let mut counted = Counted(0);
    serde_json::to_writer(&mut counted, value).map_or(usize::MAX, |()| counted.0)
}

/// How many bytes a text takes inside a JSON string, the quotation marks around it not counted.
pub fn text_len(text: &str) -> usize {
    len(text) - 2
}

/// The longest beginning of a text that takes at most so many bytes inside a JSON string.
pub fn prefix(text: &str, bytes: usize) -> &str {
    let mut taken = 0;
    let mut buffer = [0; 4];
    for (at, character) in text.char_indices() {
        taken += text_len(character.encode_utf8(&mut buffer));
        if taken > bytes {
            return &text[..at];
        }
    }
    text
}

/// How long a text may be. People count characters, so that is what a limit says; what is stored and sent is bounded in
/// bytes as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The most characters: Unicode scalar values.
    pub chars: usize,
    /// The most bytes that it takes inside a JSON string.
    pub bytes: usize,
}

impl Bound {
    /// So many characters, of any alphabet: no character of UTF-8 takes more than four bytes, and only control
    /// characters take more as JSON.
    pub const fn chars(chars: usize) -> Self {
        Self { chars, bytes: 4 * chars }
    }

    /// Whether a text keeps the bound.
    pub fn holds(self, text: &str) -> bool {
        self.prefix(text).len() == text.len()
    }

    /// The longest beginning of a text that keeps the bound.
    pub fn prefix(self, text: &str) -> &str {
        let end = text.char_indices().nth(self.chars).map_or(text.len(), |(at, _)| at);
        prefix(&text[..end], self.bytes)
    }
}

/// Counts what is written to it and keeps nothing.
struct Counted(usize);

impl io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn text() -> impl Strategy<Value = String> {
        prop::collection::vec(
            prop_oneof![any::<char>(), prop::char::range('\0', '\u{80}'), Just('"'), Just('\\')],
            0..40,
        )
        .prop_map(String::from_iter)
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            text().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::vec((text(), inner), 0..6)
                    .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_text_is_as_long_as_serde_json_writes_it(text in text()) {
            let written = serde_json::to_string(&text).expect("json");
            prop_assert_eq!(len(&text), written.len());
            prop_assert_eq!(text_len(&text), written.len() - 2);
        }

        #[test]
        fn a_value_is_as_long_as_serde_json_writes_it(value in value()) {
            prop_assert_eq!(len(&value), serde_json::to_string(&value).expect("json").len());
        }

        #[test]
        fn a_prefix_is_the_longest_that_fits(text in text(), bytes in 0_usize..60) {
            let taken = prefix(&text, bytes);
            prop_assert!(text.starts_with(taken) && text_len(taken) <= bytes);
            if let Some(next) = text[taken.len()..].chars().next() {
                prop_assert!(text_len(taken) + text_len(next.encode_utf8(&mut [0; 4])) > bytes);
            }
        }
    }

    #[test]
    fn a_text_is_bounded_in_characters_of_any_alphabet_and_in_bytes_behind_them() {
        let bound = Bound::chars(10);
        for character in ["a", "é", "ह", "\u{1F600}"] {
            assert!(bound.holds(&character.repeat(10)), "{character}");
            assert!(!bound.holds(&character.repeat(11)), "{character}");
            assert_eq!(bound.prefix(&character.repeat(11)), character.repeat(10));
        }
        assert_eq!(bound.prefix(&"\u{1}".repeat(10)), "\u{1}".repeat(6), "six bytes each, of forty");
    }

    #[test]
    fn control_characters_count_six_and_the_short_escapes_two() {
        for (text, bytes) in [
            ("", 0),
            ("abc", 3),
            ("\u{1}", 6),
            ("\u{1f}", 6),
            ("\u{7f}", 1),
            ("\u{8}\t\n\u{c}\r\"\\", 14),
            ("/", 1),
            ("é", 2),
            ("\u{1F600}", 4),
            ("\u{2028}", 3),
        ] {
            assert_eq!(text_len(text), bytes, "{text:?}");
        }
        assert_eq!(len(&json!({"a": [1, null, -0.5]})), 19);
    }
}

//! Halves of characters: escapes of UTF-16 that have lost the other half of their pair.

/// The escape that stands for half of a character.
const REPLACED: &str = "\\ufffd";

/// JSON with each escape of half a character replaced; `None` when it has none.
pub(super) fn replaced(json: &str) -> Option<String> {
    let mut mended = String::with_capacity(json.len());
    let (mut rest, mut is_changed) = (json, false);
    while let Some(at) = rest.find('\\') {
        mended.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = match (unit(rest), rest.get(6..).and_then(unit)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 12,
            (Some(0xD800..=0xDFFF), _) => {
                mended.push_str(REPLACED);
                (rest, is_changed) = (&rest[6..], true);
                continue;
            }
            (Some(_), _) => 6,
            // An escape of one character, such as `\\\\`: the characters behind it begin no escape.
            (None, _) => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
        };
        mended.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    mended.push_str(rest);
    is_changed.then_some(mended)
}

/// The unit of UTF-16 of an escape at the beginning of a text.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_halves_are_replaced() {
        for (json, mended) in [
            (r#""\ud83d""#, Some(r#""\ufffd""#)),
            (r#""\ude00\ud83d\ude00""#, Some(r#""\ufffd\ud83d\ude00""#)),
            (r#""\ud83d\ud83d\ude00x""#, Some(r#""\ufffd\ud83d\ude00x""#)),
            (r#""\ud83dx""#, Some(r#""\ufffdx""#)),
            (r#""\ud83d\ude00""#, None),
            (r#""\\ud83d""#, None),
            (r#""\u00e9\n\/\"""#, None),
            (r#""\ud8""#, None),
            ("\"\\é", None),
            ("\\", None),
            ("", None),
        ] {
            assert_eq!(replaced(json).as_deref(), mended, "{json}");
        }
    }

    proptest! {
        #[test]
        fn what_is_json_already_is_left_alone(text: String) {
            prop_assert_eq!(replaced(&serde_json::to_string(&text).expect("JSON")), None);
        }

        #[test]
        fn any_text_can_be_mended(text in r#"([\\]|u|d|8|3|e|0|"|é){0,40}"#) {
            if let Some(mended) = replaced(&text) {
                prop_assert_eq!(replaced(&mended), None);
            }
        }
    }
}

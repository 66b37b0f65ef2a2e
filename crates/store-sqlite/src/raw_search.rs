//! Looks for words in units that could not be understood: as they are, as a form spells them, as JSON spells them. A
//! unit in quarantine may be broken anywhere, so nothing here needs it to be well-formed.

/// Whether it contains words, in any of these spellings.
pub(crate) fn holds(raw: &[u8], words: &str) -> bool {
    let in_form =
        || form_urlencoded::parse(raw).any(|(name, value)| spells(&name, words) || spells(&value, words));
    contains(raw, words) || contains(&unescaped(raw), words) || in_form()
}

fn spells(part: &str, words: &str) -> bool {
    contains(part.as_bytes(), words) || contains(&unescaped(part.as_bytes()), words)
}

fn contains(bytes: &[u8], words: &str) -> bool {
    bytes.windows(words.len().max(1)).any(|window| window == words.as_bytes())
}

/// The bytes with JSON's escapes resolved, wherever they are.
fn unescaped(bytes: &[u8]) -> Vec<u8> {
    let (mut plain, mut rest) = (Vec::with_capacity(bytes.len()), bytes);
    loop {
        match rest {
            [] => return plain,
            [b'\\', b'u', ..] => {
                let Some((char, after)) = coded(rest) else {
                    plain.extend(&rest[..2]);
                    rest = &rest[2..];
                    continue;
                };
                plain.extend(char.encode_utf8(&mut [0; 4]).bytes());
                rest = after;
            }
            [b'\\', escaped, after @ ..] => {
                plain.push(match escaped {
                    b'b' => 8,
                    b'f' => 12,
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    itself => *itself,
                });
                rest = after;
            }
            [byte, after @ ..] => {
                plain.push(*byte);
                rest = after;
            }
        }
    }
}

/// A character written as one code unit of UTF-16, or as two.
fn coded(bytes: &[u8]) -> Option<(char, &[u8])> {
    let (first, after) = unit(bytes)?;
    if let Some(char) = char::from_u32(u32::from(first)) {
        return Some((char, after));
    }
    let (second, after) = unit(after)?;
    let char = char::decode_utf16([first, second]).next()?.ok()?;
    Some((char, after))
}

fn unit(bytes: &[u8]) -> Option<(u16, &[u8])> {
    let digits = bytes.strip_prefix(b"\\u")?;
    let (digits, after) = digits.split_at_checked(4)?;
    let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
    let unit = u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    is_hex.then_some((unit, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_found_in_every_spelling() {
        for (raw, words) in [
            ("From=%2b4930222&Body=Hi", "+4930222"),
            ("From=+4930222", "+4930222"),
            ("Body=I+am+J%C3%BCrgen+%26+co", "I am Jürgen & co"),
            (r#"{"name":"J\u00FCrgen \"the\" \ud83d\ude00""#, "Jürgen \"the\" 😀"),
            (r#"{"url":"https:\/\/a.example\/b"}"#, "https://a.example/b"),
            ("payload=%7B%22name%22%3A%22J%5Cu00fcrgen%22%7D", "Jürgen"),
            (r"{broken \u00 Jürgen \", "Jürgen"),
        ] {
            assert!(holds(raw.as_bytes(), words), "{raw}");
        }
        for (raw, words) in [("From=%2B4930222", "+4930223"), (r#""\ud83d \u12"#, "?"), ("", "a")] {
            assert!(!holds(raw.as_bytes(), words), "{raw}");
        }
        assert!(holds(b"\xff\xfe+4930222\x00", "+4930222"));
    }

    proptest! {
        #[test]
        fn whatever_comes_nothing_breaks(raw in prop::collection::vec(any::<u8>(), 0..200), words in ".{1,8}") {
            holds(&raw, &words);
        }

        #[test]
        fn what_was_written_as_json_or_as_a_form_is_found(before in ".{0,20}", words in ".{1,20}", after in ".{0,20}") {
            let whole = format!("{before}{words}{after}");
            let json = serde_json::to_vec(&serde_json::json!({ "text": whole })).expect("JSON");
            prop_assert!(holds(&json, &words));
            let form = form_urlencoded::Serializer::new(String::new()).append_pair("Body", &whole).finish();
            prop_assert!(holds(form.as_bytes(), &words));
        }
    }
}

//! Escapes of URIs (RFC 3261 §25.1, `escaped`).

use std::borrow::Cow;

/// A text without its escapes. If the result is no text, it stays as it came.
pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escape = if *first == b'%' {
            after.get(..2).and_then(|two| std::str::from_utf8(two).ok()).filter(|two| !two.starts_with('+'))
        } else {
            None
        };
        if let Some(byte) = escape.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read_and_what_is_none_stays() {
        for (text, plain) in
            [("%2B1", "+1"), ("50%", "50%"), ("%zz", "%zz"), ("%+1", "%+1"), ("%ff", "%ff"), ("a", "a")]
        {
            assert_eq!(unescaped(text), plain, "{text}");
        }
    }
}

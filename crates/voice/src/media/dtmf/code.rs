//! The numbers of keys (RFC 4733 §3.2).

const KEYS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D'];

/// The number of a key; `None` for a character that is no key.
pub fn key(digit: char) -> Option<u8> {
    let at = KEYS.iter().position(|key| *key == digit.to_ascii_uppercase())?;
    u8::try_from(at).ok()
}

/// The key of a number; `None` for an event that is no key, such as flash.
pub fn digit(code: u8) -> Option<char> {
    KEYS.get(usize::from(code)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_keys_have_numbers_and_nothing_else() {
        for code in 0..=255 {
            assert_eq!(digit(code).and_then(key), (code < 16).then_some(code));
        }
        assert_eq!(key('d'), Some(15));
        assert_eq!(key('x'), None);
    }
}

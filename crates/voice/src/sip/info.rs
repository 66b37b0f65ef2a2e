//! Keys in INFO (RFC 6086; the two bodies that phones use).

/// Longest body that is looked at.
const LONGEST: usize = 256;

/// The key of a body of `application/dtmf-relay` or `application/dtmf`; `None` for anything else.
pub(super) fn key(kind: &str, body: &[u8]) -> Option<char> {
    let body = std::str::from_utf8(body).ok().filter(|body| body.len() <= LONGEST)?;
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let text = if kind.eq_ignore_ascii_case("application/dtmf-relay") {
        body.lines().find_map(|line| {
            let (name, value) = line.split_once('=')?;
            name.trim().eq_ignore_ascii_case("signal").then(|| value.trim())
        })?
    } else if kind.eq_ignore_ascii_case("application/dtmf") {
        body.trim()
    } else {
        return None;
    };
    match text {
        "10" => Some('*'),
        "11" => Some('#'),
        _ => {
            let mut chars = text.chars();
            let key = chars.next()?.to_ascii_uppercase();
            (chars.next().is_none() && matches!(key, '0'..='9' | '*' | '#' | 'A'..='D')).then_some(key)
        }
    }
}

/// A body for one key.
pub(super) fn relay(key: char) -> Vec<u8> {
    format!("Signal={key}\r\nDuration=160\r\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_phones_write_them() {
        for (kind, body, read) in [
            ("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", Some('5')),
            ("application/dtmf-relay", "Signal= *\r\nDuration= 250", Some('*')),
            ("Application/DTMF-Relay; x=y", "Duration=1\nsignal=11", Some('#')),
            ("application/dtmf", "d", Some('D')),
            ("application/dtmf", "55", None),
            ("application/dtmf-relay", "Duration=1", None),
            ("text/plain", "5", None),
        ] {
            assert_eq!(key(kind, body.as_bytes()), read, "{kind} {body:?}");
        }
    }

    #[test]
    fn what_we_write_we_read() {
        assert_eq!(key("application/dtmf-relay", &relay('#')), Some('#'));
    }
}

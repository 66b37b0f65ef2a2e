//! The alphabet in which a body is written.
//!
//! A body is UTF-8 unless it says otherwise: by the `charset` of its content type (RFC 9110 §8.3.2), or by a byte
//! order mark, which a reader of JSON may ignore (RFC 8259 §8.1). An alphabet that is declared is honoured, an unknown
//! one is refused, and bytes that are not of their alphabet are refused. Nothing is replaced.

use axum::body::Bytes;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use http::{HeaderMap, StatusCode, header::CONTENT_TYPE};
use std::{borrow::Cow, fmt};

/// The mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";
/// The longest name of an alphabet that is told back, in characters.
const MAX_NAME: usize = 40;

/// The alphabet that a body declares; UTF-8 if it declares none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Charset(Option<&'static Encoding>);

/// Why a body cannot be read. Nothing of it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Illegible {
    /// Its alphabet is not known to this server. The name as it was given, cut if it is long.
    Unknown(String),
    /// It has bytes that are not of its alphabet, which has this name.
    Invalid(&'static str),
}

impl Illegible {
    /// The status to answer with: 415 (RFC 9110 §15.5.16) or 400.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::Unknown(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Invalid(_) => StatusCode::BAD_REQUEST,
        }
    }
}

impl fmt::Display for Illegible {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(name) => write!(to, "The charset '{name}' is not known"),
            Self::Invalid(name) => write!(to, "The body has bytes that are not {name}"),
        }
    }
}

impl std::error::Error for Illegible {}

impl Charset {
    /// The alphabet that the content type declares. A header that cannot be read declares none.
    pub fn of(headers: &HeaderMap) -> Result<Self, Illegible> {
        let declared = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).and_then(declared);
        declared.map_or(Ok(Self(None)), |name| Self::named(&name))
    }

    /// The alphabet of a name, as browsers know them (WHATWG Encoding §4.2).
    pub fn named(name: &str) -> Result<Self, Illegible> {
        let name = name.trim();
        let found = Encoding::for_label_no_replacement(name.as_bytes());
        let unknown = || Illegible::Unknown(name.chars().take(MAX_NAME).collect());
        found.map(|encoding| Self(Some(encoding))).ok_or_else(unknown)
    }

    /// Whether the body says which alphabet it is in.
    pub const fn is_declared(self) -> bool {
        self.0.is_some()
    }

    /// Whether it is UTF-8, declared or not.
    pub fn is_utf_8(self) -> bool {
        self.0.is_none_or(|encoding| encoding == UTF_8)
    }

    /// Whether each byte below 128 is the character of ASCII, so that a form can be taken apart before it is read.
    pub fn extends_ascii(self) -> bool {
        self.0.is_none_or(|encoding| encoding != UTF_16LE && encoding != UTF_16BE)
    }

    /// The text of some bytes, without a byte order mark.
    pub fn read(self, bytes: &[u8]) -> Result<Cow<'_, str>, Illegible> {
        let (bytes, encoding) = match Encoding::for_bom(bytes) {
            Some((marked, length)) => (&bytes[length..], marked),
            None => (bytes, self.encoding(bytes)),
        };
        strictly(encoding, bytes)
    }

    /// The text of some bytes of a larger text, in which a byte order mark would be a character.
    pub fn read_within(self, bytes: &[u8]) -> Result<Cow<'_, str>, Illegible> {
        strictly(self.0.unwrap_or(UTF_8), bytes)
    }

    /// The same as far as it can be read, and whether all of it could. Only for callers who tell the reader that
    /// something is missing.
    pub fn read_in_part(self, bytes: &[u8]) -> (Cow<'_, str>, bool) {
        match self.read_within(bytes) {
            Ok(text) => (text, true),
            Err(_) => (self.0.unwrap_or(UTF_8).decode_without_bom_handling(bytes).0, false),
        }
    }

    /// The same bytes in UTF-8, without a byte order mark.
    pub fn utf_8(self, bytes: &Bytes) -> Result<Bytes, Illegible> {
        let start = if bytes.starts_with(MARK) { MARK.len() } else { 0 };
        match self.read(bytes)? {
            Cow::Borrowed(text) if text.len() + start == bytes.len() => Ok(bytes.slice(start..)),
            text => Ok(Bytes::from(text.into_owned())),
        }
    }

    /// The alphabet of bytes that have no mark. The order of the bytes of UTF-16 is told by the first character, which
    /// is ASCII in everything that is read here.
    fn encoding(self, bytes: &[u8]) -> &'static Encoding {
        match self.0 {
            Some(encoding) if encoding == UTF_16LE && bytes.first() == Some(&0) => UTF_16BE,
            Some(encoding) => encoding,
            None => UTF_8,
        }
    }
}

fn strictly<'b>(encoding: &'static Encoding, bytes: &'b [u8]) -> Result<Cow<'b, str>, Illegible> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    text.ok_or(Illegible::Invalid(encoding.name()))
}

/// A body in UTF-8, whatever it is written in, without a byte order mark.
pub fn in_utf_8(headers: &HeaderMap, body: &Bytes) -> Result<Bytes, Illegible> {
    let read = Charset::of(headers).and_then(|charset| charset.utf_8(body));
    read.inspect_err(|_| {
        metrics::counter!("jackfield_bodies_refused_total", "why" => "charset").increment(1);
    })
}

/// The `charset` of a content type. White space around the equals sign, and single quotation marks, are ignored.
fn declared(kind: &str) -> Option<String> {
    let (mut parts, mut quoted, mut start) = (Vec::new(), false, 0);
    for (at, byte) in kind.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b';' if !quoted => {
                parts.push(&kind[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&kind[start..]);
    let mut values = parts.into_iter().skip(1).filter_map(|part| part.split_once('='));
    let (_, value) = values.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?;
    let value = value.trim().trim_matches(['"', '\'']).trim();
    (!value.is_empty()).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn headers(kind: &str) -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_str(kind).expect("a header"))])
    }

    fn read(kind: &str, body: &[u8]) -> Result<String, Illegible> {
        let bytes = in_utf_8(&headers(kind), &Bytes::copy_from_slice(body))?;
        Ok(String::from_utf8(bytes.to_vec()).expect("UTF-8"))
    }

    #[test]
    fn a_declared_alphabet_is_honoured_however_it_is_written() {
        for kind in [
            "application/json; charset=ISO-8859-1",
            "application/json;CHARSET=\"iso-8859-1\"",
            "text/plain; a=\";charset=utf-8\"; charset = latin1",
            "application/json; charset='windows-1252'; charset=utf-8",
        ] {
            assert_eq!(read(kind, b"Gr\xfc\xdfe").as_deref(), Ok("Grüße"), "{kind}");
        }
        assert_eq!(read("a/b; charset=ISO-8859-7", b"\xc5\xeb\xdd\xed\xe7").as_deref(), Ok("Ελένη"));
        assert_eq!(read("a/b; charset=Shift_JIS", b"\x83e").as_deref(), Ok("テ"));
        assert_eq!(read("a/b; charset=utf8", "ü".as_bytes()).as_deref(), Ok("ü"));
        assert_eq!(read("a/b", "ü".as_bytes()).as_deref(), Ok("ü"));
        assert_eq!(read("a/b; charset=", "ü".as_bytes()).as_deref(), Ok("ü"));
    }

    #[test]
    fn an_alphabet_that_nobody_knows_is_refused() {
        for name in ["klingon", "utf-7", "utf-32", "iso-2022-kr", &"x".repeat(1_000)] {
            let refused = read(&format!("a/b; charset={name}"), b"{}").expect_err("refused");
            assert_eq!(refused, Illegible::Unknown(name.chars().take(MAX_NAME).collect()));
            assert_eq!(refused.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
    }

    #[test]
    fn bytes_that_are_not_of_their_alphabet_are_refused_and_never_replaced() {
        for (kind, body, name) in [
            ("a/b", &b"Andr\xe9"[..], "UTF-8"),
            ("a/b; charset=utf-8", b"\xed\xa0\x80", "UTF-8"),
            ("a/b; charset=utf-16", b"{\0\x00\xd8", "UTF-16LE"),
            ("a/b; charset=shift_jis", b"\x83", "Shift_JIS"),
        ] {
            let refused = read(kind, body).expect_err("refused");
            assert_eq!(refused, Illegible::Invalid(name), "{kind}");
            assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
        }
    }

    #[test]
    fn a_byte_order_mark_is_passed_over_and_tells_the_alphabet() {
        assert_eq!(read("a/b", b"\xef\xbb\xbf{}").as_deref(), Ok("{}"));
        assert_eq!(read("a/b; charset=utf-8", b"\xef\xbb\xbf").as_deref(), Ok(""));
        assert_eq!(read("a/b", b"\xff\xfe{\0}\0").as_deref(), Ok("{}"));
        assert_eq!(read("a/b", b"\xfe\xff\0{\0}").as_deref(), Ok("{}"));
        assert_eq!(read("a/b; charset=iso-8859-1", b"\xef\xbb\xbf{}").as_deref(), Ok("{}"));
        // The second mark is a character.
        assert_eq!(read("a/b", b"\xef\xbb\xbf\xef\xbb\xbf").as_deref(), Ok("\u{feff}"));
    }

    #[test]
    fn utf_16_without_a_mark_is_read_in_the_order_of_its_first_character() {
        assert_eq!(read("a/b; charset=utf-16", b"{\0}\0").as_deref(), Ok("{}"));
        assert_eq!(read("a/b; charset=utf-16", b"\0{\0}").as_deref(), Ok("{}"));
        assert_eq!(read("a/b; charset=utf-16be", b"\0{\0}").as_deref(), Ok("{}"));
        assert!(!Charset::named("utf-16").expect("known").extends_ascii());
        assert!(Charset::named("latin1").expect("known").extends_ascii());
    }

    #[test]
    fn what_is_read_in_part_says_so() {
        let plain = Charset::of(&HeaderMap::new()).expect("none");
        assert_eq!(plain.read_in_part(b"Andr\xe9"), ("Andr\u{fffd}".into(), false));
        assert_eq!(plain.read_in_part("André".as_bytes()), ("André".into(), true));
    }
}

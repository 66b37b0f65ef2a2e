//! Forms as pages and providers write them: `application/x-www-form-urlencoded` (WHATWG URL §5.1), in any alphabet.

use edge::{Charset, Illegible};
use percent_encoding::percent_decode;
use std::borrow::Cow;

/// The field by which a page says in which alphabet it wrote the others (HTML, *_charset_*).
pub(crate) const CHARSET: &str = "_charset_";
/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// The pairs of a form, taken apart, in the order in which they came. Their bytes may be of any alphabet.
pub(crate) fn pairs(encoded: &[u8]) -> impl Iterator<Item = (Cow<'_, [u8]>, Cow<'_, [u8]>)> {
    let encoded = encoded.strip_prefix(MARK).unwrap_or(encoded);
    encoded.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(|pair| {
        let mut parts = pair.splitn(2, |byte| *byte == b'=');
        let mut part = || decoded(parts.next().unwrap_or_default());
        (part(), part())
    })
}

/// The fields of a form. What the content type declares goes before the field [`CHARSET`], and without either it is
/// UTF-8.
pub(crate) fn fields(declared: Charset, encoded: &[u8]) -> Result<Vec<(String, String)>, Illegible> {
    let charset = charset(declared, pairs(encoded))?;
    let text = |bytes: &[u8]| charset.read_within(bytes).map(Cow::into_owned);
    let mut fields: Vec<(String, String)> =
        pairs(encoded).map(|(name, value)| Ok((text(&name)?, text(&value)?))).collect::<Result<_, _>>()?;
    if let Some((first, _)) = fields.first_mut()
        && let Some(bare) = first.strip_prefix('\u{feff}')
    {
        *first = bare.to_owned();
    }
    Ok(fields)
}

/// The alphabet of a form, which some pairs may name. An alphabet in which bytes below 128 are not ASCII cannot be that
/// of a form.
pub(crate) fn charset<B: AsRef<[u8]>>(
    declared: Charset,
    mut pairs: impl Iterator<Item = (B, B)>,
) -> Result<Charset, Illegible> {
    let charset = if declared.is_declared() {
        declared
    } else {
        match pairs.find(|(name, _)| name.as_ref() == CHARSET.as_bytes()) {
            Some((_, name)) if !name.as_ref().is_empty() => {
                Charset::named(&String::from_utf8_lossy(name.as_ref()))?
            }
            _ => declared,
        }
    };
    if charset.extends_ascii() { Ok(charset) } else { Err(Illegible::Unknown("utf-16 (in a form)".into())) }
}

fn decoded(part: &[u8]) -> Cow<'_, [u8]> {
    if part.contains(&b'+') {
        let spaced: Vec<u8> = part.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
        return Cow::Owned(percent_decode(&spaced).collect());
    }
    percent_decode(part).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, HeaderValue, header::CONTENT_TYPE};
    use proptest::prelude::*;

    fn declared(charset: &str) -> Charset {
        let kind = HeaderValue::from_str(&format!("a/b; charset={charset}")).expect("a header");
        Charset::of(&HeaderMap::from_iter([(CONTENT_TYPE, kind)])).expect("known")
    }

    fn plain() -> Charset {
        Charset::of(&HeaderMap::new()).expect("none")
    }

    fn read(charset: Charset, form: &[u8]) -> Result<String, Illegible> {
        let fields = fields(charset, form)?;
        Ok(fields.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("|"))
    }

    #[test]
    fn fields_are_taken_apart_in_their_order() {
        let read = read(plain(), b"B=%C3%BC+v&A&&c=%2Bx%3D=&A=2&%=%zz");
        assert_eq!(read.as_deref(), Ok("B=ü v|A=|c=+x==|A=2|%=%zz"));
    }

    #[test]
    fn a_form_says_its_alphabet_by_its_content_type_or_by_a_field() {
        assert_eq!(read(declared("ISO-8859-1"), b"n=Andr%E9+M%FC").as_deref(), Ok("n=André Mü"));
        assert_eq!(read(declared("windows-1252"), b"n=%80").as_deref(), Ok("n=€"));
        assert_eq!(
            read(declared("iso-8859-1"), b"n=Andr\xe9").as_deref(),
            Ok("n=André"),
            "not escaped either"
        );
        let said = read(plain(), b"n=%E9&_charset_=ISO-8859-1");
        assert_eq!(said.as_deref(), Ok("n=é|_charset_=ISO-8859-1"));
        let both = read(declared("utf-8"), b"n=%C3%A9&_charset_=ISO-8859-1");
        assert_eq!(both.as_deref(), Ok("n=é|_charset_=ISO-8859-1"), "the content type goes before");
        assert_eq!(read(plain(), b"n=%C3%A9&_charset_=").as_deref(), Ok("n=é|_charset_="));
    }

    #[test]
    fn nothing_is_replaced() {
        for form in [&b"n=Andr%E9"[..], b"%E9=1", b"n=\xe9", b"n=%ED%A0%80"] {
            assert_eq!(read(plain(), form), Err(Illegible::Invalid("UTF-8")));
        }
        assert_eq!(read(plain(), b"_charset_=klingon"), Err(Illegible::Unknown("klingon".into())));
        assert!(matches!(read(declared("utf-16"), b"n=1"), Err(Illegible::Unknown(_))));
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_name() {
        assert_eq!(read(plain(), b"\xef\xbb\xbfn=1").as_deref(), Ok("n=1"));
        assert_eq!(read(plain(), b"%EF%BB%BFn=1").as_deref(), Ok("n=1"));
        assert_eq!(read(declared("latin1"), b"n=%FF%FE").as_deref(), Ok("n=ÿþ"), "no mark, but two letters");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(fields in prop::collection::vec(("[^\u{feff}]{1,10}", "[^\u{feff}]{0,10}"), 0..6)) {
            let encoded = form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
            prop_assert_eq!(super::fields(plain(), encoded.as_bytes()), Ok(fields));
        }
    }
}

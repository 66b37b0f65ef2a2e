//! Addresses as phones and carriers write them (RFC 3261 §20.10, §25.1; RFC 3966): only this module tells name, URI and
//! number apart.

use super::escape::unescaped;
use std::net::SocketAddr;

/// The port of a URI that names none (RFC 3261 §19.1.2).
const PORT: u16 = 5060;

/// How many digits make a text a telephone number even if it does not say so.
const NUMBER: usize = 7;

/// A `name-addr` or `addr-spec` of a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address<'a> {
    /// The display name, without its quotes and escapes; empty when there is none.
    pub name: String,
    /// The URI as it came, without its brackets.
    pub uri: &'a str,
    /// The parameters that follow it: `;tag=1`.
    parameters: &'a str,
}

impl<'a> Address<'a> {
    /// The first address of a header.
    pub fn first(header: &'a str) -> Option<Self> {
        Self::all(header).next()
    }

    /// All addresses of a header, which may be a list.
    pub fn all(header: &'a str) -> impl Iterator<Item = Self> {
        entries(header).filter_map(Self::read)
    }

    fn read(entry: &'a str) -> Option<Self> {
        let entry = entry.trim();
        let Some(open) = outside_quotes(entry, |c| c == '<') else {
            // Without brackets, parameters belong to the header; those before the `@` do not.
            let user = entry.find('@').unwrap_or(0);
            let end = entry[user..].find([';', '?']).map_or(entry.len(), |end| user + end);
            let (uri, parameters) = entry.split_at(end);
            let uri = uri.trim();
            return (!uri.is_empty()).then(|| Self { name: String::new(), uri, parameters });
        };
        let (uri, parameters) = entry[open + 1..].split_once('>')?;
        Some(Self { name: unquoted(entry[..open].trim()), uri: uri.trim(), parameters })
    }

    /// The user or the number in its URI.
    pub fn user(&self) -> Option<String> {
        user(self.uri)
    }

    /// A parameter of the header, by its name in small letters.
    pub fn parameter(&self, name: &str) -> Option<&'a str> {
        self.parameters.split(';').find_map(|pair| {
            let (key, value) = pair.split_once('=')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// Whether it is an anonymous address (RFC 3323 §4.1.1.3).
    pub fn is_anonymous(&self) -> bool {
        let host = self.uri.rsplit(['@', ':']).next().unwrap_or_default();
        let host = host.split([';', '?']).next().unwrap_or_default();
        host.eq_ignore_ascii_case("anonymous.invalid")
            || self.user().is_none_or(|user| user.eq_ignore_ascii_case("anonymous"))
    }
}

/// The user of a `sip` or `sips` URI, or the number of a `tel` URI: without escapes, without password, and without the
/// parameters that carriers put into the user part (`;npdi`, `;rn=`, `;tgrp=`, `;phone-context=`; RFC 3261 §19.1.6).
/// A telephone number comes without its visual separators (RFC 3966 §5.1.1). `None` for a URI that names nobody.
pub(super) fn user(uri: &str) -> Option<String> {
    let (scheme, rest) = uri.trim().split_once(':')?;
    let (part, is_number) = match scheme.to_ascii_lowercase().as_str() {
        "tel" => (rest, true),
        "sip" | "sips" => {
            let (part, host) = rest.split_once('@')?;
            let phone = |parameter: &str| {
                let (name, value) = parameter.split_once('=').unwrap_or_default();
                name.trim().eq_ignore_ascii_case("user") && value.trim().eq_ignore_ascii_case("phone")
            };
            (part, host.split(['?', ';']).any(phone))
        }
        _ => return None,
    };
    let part = part.split(';').next().unwrap_or_default();
    // A number has no password.
    let part = if is_number { part } else { part.split(':').next().unwrap_or_default() };
    let text: String = unescaped(part).chars().filter(|c| !c.is_control()).collect();
    let text = text.trim();
    let text = if is_number || looks_dialled(text) { without_separators(text) } else { text.to_owned() };
    (!text.is_empty()).then_some(text)
}

/// Where a `sip` URI with parameters in its user part is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UriHost {
    /// At the address that it names.
    At(SocketAddr),
    /// At a host whose name would have to be looked up.
    Named,
}

/// Where a `sip` URI with parameters in its user part is reached; `None` for one without. The library takes everything
/// behind the first semicolon for parameters of the URI, and would look for a host of the caller's number.
pub(super) fn behind_parameters(uri: &str) -> Option<UriHost> {
    let (user, host) = uri.split_once(':')?.1.split_once('@')?;
    if !user.contains(';') {
        return None;
    }
    let host = host.split([';', '?']).next().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let at = host.parse().ok().or_else(|| Some(SocketAddr::new(bare.parse().ok()?, PORT)));
    Some(at.map_or(UriHost::Named, UriHost::At))
}

/// Whether a text is a telephone number, although it does not say so.
fn looks_dialled(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let (plus, rest) = text.strip_prefix('+').map_or((false, text), |rest| (true, rest));
    (plus || digits >= NUMBER) && digits > 0 && rest.chars().all(|c| c.is_ascii_digit() || is_separator(c))
}

fn without_separators(text: &str) -> String {
    text.chars().filter(|c| !is_separator(*c)).collect()
}

/// The visual separators of RFC 3966 §3, and the blank, which some write as an escape.
const fn is_separator(c: char) -> bool {
    matches!(c, '-' | '.' | '(' | ')' | ' ')
}

/// The parts of a text between separators; separators in quotes do not count.
pub(super) fn separated(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = outside_quotes(text, |c| c == separator);
        let (part, after) =
            end.map_or((text, None), |at| (&text[..at], Some(&text[at + separator.len_utf8()..])));
        rest = after;
        Some(part)
    })
}

/// The entries of a list header: commas in quotes and in brackets do not count.
pub(super) fn entries(header: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(header);
    std::iter::from_fn(move || {
        let text = rest?;
        let mut within = false;
        let comma = outside_quotes(text, |c| {
            within = (within || c == '<') && c != '>';
            c == ',' && !within
        });
        let (entry, after) = comma.map_or((text, None), |at| (&text[..at], Some(&text[at + 1..])));
        rest = after;
        Some(entry)
    })
}

/// The place of the first character that is looked for, outside of quoted text.
fn outside_quotes(text: &str, mut found: impl FnMut(char) -> bool) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    text.char_indices().find_map(|(at, c)| {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if !quoted && found(c) => return Some(at),
            _ => {}
        }
        None
    })
}

/// A display name without quotes, and without the escapes in them (RFC 3261 §25.1, `quoted-string`).
fn unquoted(name: &str) -> String {
    let Some(inner) = name.strip_prefix('"') else { return name.to_owned() };
    let mut plain = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => plain.extend(chars.next()),
            c => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_user_is_read_as_carriers_write_it() {
        for (uri, number) in [
            ("sip:+15551112222@carrier.example", Some("+15551112222")),
            ("SIPS:+15551112222@carrier.example;user=phone", Some("+15551112222")),
            ("tel:+15551112222", Some("+15551112222")),
            ("TEL:+1-555-111-2222", Some("+15551112222")),
            ("tel:5264000;phone-context=+1408", Some("5264000")),
            ("tel:+15551112222;npdi;rn=+15559990000", Some("+15551112222")),
            ("sip:+15551112222;npdi;rn=+15559990000@carrier.example;user=phone", Some("+15551112222")),
            ("sip:+15551112222;tgrp=a1;trunk-context=example.com@carrier.example", Some("+15551112222")),
            ("sip:+1555111;phone-context=example.com@carrier.example;user=phone", Some("+1555111")),
            ("sip:%2B15551112222@carrier.example", Some("+15551112222")),
            ("sip:+1%20555%20111%202222@carrier.example", Some("+15551112222")),
            ("sip:+1(555)111-2222@carrier.example;user=phone", Some("+15551112222")),
            ("sip:555.111.2222@carrier.example", Some("5551112222")),
            ("sip:50-01@carrier.example", Some("50-01")),
            ("sip:50-01@carrier.example;user=phone", Some("5001")),
            ("sip:a.b-c@host", Some("a.b-c")),
            ("sip:alice:secret@host", Some("alice")),
            ("sip:*70%23@host", Some("*70#")),
            ("sip:J%C3%BCrgen@host", Some("Jürgen")),
            ("sip:host", None),
            ("sip:@host", None),
            ("sip:host;transport=tcp", None),
            ("urn:service:sos", None),
            ("tel:", None),
            ("", None),
        ] {
            assert_eq!(user(uri).as_deref(), number, "{uri}");
        }
    }

    #[test]
    fn names_uris_and_parameters_are_told_apart() {
        for (header, name, uri, tag) in [
            ("<sip:a@h>;tag=1", "", "sip:a@h", Some("1")),
            ("sip:a@h;tag=1", "", "sip:a@h", Some("1")),
            ("sip:+1;npdi@h;tag=1", "", "sip:+1;npdi@h", Some("1")),
            ("tel:+1;tag=1", "", "tel:+1", Some("1")),
            ("Ada Lovelace <sip:a@h>", "Ada Lovelace", "sip:a@h", None),
            (r#""Lovelace, Ada" <sip:a@h>;tag=1"#, "Lovelace, Ada", "sip:a@h", Some("1")),
            (r#""a \"<sip:5550199@h>" <sip:+1@h>"#, r#"a "<sip:5550199@h>"#, "sip:+1@h", None),
            (r#""a <sip:5550199@h>" <sip:+1@h>"#, "a <sip:5550199@h>", "sip:+1@h", None),
            (r#""back\\" <sip:a@h>"#, r"back\", "sip:a@h", None),
            ("< sip:a@h > ; TAG = 1", "", "sip:a@h", Some("1")),
        ] {
            let address = Address::first(header).expect(header);
            assert_eq!((address.name.as_str(), address.uri), (name, uri), "{header}");
            assert_eq!(address.parameter("tag"), tag, "{header}");
        }
    }

    #[test]
    fn a_list_is_split_where_it_is_one() {
        let header = r#""A, B" <sip:a,b@h>;x="1,2", <tel:+1>, sip:c@h"#;
        let uris: Vec<&str> = Address::all(header).map(|address| address.uri).collect();
        assert_eq!(uris, ["sip:a,b@h", "tel:+1", "sip:c@h"]);
    }

    #[test]
    fn who_withholds_their_name_is_anonymous() {
        for (header, anonymous) in [
            ("<sip:anonymous@anonymous.invalid>;tag=1", true),
            (r#""Anonymous" <sip:Anonymous@host>"#, true),
            ("<sip:x@anonymous.invalid;user=phone>", true),
            ("<sip:host>", true),
            ("<sip:5001@host>", false),
            ("<tel:+1>", false),
        ] {
            assert_eq!(Address::first(header).expect(header).is_anonymous(), anonymous, "{header}");
        }
    }

    #[test]
    fn the_host_behind_parameters_of_the_user_part_is_found() {
        let at = |text: &str| text.parse::<SocketAddr>().expect("an address");
        for (uri, found) in [
            ("sip:5001@192.0.2.7:5062", None),
            ("sip:192.0.2.7;transport=udp", None),
            ("sip:+1;npdi@192.0.2.7:5062;transport=udp", Some(UriHost::At(at("192.0.2.7:5062")))),
            ("sip:+1;npdi@192.0.2.7", Some(UriHost::At(at("192.0.2.7:5060")))),
            ("sip:+1;npdi@[2001:db8::1]", Some(UriHost::At(at("[2001:db8::1]:5060")))),
            ("sip:+1;npdi@carrier.example", Some(UriHost::Named)),
        ] {
            assert_eq!(behind_parameters(uri), found, "{uri}");
        }
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic(text in "\\PC*") {
            for address in Address::all(&text).take(100) {
                let _ = (address.user(), address.parameter("tag"), address.is_anonymous());
            }
            let _ = user(&text);
        }
    }
}

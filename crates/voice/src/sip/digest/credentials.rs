//! The Authorization header (RFC 7616 §3.4), read without changing a letter of what is hashed.

use crate::{settings::Algorithm, sip::address};
use md5::Md5;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// Longest header that is looked at.
const LONGEST: usize = 2048;

impl Algorithm {
    /// Its name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
        }
    }

    fn hash(self, parts: &[&str]) -> String {
        let text = parts.join(":");
        match self {
            Self::Md5 => hex(&Md5::digest(text.as_bytes())),
            Self::Sha256 => hex(&Sha256::digest(text.as_bytes())),
        }
    }
}

/// The claim of a phone. Texts are raw: as they stood between the quotes.
#[derive(Debug)]
pub(super) struct DigestCredentials<'a> {
    pub username: &'a str,
    pub realm: &'a str,
    pub nonce: &'a str,
    uri: &'a str,
    pub response: &'a str,
    pub algorithm: Algorithm,
    /// The parts that RFC 2617 added; `None` for an answer in the way of RFC 2069.
    quality: Option<Quality<'a>>,
}

/// `qop`, and the values that come with it.
#[derive(Debug)]
struct Quality<'a> {
    qop: &'a str,
    cnonce: &'a str,
    nc: &'a str,
    count: u32,
}

impl<'a> DigestCredentials<'a> {
    /// Reads a header. `None` for another scheme, for a missing part, and for `qop` other than `auth`, which is
    /// the only one we offer. One without `qop` is read: whether it is good enough is for the caller to decide.
    pub fn parse(header: &'a str) -> Option<Self> {
        if header.len() > LONGEST {
            return None;
        }
        let (scheme, mut rest) = header.trim().split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("digest") {
            return None;
        }
        let (mut username, mut realm, mut nonce, mut uri, mut response) = (None, None, None, None, None);
        let (mut cnonce, mut nc, mut qop, mut algorithm) = (None, None, None, Some(Algorithm::Md5));
        while let Some((name, value, after)) = parameter(rest) {
            rest = after;
            match name.to_ascii_lowercase().as_str() {
                "username" => username = Some(value),
                "realm" => realm = Some(value),
                "nonce" => nonce = Some(value),
                "uri" => uri = Some(value),
                "response" => response = Some(value),
                "cnonce" => cnonce = Some(value),
                "nc" => nc = Some(value),
                "qop" => qop = Some(value),
                "algorithm" => {
                    algorithm = [Algorithm::Md5, Algorithm::Sha256]
                        .into_iter()
                        .find(|known| known.name().eq_ignore_ascii_case(value));
                }
                _ => {}
            }
        }
        let quality = match qop {
            Some(qop) => {
                let nc = nc.filter(|nc| nc.len() == 8)?;
                let count = u32::from_str_radix(nc, 16).ok()?;
                let qop = Some(qop).filter(|qop| qop.eq_ignore_ascii_case("auth"))?;
                Some(Quality { qop, cnonce: cnonce?, nc, count })
            }
            None => None,
        };
        Some(Self {
            username: username?,
            realm: realm?,
            nonce: nonce?,
            uri: uri?,
            response: response?,
            algorithm: algorithm?,
            quality,
        })
    }

    /// The nonce count; `None` in the way of RFC 2069, which has none.
    pub fn count(&self) -> Option<u32> {
        self.quality.as_ref().map(|quality| quality.count)
    }

    /// The response that the password gives (RFC 7616 §3.4.1, or RFC 2069 §2.1.2 without `qop`), in lower-case hex.
    pub fn expected(&self, password: &str, method: &str) -> String {
        let secret = self.algorithm.hash(&[self.username, self.realm, password]);
        let request = self.algorithm.hash(&[method, self.uri]);
        match &self.quality {
            Some(Quality { qop, cnonce, nc, .. }) => {
                self.algorithm.hash(&[&secret, self.nonce, nc, cnonce, qop, &request])
            }
            None => self.algorithm.hash(&[&secret, self.nonce, &request]),
        }
    }

    /// The number it is for: clients in the field write their domain behind it, too.
    pub fn number(&self) -> &'a str {
        self.username.split('@').next().unwrap_or_default()
    }

    /// Whether the URI that was hashed names the same user as the Request-URI, or none: clients in the field hash only
    /// the host.
    pub fn is_for(&self, target: &str) -> bool {
        address::user(self.uri).is_none_or(|named| address::user(target).as_ref() == Some(&named))
    }
}

/// The first `name=value` and what follows its comma.
fn parameter(text: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = text.trim_start_matches([' ', '\t', ',']).split_once('=')?;
    let rest = rest.trim_start();
    if let Some(quoted) = rest.strip_prefix('"') {
        let mut escaped = false;
        let end = quoted.bytes().position(|byte| {
            let closes = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            closes
        })?;
        return Some((name.trim(), &quoted[..end], &quoted[end + 1..]));
    }
    let end = rest.find(',').unwrap_or(rest.len());
    Some((name.trim(), rest[..end].trim(), &rest[end..]))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_vectors_of_rfc_7616_come_out() {
        for (algorithm, response) in [
            ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
            ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ] {
            let header = format!(
                "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", \
                 algorithm={algorithm}, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, \
                 cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, response=\"{response}\", \
                 opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
            );
            let given = DigestCredentials::parse(&header).expect("credentials");
            assert_eq!(given.expected("Circle of Life", "GET"), response);
        }
    }

    #[test]
    fn the_user_of_the_uri_is_found() {
        for (uri, target) in [
            ("sip:9000@host;transport=udp", "sip:9000@other"),
            ("sip:host", ""),
            ("sips:a;b@host", "sip:a@host"),
            ("sip:*70%23@host", "sip:*70%23@host"),
            ("sip:50%@host", "sip:50%@host"),
            ("tel:+1-555", "sip:+1555@host;user=phone"),
        ] {
            let header = format!(
                "Digest username=\"u\",realm=\"r\",nonce=\"n\",uri=\"{uri}\",response=\"x\",cnonce=\"c\",nc=0000000a,qop=\"auth\""
            );
            let given = DigestCredentials::parse(&header).expect("credentials");
            assert!(given.is_for(target) && given.is_for("sip:other@host") == target.is_empty(), "{uri}");
            assert_eq!(given.count(), Some(10));
        }
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic(text in "\\PC*") {
            let _ = DigestCredentials::parse(&text);
            let _ = DigestCredentials::parse(&format!("Digest {text}"));
        }
    }
}

//! Whether a webhook comes from the provider: `X-Twilio-Signature` (spec: channel-connectors#1B.2).

use crate::secret::Secret;
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use subtle::ConstantTimeEq;

/// The parameter of a URL that carries the digest of a body that is no form.
const BODY_DIGEST: &str = "bodySHA256=";

/// A field of a form, by its bytes: name and value. They are those of UTF-8, unless they are of no alphabet at all.
pub type Param = (Vec<u8>, Vec<u8>);

/// The tokens a signature may be made with: two while they are changed over.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// The token in use.
    pub primary: Secret,
    /// The token that it replaces or is replaced by.
    pub secondary: Option<Secret>,
}

impl Tokens {
    /// One token.
    pub fn new(primary: Secret) -> Self {
        Self { primary, secondary: None }
    }

    /// The tokens that can prove something: what an empty one signs, anybody can sign.
    fn usable(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.primary).chain(&self.secondary).map(Secret::reveal).filter(|it| !it.is_empty())
    }
}

/// Whether `given`, the value of the header, signs this request with one of the tokens.
///
/// `urls` are the full URLs under which the sender may know us: each configured public base with the path and the
/// query of the request, exactly as registered and never built from the `Host` header. `params` are **all** fields
/// of a form, taken apart, known to us or not; `None` for a request without a form. Then the signature covers only the
/// URL, so a body counts only if the URL has its digest.
pub fn genuine(tokens: &Tokens, urls: &[String], params: Option<&[Param]>, body: &[u8], given: &str) -> bool {
    let Ok(given) = STANDARD.decode(given.trim()) else { return false };
    let fields = params.map(joined).unwrap_or_default();
    let mut genuine = false;
    for url in urls.iter().filter(|url| params.is_some() || covers(url, body)) {
        for candidate in candidates(url) {
            for token in tokens.usable() {
                genuine |= signs(token, &candidate, &fields, &given);
            }
        }
    }
    genuine
}

/// The fields of a form as they are signed: by name, and of a name each distinct value once, in order.
fn joined(params: &[Param]) -> Vec<u8> {
    let mut sorted: BTreeMap<&[u8], BTreeSet<&[u8]>> = BTreeMap::new();
    for (name, value) in params {
        sorted.entry(name).or_default().insert(value);
    }
    let pairs = sorted.iter().flat_map(|(name, values)| values.iter().flat_map(move |value| [*name, *value]));
    pairs.flatten().copied().collect()
}

/// A digest of a signed form that stays the same however its boundaries are moved under the same signature.
pub fn digest(path: &str, params: &[Param]) -> String {
    let mut digest = Sha256::new();
    digest.update(path);
    digest.update(joined(params));
    format!("{:x}", digest.finalize())
}

/// Whether a URL has the digest of a body that is no form.
fn covers(url: &str, body: &[u8]) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let query = query.split_once('#').map_or(query, |(query, _)| query);
    let mut digests = query.split('&').filter_map(|pair| pair.strip_prefix(BODY_DIGEST));
    match (digests.next(), digests.next()) {
        (None, _) => body.is_empty(),
        (Some(digest), None) => {
            let ours =
                Sha256::digest(body).iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
            ours.as_bytes().ct_eq(digest.to_ascii_lowercase().as_bytes()).into()
        }
        (Some(_), Some(_)) => false,
    }
}

/// A URL as it is, without its port, and with the port of its scheme: senders differ in which of them they sign.
fn candidates(url: &str) -> Vec<String> {
    let mut candidates = vec![url.to_owned()];
    let default = match url.split_once("://") {
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("https") => "443",
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("http") => "80",
        _ => return candidates,
    };
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url[start..].find(['/', '?', '#']).map_or(url.len(), |length| start + length);
    let authority = &url[start..end];
    // Neither a password before the host nor a colon of an IPv6 address is a port.
    let host = authority.rfind(['@', ']']).map_or(0, |at| at + 1);
    let bare = authority[host..].find(':').map_or(end, |colon| start + host + colon);
    candidates.push(format!("{}{}", &url[..bare], &url[end..]));
    candidates.push(format!("{}:{default}{}", &url[..bare], &url[end..]));
    candidates
}

fn signs(token: &str, url: &str, fields: &[u8], given: &[u8]) -> bool {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(token.as_bytes()) else { return false };
    mac.update(url.as_bytes());
    mac.update(fields);
    // Compares in constant time.
    mac.verify_slice(given).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://sms.example.org/hooks/sms/acme?x=1";
    /// The first vector of the page: its fields, not in the order in which they are signed.
    const MESSAGE: [(&str, &str); 6] = [
        ("To", "+15557772222"),
        ("NumMedia", "0"),
        ("MessageSid", "SMtest1"),
        ("From", "+15550001111"),
        ("Body", "Héllo & co"),
        ("AccountSid", "ACtest"),
    ];
    const MESSAGE_SIGNED: &str = "YJnM8dtnFDvL4uE4dzyGXddVRDg=";
    const EMPTY_SIGNED: &str = "USrik3McumaeS+YLlkJgLbyOl00=";

    fn tokens() -> Tokens {
        Tokens::new(Secret::new("gws-test-token"))
    }

    fn form(fields: &[(&str, &str)]) -> Vec<Param> {
        fields.iter().map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec())).collect()
    }

    fn signed(url: &str, fields: &[(&str, &str)], given: &str) -> bool {
        genuine(&tokens(), &[url.to_owned()], Some(&form(fields)), b"", given)
    }

    #[test]
    fn a_form_is_signed_by_name_and_value() {
        assert!(signed(URL, &MESSAGE, MESSAGE_SIGNED));
    }

    #[test]
    fn a_moved_boundary_makes_no_other_form() {
        let told = form(&[("MessageSid", "SM1"), ("NumMedia", "0"), ("To", "+1")]);
        let moved = form(&[("MessageSid", "SM1NumMedia0"), ("To", "+1")]);
        assert_eq!(digest("/sms", &told), digest("/sms", &moved));
        assert_ne!(digest("/sms", &told), digest("/sms", &form(&[("MessageSid", "SM2")])));
    }

    #[test]
    fn a_sender_may_add_or_leave_out_the_port() {
        assert!(signed(URL, &MESSAGE, "19gM3jq/sFZu6U2ib9C+0DOqkLk="));
        for known in ["https://sms.example.org:443", "https://sms.example.org:8443"] {
            let url = URL.replace("https://sms.example.org", known);
            assert!(signed(&url, &MESSAGE, MESSAGE_SIGNED), "{known}");
            assert!(signed(&url, &MESSAGE, "19gM3jq/sFZu6U2ib9C+0DOqkLk="), "{known}");
        }
    }

    #[test]
    fn a_get_is_signed_by_its_url() {
        assert!(signed(URL, &[], EMPTY_SIGNED));
        assert!(genuine(&tokens(), &[URL.into()], None, b"", EMPTY_SIGNED));
    }

    #[test]
    fn of_a_repeated_name_each_distinct_value_is_signed_in_order() {
        let fields = [("A", "2"), ("B", "x"), ("A", "1"), ("A", "2")];
        assert!(signed(URL, &fields, "Zb+pyD5CxQevZ/9GyQwJMbxKt5s="));
    }

    #[test]
    fn a_body_that_is_no_form_is_signed_by_its_digest() {
        let digest = "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862";
        let urls = [format!("{URL}&bodySHA256={digest}")];
        let given = "31A3LrwxxbXzX5Lrbp63wFvfh7E=";
        assert!(genuine(&tokens(), &urls, None, br#"{"a":1}"#, given));
        assert!(!genuine(&tokens(), &urls, None, br#"{"a":2}"#, given));
        assert!(!genuine(&tokens(), &urls, None, b"", given));
    }

    #[test]
    fn a_body_that_no_digest_covers_is_not_signed() {
        assert!(!genuine(&tokens(), &[URL.into()], None, b"{}", EMPTY_SIGNED));
    }

    #[test]
    fn whatever_is_changed_breaks_the_signature() {
        for (at, _) in MESSAGE.iter().enumerate() {
            let mut less = MESSAGE.to_vec();
            less.remove(at);
            let mut other = MESSAGE;
            other[at].1 = "x";
            assert!(!signed(URL, &less, MESSAGE_SIGNED) && !signed(URL, &other, MESSAGE_SIGNED));
        }
        let more = [&MESSAGE[..], &[("Unknown", "")]].concat();
        assert!(!signed(URL, &more, MESSAGE_SIGNED));
        assert!(!signed("https://sms.example.org/hooks/sms/acme?x=2", &MESSAGE, MESSAGE_SIGNED));
        assert!(!signed("http://sms.example.org/hooks/sms/acme?x=1", &MESSAGE, MESSAGE_SIGNED));
        for given in ["", "!", "YJnM", &MESSAGE_SIGNED.to_lowercase(), "YJnM8dtnFDvL4uE4dzyGXddVRDg"] {
            assert!(!signed(URL, &MESSAGE, given), "{given}");
        }
    }

    #[test]
    fn while_tokens_are_changed_over_either_signs() {
        let old = Tokens { primary: Secret::new("new"), secondary: Some(Secret::new("gws-test-token")) };
        let form = form(&MESSAGE);
        assert!(genuine(&old, &[URL.into()], Some(&form), b"", MESSAGE_SIGNED));
        let gone = Tokens { secondary: None, ..old };
        assert!(!genuine(&gone, &[URL.into()], Some(&form), b"", MESSAGE_SIGNED));
    }

    #[test]
    fn an_empty_token_signs_nothing() {
        let mut mac = Hmac::<Sha1>::new_from_slice(b"").expect("a key");
        mac.update(URL.as_bytes());
        let forged = STANDARD.encode(mac.finalize().into_bytes());
        let empty = Tokens { primary: Secret::new(""), secondary: Some(Secret::new("")) };
        assert!(!genuine(&empty, &[URL.into()], None, b"", &forged));
    }

    #[test]
    fn any_of_our_public_addresses_may_be_the_one_the_sender_knows() {
        let urls = ["http://127.0.0.1:8080/hooks/sms/acme?x=1".to_owned(), URL.to_owned()];
        assert!(genuine(&tokens(), &urls, None, b"", EMPTY_SIGNED));
        assert!(!genuine(&tokens(), &[], None, b"", EMPTY_SIGNED));
    }

    #[test]
    fn a_port_is_told_from_a_password_and_from_an_ipv6_address() {
        let of = |url| candidates(url)[1..].to_vec();
        assert_eq!(of("http://u:p@h:8/a:1"), ["http://u:p@h/a:1", "http://u:p@h:80/a:1"]);
        assert_eq!(of("https://[::1]:8?b"), ["https://[::1]?b", "https://[::1]:443?b"]);
        assert_eq!(of("https://[::1]"), ["https://[::1]", "https://[::1]:443"]);
        assert_eq!(candidates("é:/"), ["é:/"]);
    }

    #[test]
    fn tokens_are_not_printed() {
        assert!(!format!("{:?}", tokens()).contains("gws-test-token"));
    }
}

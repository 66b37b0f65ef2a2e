//! The signatures of the platforms, written only for the simulators: if they were the connectors' own, a mistake in
//! them would go unnoticed.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::Sha256;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

/// How a webhook is signed: as it should be, or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Signing {
    /// As it should be.
    #[default]
    Good,
    /// With a key that is not ours.
    Bad,
    /// Not at all.
    Missing,
}

impl Signing {
    /// The key to sign with, unless there is to be no signature.
    pub(super) fn key(self, secret: &str) -> Option<&str> {
        match self {
            Self::Good => Some(secret),
            Self::Bad => Some("not the secret"),
            Self::Missing => None,
        }
    }
}

/// `X-Twilio-Signature` of a form POST, or with no fields of a GET or a JSON body (spec: channel-connectors#1B.2): the
/// URL, then each name in byte order, each time with one of its distinct values, sorted.
pub(super) fn of_form(token: &str, url: &str, fields: &[(String, String)]) -> String {
    let mut distinct: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, value) in fields {
        distinct.entry(name).or_default().insert(value);
    }
    let mut signed = url.to_owned();
    for (name, values) in distinct {
        for value in values {
            signed.push_str(name);
            signed.push_str(value);
        }
    }
    let mut mac = keyed::<Hmac<Sha1>>(token);
    mac.update(signed.as_bytes());
    BASE64_STANDARD.encode(mac.finalize().into_bytes())
}

/// `X-Hub-Signature-256` of a body (spec: channel-connectors#2.3).
pub(super) fn of_body(app_secret: &str, body: &str) -> String {
    format!("sha256={}", hex_sha256(app_secret, body))
}

/// `appsecret_proof` of a page token (spec: channel-connectors#2.1).
pub(super) fn proof(app_secret: &str, token: &str) -> String {
    hex_sha256(app_secret, token)
}

fn hex_sha256(key: &str, text: &str) -> String {
    let mut mac = keyed::<Hmac<Sha256>>(key);
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn keyed<M: hmac::digest::KeyInit + Mac>(key: &str) -> M {
    <M as Mac>::new_from_slice(key.as_bytes())
        .unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::Digest as _;

    const TOKEN: &str = "gws-test-token";
    const URL: &str = "https://sms.example.org/hooks/sms/acme?x=1";

    fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }

    fn an_sms() -> Vec<(String, String)> {
        fields(&[
            ("MessageSid", "SMtest1"),
            ("AccountSid", "ACtest"),
            ("From", "+15550001111"),
            ("To", "+15557772222"),
            ("Body", "Héllo & co"),
            ("NumMedia", "0"),
        ])
    }

    #[test]
    fn a_form_is_signed_as_the_provider_signs_it() {
        assert_eq!(of_form(TOKEN, URL, &an_sms()), "YJnM8dtnFDvL4uE4dzyGXddVRDg=");
    }

    #[test]
    fn the_port_is_signed_when_the_url_has_it() {
        let url = "https://sms.example.org:443/hooks/sms/acme?x=1";
        assert_eq!(of_form(TOKEN, url, &an_sms()), "19gM3jq/sFZu6U2ib9C+0DOqkLk=");
    }

    #[test]
    fn a_get_is_signed_by_its_url() {
        assert_eq!(of_form(TOKEN, URL, &[]), "USrik3McumaeS+YLlkJgLbyOl00=");
    }

    #[test]
    fn a_repeated_field_is_signed_with_each_distinct_value() {
        let repeated = fields(&[("A", "2"), ("A", "1"), ("A", "2"), ("B", "x")]);
        assert_eq!(of_form(TOKEN, URL, &repeated), "Zb+pyD5CxQevZ/9GyQwJMbxKt5s=");
    }

    #[test]
    fn a_json_body_is_signed_by_its_digest_in_the_url() {
        let digest = Sha256::digest(br#"{"a":1}"#).iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        let url = format!("{URL}&bodySHA256={digest}");
        assert_eq!(of_form(TOKEN, &url, &[]), "31A3LrwxxbXzX5Lrbp63wFvfh7E=");
    }

    #[test]
    fn a_body_is_signed_as_the_platform_signs_it() {
        let body = concat!(
            r#"{"object":"page","entry":[{"id":"1001","time":1760000000000,"messaging":[{"sender":{"id":"2002"},"#,
            r#""recipient":{"id":"1001"},"timestamp":1760000000000,"message":{"mid":"m_1","text":"h\u00e9llo"}}]}]}"#,
        );
        assert_eq!(body.len(), 197);
        let signature = "sha256=9a8f451521ec62488a6217e7e99dca3905cd7644dab933a2f44492c7446e5586";
        assert_eq!(of_body("app-secret-1", body), signature);
    }

    #[test]
    fn a_token_is_proven_with_the_secret() {
        let expected = "e17cc3f0898947da335ba22917d62b78810958c2beb8fc6bc57c45bd4c76c9be";
        assert_eq!(proof("app-secret-1", "page-token-1"), expected);
    }
}

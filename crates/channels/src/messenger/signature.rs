//! The signature of a webhook delivery, and the proof that goes with a token (spec: channel-connectors#2.1, #2.3).

use crate::secret::Secret;
use hmac::{Hmac, Mac};
use http::HeaderMap;
use sha2::Sha256;
use std::fmt::Write as _;

/// The header that holds the signature of a delivery.
pub const HEADER: &str = "x-hub-signature-256";
/// The prefix of the value, before the 64 digits.
const SCHEME: &str = "sha256=";

/// Whether a delivery comes from the platform: [`HEADER`] is there once, and is the signature of exactly these bytes
/// under one of the app's secrets (several while one replaces another). The bytes are those that were received: the
/// platform signs its own spelling of them, so JSON that was read and written again has another signature.
pub fn is_genuine(secrets: &[Secret], headers: &HeaderMap, body: &[u8]) -> bool {
    let mut values = headers.get_all(HEADER).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return false };
    let Some(shown) = value.to_str().ok().and_then(|value| value.strip_prefix(SCHEME)).and_then(digits)
    else {
        return false;
    };
    secrets.iter().any(|secret| is_signed(secret, body, &shown))
}

/// `appsecret_proof`: shows with a page token that the caller knows the app's secret, too.
pub fn appsecret_proof(secret: &Secret, token: &Secret) -> String {
    hex(&sign(secret, token.reveal().as_bytes()))
}

/// The HMAC-SHA256 of a message under a secret.
pub(super) fn sign(secret: &Secret, message: &[u8]) -> [u8; 32] {
    keyed(secret).chain_update(message).finalize().into_bytes().into()
}

/// Bytes in lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Whether `shown` is the HMAC-SHA256 of `message` under a secret, compared in constant time. With an empty secret it
/// never is: anybody could sign with it.
pub(super) fn is_signed(secret: &Secret, message: &[u8], shown: &[u8]) -> bool {
    !secret.reveal().is_empty() && keyed(secret).chain_update(message).verify_slice(shown).is_ok()
}

fn keyed(secret: &Secret) -> Hmac<Sha256> {
    match Hmac::new_from_slice(secret.reveal().as_bytes()) {
        Ok(mac) => mac,
        // The algorithm shortens long keys itself and takes every length.
        Err(_) => unreachable!("HMAC takes keys of any length"),
    }
}

/// The bytes of exactly 64 lower-case hexadecimal digits.
fn digits(hex: &str) -> Option<[u8; 32]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; 32];
    let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
    if pairs.len() != bytes.len() || !rest.is_empty() {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use proptest::prelude::*;

    /// The vector of channel-connectors#2.3: `é` is escaped, as the platform writes and signs it.
    const BODY: &str = r#"{"object":"page","entry":[{"id":"1001","time":1760000000000,"messaging":[{"sender":{"id":"2002"},"recipient":{"id":"1001"},"timestamp":1760000000000,"message":{"mid":"m_1","text":"h\u00e9llo"}}]}]}"#;
    const SIGNATURE: &str = "sha256=9a8f451521ec62488a6217e7e99dca3905cd7644dab933a2f44492c7446e5586";

    fn signed(signatures: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for signature in signatures {
            headers.append(HEADER, HeaderValue::from_str(signature).expect("value"));
        }
        headers
    }

    fn genuine(signatures: &[&str], body: &str) -> bool {
        is_genuine(&[Secret::new("app-secret-1")], &signed(signatures), body.as_bytes())
    }

    #[test]
    fn the_documented_delivery_is_genuine() {
        assert_eq!(BODY.len(), 197);
        assert!(genuine(&[SIGNATURE], BODY));
    }

    #[test]
    fn the_same_json_in_another_spelling_is_not() {
        assert!(!genuine(&[SIGNATURE], &BODY.replace("\\u00e9", "é")));
        assert!(!genuine(&[SIGNATURE], &format!("{BODY}\n")));
    }

    #[test]
    fn a_missing_or_misshapen_signature_is_not() {
        let hex = SIGNATURE.strip_prefix("sha256=").expect("scheme");
        assert!(!genuine(&[], BODY));
        for wrong in [
            "",
            "sha256=",
            hex,
            &format!("sha1={hex}"),
            &SIGNATURE.to_uppercase(),
            &format!("sha256={}", hex.to_uppercase()),
            &SIGNATURE[..SIGNATURE.len() - 1],
            &format!("{SIGNATURE}0"),
            &SIGNATURE.replace('9', "8"),
            &SIGNATURE.replace('9', "g"),
        ] {
            assert!(!genuine(&[wrong], BODY), "{wrong}");
        }
        assert!(!genuine(&[SIGNATURE, SIGNATURE], BODY), "which of two would be meant?");
    }

    #[test]
    fn while_secrets_change_either_is_taken() {
        let secrets = [Secret::new("app-secret-2"), Secret::new("app-secret-1")];
        assert!(is_genuine(&secrets, &signed(&[SIGNATURE]), BODY.as_bytes()));
        assert!(!is_genuine(&secrets[..1], &signed(&[SIGNATURE]), BODY.as_bytes()));
        assert!(!is_genuine(&[], &signed(&[SIGNATURE]), BODY.as_bytes()));
    }

    #[test]
    fn nobody_signs_with_a_secret_that_was_forgotten() {
        let mac = keyed(&Secret::new("")).chain_update(BODY).finalize().into_bytes();
        assert!(!is_signed(&Secret::new(""), BODY.as_bytes(), &mac));
    }

    #[test]
    fn the_documented_token_has_the_documented_proof() {
        assert_eq!(
            appsecret_proof(&Secret::new("app-secret-1"), &Secret::new("page-token-1")),
            "e17cc3f0898947da335ba22917d62b78810958c2beb8fc6bc57c45bd4c76c9be"
        );
    }

    proptest! {
        #[test]
        fn no_signature_makes_it_stumble(bytes in proptest::collection::vec(32_u8..127, 0..100)) {
            let mut headers = HeaderMap::new();
            headers.append(HEADER, HeaderValue::from_bytes(&bytes).expect("value"));
            let genuine = is_genuine(&[Secret::new("app-secret-1")], &headers, b"{}");
            prop_assert!(!genuine);
        }
    }
}

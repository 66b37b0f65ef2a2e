//! The platform's request that what is known of a person be deleted (spec: channel-connectors#2.10).

use super::{
    scalar::Id,
    signature::{hex, is_signed, sign},
};
use crate::secret::Secret;
use base64::{
    Engine as _,
    alphabet::URL_SAFE,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde::Deserialize;
use std::fmt;

/// The longest `signed_request` that is read, in bytes.
const MAX_BYTES: usize = 8 * 1024;
/// The longest user id, in bytes.
const MAX_USER_BYTES: usize = 64;
/// The length of a confirmation code, in hex digits.
const CODE_DIGITS: usize = 32;
/// The platform sometimes pads the signature.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why a request for deletion is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unproven {
    /// It is longer than one can be.
    TooLong,
    /// It is not two parts of base64url with a dot between them.
    Unreadable,
    /// It is not signed with the app's secret.
    Signature,
    /// The signed text is no request with a user and this algorithm.
    Content,
}

impl fmt::Display for Unproven {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            Self::TooLong => "signed_request is too long",
            Self::Unreadable => "signed_request is not base64url.base64url",
            Self::Signature => "signed_request is not signed with the app's secret",
            Self::Content => "signed_request names no user, or another algorithm than HMAC-SHA256",
        })
    }
}

#[derive(Deserialize)]
struct Payload {
    algorithm: String,
    user_id: Id,
}

/// The code that acknowledges a request, the same however often it is made: 32 hex digits.
pub fn confirmation_code(user: &str, secret: &Secret) -> String {
    let mut code = hex(&sign(secret, format!("data deletion of {user}").as_bytes()));
    code.truncate(CODE_DIGITS);
    code
}

/// Whether a text could be such a code.
pub fn is_code(text: &str) -> bool {
    text.len() == CODE_DIGITS && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The user whose data is to be deleted, from the form field `signed_request`. The id is the one by which the *app*
/// knows the person, which need not be the one by which the page does.
pub fn user(signed_request: &str, secrets: &[Secret]) -> Result<String, Unproven> {
    if signed_request.len() > MAX_BYTES {
        return Err(Unproven::TooLong);
    }
    let (signature, payload) = signed_request.split_once('.').ok_or(Unproven::Unreadable)?;
    let signature = BASE64.decode(signature).map_err(|_| Unproven::Unreadable)?;
    // The signature is over the payload as it is written.
    if !secrets.iter().any(|secret| is_signed(secret, payload.as_bytes(), &signature)) {
        return Err(Unproven::Signature);
    }
    let payload = BASE64.decode(payload).map_err(|_| Unproven::Unreadable)?;
    let Payload { algorithm, user_id: Id(user_id) } =
        serde_json::from_slice(&payload).map_err(|_| Unproven::Content)?;
    let named = (1..=MAX_USER_BYTES).contains(&user_id.len());
    if named && algorithm.eq_ignore_ascii_case("HMAC-SHA256") { Ok(user_id) } else { Err(Unproven::Content) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hmac::{Hmac, Mac};
    use proptest::prelude::*;
    use sha2::Sha256;

    const SECRET: &str = "app-secret-1";
    const PAYLOAD: &str =
        r#"{"user_id":"218471","algorithm":"HMAC-SHA256","issued_at":1291836800,"expires":1291840400}"#;

    fn sign(secret: &str, payload: &str) -> String {
        let payload = BASE64.encode(payload).trim_end_matches('=').to_owned();
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("key").chain_update(&payload);
        format!("{}.{payload}", BASE64.encode(mac.finalize().into_bytes()))
    }

    fn asked(signed_request: &str) -> Result<String, Unproven> {
        user(signed_request, &[Secret::new(SECRET)])
    }

    /// The request was made with openssl, not with the code under test.
    #[test]
    fn a_request_made_elsewhere_is_understood() {
        let request = "fb0FEpmY_zdy7r27aALZyLfeTCez--44fZvdKExVRtE.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGhtIjoiSE1BQy1TSEEyNTYiLCJpc3N1ZWRfYXQiOjEyOTE4MzY4MDAsImV4cGlyZXMiOjEyOTE4NDA0MDB9";
        assert_eq!(asked(request), Ok("218471".into()));
    }

    #[test]
    fn padding_is_as_it_may_be() {
        let padded = sign(SECRET, PAYLOAD);
        assert!(padded.contains("=."));
        assert_eq!(asked(&padded), Ok("218471".into()));
        assert_eq!(asked(&padded.replace("=.", ".")), Ok("218471".into()));
    }

    #[test]
    fn the_user_may_be_a_number() {
        assert_eq!(asked(&sign(SECRET, &PAYLOAD.replace("\"218471\"", "218471"))), Ok("218471".into()));
    }

    #[test]
    fn only_the_app_can_ask() {
        assert_eq!(asked(&sign("app-secret-2", PAYLOAD)), Err(Unproven::Signature));
        assert_eq!(user(&sign("", PAYLOAD), &[Secret::new("")]), Err(Unproven::Signature));
        assert_eq!(user(&sign(SECRET, PAYLOAD), &[]), Err(Unproven::Signature));
        let both = [Secret::new("app-secret-2"), Secret::new(SECRET)];
        assert_eq!(user(&sign(SECRET, PAYLOAD), &both), Ok("218471".into()));
    }

    #[test]
    fn everything_else_is_refused() {
        let (signature, _) =
            sign(SECRET, PAYLOAD).split_once('.').map(|(a, b)| (a.to_owned(), b.to_owned())).expect("dot");
        assert_eq!(asked(""), Err(Unproven::Unreadable));
        assert_eq!(asked("no dot"), Err(Unproven::Unreadable));
        assert_eq!(asked("?.?"), Err(Unproven::Unreadable));
        assert_eq!(asked(&format!("{signature}.e30")), Err(Unproven::Signature));
        assert_eq!(asked(&"a".repeat(MAX_BYTES + 1)), Err(Unproven::TooLong));
        for payload in [
            "{}",
            "[]",
            r#"{"user_id":"","algorithm":"HMAC-SHA256"}"#,
            r#"{"user_id":"218471"}"#,
            r#"{"user_id":"218471","algorithm":"none"}"#,
        ] {
            assert_eq!(asked(&sign(SECRET, payload)), Err(Unproven::Content), "{payload}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_stumble(text in "\\PC{0,200}") {
            prop_assert!(asked(&text).is_err());
        }
    }

    #[test]
    fn a_code_names_the_request_and_not_the_user() {
        let code = |user: &str| confirmation_code(user, &Secret::new(SECRET));
        assert_eq!(code("218471"), code("218471"));
        assert_ne!(code("218471"), code("218472"));
        assert!(is_code(&code("218471")) && !code("218471").contains("218471"));
        for other in ["", "<script>", &"A".repeat(32), &"a".repeat(33)] {
            assert!(!is_code(other), "{other}");
        }
    }
}

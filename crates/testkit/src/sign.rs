//! How platforms sign their webhooks, by rules written down once more, so that a server is not checked by its own.

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::Sha256;
use std::collections::BTreeSet;

/// The HMAC-SHA256 of a text.
pub fn mac(key: &str, text: impl AsRef<[u8]>) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("a key");
    mac.update(text.as_ref());
    mac.finalize().into_bytes().to_vec()
}

/// The same in hex, as Messenger signs bodies and proves tokens (`sha256=` goes before it in the header).
pub fn hex(key: &str, text: impl AsRef<[u8]>) -> String {
    mac(key, text).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// The signature of an SMS provider's form: its address, then each name and value in the order of names
/// (spec: channel-connectors#1B.2). A pair that is there twice counts once.
pub fn form(token: &str, url: &str, fields: &[(impl AsRef<str>, impl AsRef<str>)]) -> String {
    let sorted: BTreeSet<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_ref(), value.as_ref())).collect();
    let mut mac = Hmac::<Sha1>::new_from_slice(token.as_bytes()).expect("a key");
    mac.update(url.as_bytes());
    for (name, value) in sorted {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    BASE64_STANDARD.encode(mac.finalize().into_bytes())
}

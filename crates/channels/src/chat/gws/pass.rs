//! The pass of a customer: the UUID that the API calls the id of their chat. Whoever knows it is the customer, so it is
//! a key, and is treated as one.
//!
//! The conversation behind it has an id of its own, which agents see. It is drawn from the pass by a hash: so every
//! node finds the conversation of a pass at once, before and after a restart and after its end, without keeping
//! anything, while nobody who knows the conversation finds the pass. The door checks by the key's digest that the
//! journal agrees, as in every chat.

use super::trouble::Trouble;
use axum::extract::{FromRequestParts, Path};
use desk::ports::Ids;
use domain::InteractionId;
use http::request::Parts;
use sha2::{Digest, Sha256};

/// Keeps the hash that makes ids apart from the digest by which the journal knows the key.
const ID: &[u8] = b"the conversation of ";

/// A pass. It cannot be printed.
pub(super) struct Pass(String);

impl Pass {
    /// A fresh pass: a UUID of version 4, whose 122 bits are random.
    pub fn fresh(ids: &dyn Ids) -> Self {
        Self(ids.guid().to_ascii_lowercase())
    }

    /// The pass of 16 bytes, as a UUID of version 4.
    pub fn drawn(mut bytes: [u8; 16]) -> Self {
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let hex = bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        Self(format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]))
    }

    /// A text that has the form of a pass. Some platforms write UUIDs in capitals.
    pub fn parse(text: &str) -> Option<Self> {
        let is_right = |(at, byte): (usize, u8)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        };
        (text.len() == 36 && text.bytes().enumerate().all(is_right)).then(|| Self(text.to_ascii_lowercase()))
    }

    /// The pass as the customer knows it.
    pub fn key(&self) -> &str {
        &self.0
    }

    /// The id of its conversation: 16 characters, a digit or a capital first (spec: digital-channels#1.6).
    pub fn session(&self) -> InteractionId {
        let mut id = format!("{:X}", Sha256::new().chain_update(ID).chain_update(&self.0).finalize());
        id.truncate(16);
        InteractionId::new(id)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Pass {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Trouble> {
        let Path(id) =
            Path::<String>::from_request_parts(parts, state).await.map_err(|_| Trouble::UnknownChat)?;
        Self::parse(&id).ok_or(Trouble::UnknownChat)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::talk::digest;
    use proptest::prelude::*;

    fn pass(text: &str) -> Pass {
        Pass::parse(text).expect("a pass")
    }

    #[test]
    fn only_a_uuid_is_a_pass() {
        for wrong in [
            "",
            "0001KaF7Q2M80C1D",
            "0f8a1c523b7d4e109c445a6b7c8d9e0f",
            "0f8a1c52-3b7d-4e10-9c44-5a6b7c8d9e0",
            "0f8a1c52-3b7d-4e10-9c44-5a6b7c8d9e0g",
            "0f8a1c52-3b7d-4e10-9c44-5a6b7c8d9e0ü",
            "0f8a1c52.3b7d.4e10.9c44.5a6b7c8d9e0f",
        ] {
            assert!(Pass::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_pass_that_was_drawn_is_a_uuid_of_version_4() {
        let pass = Pass::drawn([0xff; 16]);
        assert_eq!(pass.key(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert!(Pass::parse(pass.key()).is_some());
    }

    #[test]
    fn capitals_make_no_difference() {
        let (small, large) = ("0f8a1c52-3b7d-4e10-9c44-5a6b7c8d9e0f", "0F8A1C52-3B7D-4E10-9C44-5A6B7C8D9E0F");
        assert_eq!(pass(small).key(), pass(large).key());
        assert_eq!(pass(small).session(), pass(large).session());
    }

    #[test]
    fn the_conversation_of_a_pass_never_changes() {
        // Chats in existing journals are found by this.
        let session = pass("0f8a1c52-3b7d-4e10-9c44-5a6b7c8d9e0f").session();
        assert_eq!(session.as_str(), "3EA58EA9443DFBA3");
    }

    proptest! {
        #[test]
        fn the_id_of_a_conversation_tells_nothing_of_the_key(text in "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}") {
            let (pass, id) = (pass(&text), pass(&text).session());
            prop_assert_eq!(id.as_str().len(), 16);
            prop_assert!(!digest(pass.key()).to_ascii_uppercase().contains(id.as_str()));
            prop_assert!(!text.replace('-', "").to_ascii_uppercase().contains(id.as_str()));
        }
    }
}

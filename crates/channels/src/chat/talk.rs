//! What is known of a chat, and who can open it.

use domain::{
    Millis,
    session::{EndedBy, Session},
};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

/// For how long after its end a chat still shows its transcript to its customer, in milliseconds.
pub(super) const FAREWELL: Millis = 60 * 60 * 1000;

/// What the journal keeps of a key: its SHA-256 in lower-case hex.
pub(super) fn digest(key: &str) -> String {
    format!("{:x}", Sha256::digest(key))
}

/// What is known of a chat that a customer asks for.
pub(super) struct Talk {
    /// Id of the customer as a participant.
    pub user_id: String,
    /// The weight of its user data, in bytes.
    pub data_bytes: usize,
    /// The index that the next entry of its log will have.
    pub next_index: u32,
    /// Who ended it, once it is over for the customer.
    pub ended_by: Option<EndedBy>,
    key_digest: String,
    left_at: Option<Millis>,
}

impl Talk {
    /// The facts of a chat as it is committed.
    pub fn of(session: &Session) -> Self {
        Self {
            user_id: session.customer.participant.to_string(),
            data_bytes: session.user_data.weight(),
            next_index: session.next_index,
            ended_by: session.talk_ended,
            key_digest: session.customer.key_digest.clone(),
            left_at: session.customer.left_at,
        }
    }

    /// Whether a key is this chat's. It is compared whole, in a time that does not tell how much of it was right.
    pub fn opens_to(&self, key: &str) -> Choice {
        self.key_digest.as_bytes().ct_eq(digest(key).as_bytes())
    }

    /// Whether it is over for the customer.
    pub const fn is_over(&self) -> bool {
        self.left_at.is_some()
    }

    /// Whether the chat ended so long ago that its transcript is not shown any more.
    pub fn is_gone(&self, now: Millis) -> bool {
        self.left_at.is_some_and(|left| now - left > FAREWELL)
    }
}

#[cfg(test)]
impl Talk {
    /// A chat that goes on, of user `00A1`.
    pub fn with_key(key: &str) -> Self {
        let key_digest = digest(key);
        Self {
            user_id: "00A1".into(),
            data_bytes: 0,
            next_index: 1,
            ended_by: None,
            key_digest,
            left_at: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_opens_to_its_key_and_not_to_what_the_journal_holds() {
        let talk = Talk::with_key("secret");
        assert!(bool::from(talk.opens_to("secret")));
        for wrong in ["Secret", "", "secre", &digest("secret")] {
            assert!(!bool::from(talk.opens_to(wrong)), "{wrong}");
        }
    }

    #[test]
    fn the_digest_is_sha_256_in_hex() {
        assert_eq!(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn the_transcript_stays_for_an_hour() {
        let ended = Talk { left_at: Some(1_000), ..Talk::with_key("secret") };
        assert!(!ended.is_gone(1_000 + FAREWELL));
        assert!(ended.is_gone(1_001 + FAREWELL));
        assert!(!Talk::with_key("secret").is_gone(Millis::MAX));
    }
}

//! How much a customer has written in one conversation, and the most that one conversation takes.
//!
//! Whoever can open a chat can write into it for as long as it is open, and what is written is kept for as long as the
//! journal keeps conversations. A rate bounds how fast that goes; this bounds how much it becomes.

use serde::{Deserialize, Serialize};

/// The most messages that a customer writes in one conversation: some hours of a brisk talk.
pub const MAX_CUSTOMER_MESSAGES: u32 = 2_000;
/// The most that a customer writes in one conversation, in bytes of JSON.
pub const MAX_CUSTOMER_BYTES: u64 = 4 * 1024 * 1024;

/// How much a customer has written in a conversation so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// Messages: words, links and notices.
    pub messages: u32,
    /// Bytes of JSON: words, previews of words, names and user data.
    pub bytes: u64,
}

impl Written {
    /// Whether nothing was written.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the conversation takes so many bytes more, as a message or beside one.
    pub fn has_room(&self, bytes: u32, is_message: bool) -> bool {
        let messages = self.messages + u32::from(is_message);
        messages <= MAX_CUSTOMER_MESSAGES && self.bytes + u64::from(bytes) <= MAX_CUSTOMER_BYTES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_message_of_a_conversation_is_taken_and_the_next_is_not() {
        let before = |messages| Written { messages, bytes: 0 };
        assert!(before(MAX_CUSTOMER_MESSAGES - 1).has_room(1, true));
        assert!(!before(MAX_CUSTOMER_MESSAGES).has_room(1, true));
        assert!(before(MAX_CUSTOMER_MESSAGES).has_room(1, false), "signs are no messages");
    }

    #[test]
    fn the_last_bytes_of_a_conversation_are_taken_and_no_more() {
        let before = |left: u64| Written { messages: 0, bytes: MAX_CUSTOMER_BYTES - left };
        assert!(before(300).has_room(300, true));
        assert!(!before(299).has_room(300, true) && !before(299).has_room(300, false));
    }
}

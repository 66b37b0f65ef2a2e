//! How much a customer has written in one conversation, and the most that one conversation takes.
//!
//! Whoever can open a chat can write into it for as long as it is open, and what is written is kept for as long as the
//! journal keeps conversations. A rate bounds how fast that goes; this bounds what comes of it.

use crate::{Refusal, command::CustomerAct};
use serde::{Deserialize, Serialize};

/// The most messages that a customer writes in one conversation: some hours of a brisk talk.
pub const MAX_CUSTOMER_MESSAGES: u32 = 2_000;
/// The most that a customer writes in one conversation, in bytes of JSON.
pub const MAX_CUSTOMER_BYTES: u64 = 4 * 1024 * 1024;
/// What is counted for an act beside its words: who, when and where in the log.
const ENTRY_BYTES: usize = 256;

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

    /// Refuses an act that would make it more than one conversation takes ([`Refusal::WrittenOut`]).
    pub fn check(&self, act: &CustomerAct) -> Result<(), Refusal> {
        let Some(bytes) = act.bytes() else { return Ok(()) };
        let messages = self.messages + u32::from(act.is_message());
        let fits = messages <= MAX_CUSTOMER_MESSAGES && self.bytes + u64::from(bytes) <= MAX_CUSTOMER_BYTES;
        if fits { Ok(()) } else { Err(Refusal::WrittenOut) }
    }
}

impl CustomerAct {
    /// How many bytes of JSON it makes the journal keep; `None` when it only leaves.
    pub fn bytes(&self) -> Option<u32> {
        let words = match self {
            Self::Leave(_) => return None,
            Self::Say { text, message_type } => {
                json_bytes(text) + message_type.as_deref().map_or(0, json_bytes)
            }
            Self::Type { text, .. } => text.as_deref().map_or(0, json_bytes),
            Self::SendUrl(text) | Self::Notice(text) | Self::Rename(text) => json_bytes(text),
            Self::Data(pairs) => json_bytes(pairs),
        };
        Some(u32::try_from(words.saturating_add(ENTRY_BYTES)).unwrap_or(u32::MAX))
    }

    /// Whether it is a message: words, a link or a notice.
    pub const fn is_message(&self) -> bool {
        matches!(self, Self::Say { .. } | Self::SendUrl(_) | Self::Notice(_))
    }
}

/// How many bytes something takes as JSON, escapes included.
fn json_bytes<T: Serialize + ?Sized>(value: &T) -> usize {
    serde_json::to_vec(value).map_or(usize::MAX, |json| json.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Closer;

    fn say(text: &str) -> CustomerAct {
        CustomerAct::Say { text: text.into(), message_type: None }
    }

    fn written(messages: u32, bytes: u64) -> Written {
        Written { messages, bytes }
    }

    #[test]
    fn an_act_weighs_what_it_takes_as_json() {
        let entry = u32::try_from(ENTRY_BYTES).expect("small");
        assert_eq!(say("hello").bytes(), Some(entry + 7));
        assert_eq!(say("\u{1}\u{1}").bytes(), Some(entry + 14), "an escape is six bytes");
        assert_eq!(CustomerAct::Type { on: false, text: None }.bytes(), Some(entry));
        assert_eq!(CustomerAct::Leave(Closer::Customer).bytes(), None);
    }

    #[test]
    fn the_last_message_of_a_conversation_is_taken_and_the_next_is_not() {
        assert_eq!(written(MAX_CUSTOMER_MESSAGES - 1, 0).check(&say("x")), Ok(()));
        assert_eq!(written(MAX_CUSTOMER_MESSAGES, 0).check(&say("x")), Err(Refusal::WrittenOut));
    }

    #[test]
    fn the_last_bytes_of_a_conversation_are_taken_and_no_more() {
        let act = say("x");
        let bytes = u64::from(act.bytes().expect("it is kept"));
        assert_eq!(written(0, MAX_CUSTOMER_BYTES - bytes).check(&act), Ok(()));
        assert_eq!(written(0, MAX_CUSTOMER_BYTES - bytes + 1).check(&act), Err(Refusal::WrittenOut));
    }

    #[test]
    fn signs_are_no_messages_and_leaving_is_always_possible() {
        let full = written(MAX_CUSTOMER_MESSAGES, MAX_CUSTOMER_BYTES);
        assert_eq!(full.check(&CustomerAct::Leave(Closer::Customer)), Ok(()));
        let typing = CustomerAct::Type { on: true, text: None };
        assert_eq!(written(MAX_CUSTOMER_MESSAGES, 0).check(&typing), Ok(()));
        assert_eq!(full.check(&typing), Err(Refusal::WrittenOut));
    }
}

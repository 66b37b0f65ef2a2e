//! What an act of a customer weighs in the journal.

use super::CustomerAct;
use crate::json;

/// What is counted for an act beside its words: who, when and where in the log.
const ENTRY_BYTES: usize = 256;

impl CustomerAct {
    /// How many bytes of JSON it makes the journal keep; `None` when it only leaves.
    pub fn bytes(&self) -> Option<u32> {
        let words = match self {
            Self::Leave(_) => return None,
            Self::Say { text, message_type } => {
                json::len(text) + message_type.as_deref().map_or(0, json::len)
            }
            Self::Type { text, .. } => text.as_deref().map_or(0, json::len),
            Self::SendUrl(text) | Self::Notice(text) | Self::Rename(text) => json::len(text),
            Self::Data(pairs) => json::len(pairs),
        };
        Some(u32::try_from(words.saturating_add(ENTRY_BYTES)).unwrap_or(u32::MAX))
    }

    /// Whether it is a message: words, a link or a notice.
    pub const fn is_message(&self) -> bool {
        matches!(self, Self::Say { .. } | Self::SendUrl(_) | Self::Notice(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interaction::EndedBy;

    #[test]
    fn an_act_weighs_what_it_takes_as_json() {
        let say = |text: &str| CustomerAct::Say { text: text.into(), message_type: None };
        let entry = u32::try_from(ENTRY_BYTES).expect("small");
        assert_eq!(say("hello").bytes(), Some(entry + 7));
        assert_eq!(say("\u{1}\u{1}").bytes(), Some(entry + 14), "an escape is six bytes");
        assert_eq!(CustomerAct::Type { on: false, text: None }.bytes(), Some(entry));
        assert_eq!(CustomerAct::Leave(EndedBy::Customer).bytes(), None);
    }
}

//! Our word for a part of a message, which goes out as its `metadata` and comes back with its echo
//! (spec: channel-connectors#2.4).

use domain::InteractionId;

/// The sign between the message and the part.
const PART: char = '#';

/// A part of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// The conversation.
    pub session: InteractionId,
    /// Place in its log.
    pub index: u32,
    /// Whether the message is complete with this part.
    pub is_last: bool,
}

/// The word for part `part` of `of`, counted from 1: the message's own when there is only one.
pub(super) fn write(message: &str, part: usize, of: usize) -> String {
    if of == 1 { message.to_owned() } else { format!("{message}{PART}{part}/{of}") }
}

/// Reads `session/index` and `session/index#part/of`; anything else is no word of ours.
pub(super) fn read(metadata: &str) -> Option<Mark> {
    let (message, is_last) = match metadata.split_once(PART) {
        None => (metadata, true),
        Some((message, part)) => {
            let (part, of) = part.split_once('/')?;
            let (part, of): (usize, usize) = (part.parse().ok()?, of.parse().ok()?);
            (message, part == of)
        }
    };
    let (session, index) = message.split_once('/')?;
    Some(Mark { session: session.into(), index: index.parse().ok()?, is_last })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::task::message_task;
    use proptest::prelude::*;

    #[test]
    fn a_message_of_one_part_bears_its_own_word() {
        assert_eq!(write("s1/4", 1, 1), "s1/4");
        assert_eq!(write("s1/4", 2, 3), "s1/4#2/3");
    }

    #[test]
    fn what_others_send_along_is_no_word_of_ours() {
        for other in ["", "s1", "s1/x", "s1/4#", "s1/4#x/3", "notice/SM12", "order 7"] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn what_comes_back_is_what_went_out(
            session in "[0-9A-Za-z]{1,16}", index: u32, of in 1_usize..12, part in 1_usize..12,
        ) {
            let session = InteractionId::new(session);
            let part = part.min(of);
            let mark = read(&write(&message_task(&session, index), part, of));
            prop_assert_eq!(mark, Some(Mark { session, index, is_last: part == of }));
        }

        #[test]
        fn nothing_makes_it_stumble(metadata: String) {
            let _ = read(&metadata);
        }
    }
}

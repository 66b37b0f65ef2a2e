//! The transcript: the part of a conversation's log that its customer sees, from a position on.

use desk::{Desk, ports::StoreFault};
use domain::{
    InteractionId, Message,
    message::{Content, Visibility, without_stale_typing},
};

/// How many entries are read at once.
const PAGE: u32 = 256;
/// About how much text one answer carries, in bytes. What is left is behind `nextPosition`.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// A part of the transcript.
pub(super) struct Transcript {
    /// What the customer sees of it.
    pub entries: Vec<Message>,
    /// The position from which to go on: behind the last entry read, seen or hidden, so that nothing is given twice
    /// and hidden entries are not asked for over and over.
    pub next: u32,
}

/// Reads the transcript from a position on (inclusive). `end` is the index of the next entry of the log, as known
/// before.
pub(super) async fn read(
    desk: &Desk,
    id: &InteractionId,
    from: u32,
    end: u32,
) -> Result<Transcript, StoreFault> {
    let mut log: Vec<Message> = Vec::new();
    let mut bytes = 0;
    loop {
        let next = log.last().map_or(from, |last| last.index + 1);
        let page = desk.messages(id, next, PAGE).await?;
        let whole = page.len() == PAGE as usize;
        bytes += page.iter().map(weight).sum::<usize>();
        log.extend(page);
        if !whole || bytes >= MAX_ANSWER_BYTES {
            break;
        }
    }
    let next = log.last().map_or(end, |last| last.index + 1);
    Ok(Transcript { entries: visible(log), next })
}

/// What a customer sees: not what agents say among themselves, and of typing only what is still true.
fn visible(log: Vec<Message>) -> Vec<Message> {
    let mut entries = without_stale_typing(log);
    entries.retain(|entry| entry.visibility == Visibility::All);
    entries
}

fn weight(message: &Message) -> usize {
    match &message.content {
        Content::Text { text, .. } | Content::CustomNotice { text } | Content::Notice { text } => text.len(),
        Content::TypingStarted { text } => text.as_ref().map_or(0, String::len),
        Content::Url { url } => url.len(),
        Content::Joined | Content::Left | Content::TypingStopped | Content::Renamed { .. } => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::message::{Author, PartyKind};
    use proptest::prelude::*;

    fn log() -> impl Strategy<Value = Vec<Message>> {
        let visibility = prop_oneof![3 => Just(Visibility::All), 1 => Just(Visibility::Agents), 1 => Just(Visibility::Supervisors)];
        let content = prop_oneof![
            Just(Content::Joined),
            Just(Content::TypingStarted { text: None }),
            Just(Content::TypingStopped),
            "[a-z]{1,4}".prop_map(|text| Content::Text { text, message_type: None }),
        ];
        prop::collection::vec((1_u32..4, visibility, content), 0..40).prop_map(|entries| {
            let entry = |(index, (number, visibility, content)): (u32, (u32, _, _))| Message {
                index,
                at: i64::from(index),
                from: Author {
                    participant: format!("{number:016X}").as_str().into(),
                    number,
                    kind: if number == 1 { PartyKind::Customer } else { PartyKind::Agent },
                    nickname: format!("Party {number}"),
                    user: None,
                    visibility: Visibility::All,
                },
                visibility,
                content,
                delivery: None,
            };
            (1..).zip(entries).map(entry).collect()
        })
    }

    proptest! {
        #[test]
        fn the_transcript_from_any_position_is_the_end_of_the_whole(log in log(), from in 1_u32..45) {
            let mut whole = visible(log.clone());
            whole.retain(|entry| entry.index >= from);
            let rest = log.into_iter().filter(|entry| entry.index >= from).collect();
            prop_assert_eq!(visible(rest), whole);
        }

        #[test]
        fn a_customer_sees_nothing_that_is_not_for_all(log in log()) {
            prop_assert!(visible(log).iter().all(|entry| entry.visibility == Visibility::All));
        }
    }
}

//! Pages of a conversation's log, for whoever may see a part of it.

use crate::{Desk, ports::StoreFault};
use domain::{Message, message::ParticipantId, session::Session};
use std::collections::HashMap;

/// How many entries are read at once.
const ROWS: u32 = 512;

/// How much of a log is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// From this index on (inclusive; a log begins at 1).
    pub from: u32,
    /// Up to this index (exclusive); to the end of the log when `None`. A page that ends before one is the same
    /// whenever it is read: what came after tells nothing of it.
    pub until: Option<u32>,
    /// At most so many entries.
    pub count: u32,
    /// The most bytes that they weigh together; at least one entry is answered if there is any.
    pub bytes: usize,
}

/// A page of a log as it is shown to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogPage<T> {
    /// What is shown, in order.
    pub shown: Vec<T>,
    /// The index from which to go on: behind the last entry looked at, shown or not, so that nothing is given twice and
    /// hidden entries are not asked for over and over.
    pub next: u32,
    /// Whether the page ends where it does because what follows would have made it too heavy.
    pub is_cut: bool,
}

impl Desk {
    /// Reads a page of a conversation's log: the entries for which `show` answers something, each as heavy as `weigh`
    /// says, in bytes. What only told that somebody typed is left out once it is overtaken
    /// (spec: digital-channels#2.5). Entries are read until the page is full or the log ends, and no more of them than
    /// fit are kept.
    pub async fn page<T>(
        &self,
        session: &Session,
        span: Span,
        show: impl Fn(&Message) -> Option<T>,
        weigh: impl Fn(&T) -> usize,
    ) -> Result<LogPage<T>, StoreFault> {
        let mut page = LogPage { shown: Vec::new(), next: span.from, is_cut: false };
        let mut bytes = 0_usize;
        // Where in the page an entry says that somebody types.
        let mut typing: HashMap<ParticipantId, usize> = HashMap::new();
        loop {
            let shown = u32::try_from(page.shown.len()).unwrap_or(u32::MAX);
            let (wanted, left) = (span.count.saturating_sub(shown), span.bytes.saturating_sub(bytes));
            if let Some(until) = span.until.filter(|until| page.next >= *until) {
                page.next = until;
                return Ok(page);
            }
            if wanted == 0 {
                return Ok(page);
            }
            let rows = span.until.map_or(u32::MAX, |until| until - page.next).min(wanted).min(ROWS);
            // An entry weighs about as much stored as sent; where it does not, there is another turn.
            let part = self.store.messages(&session.id, page.next, rows, left).await?;
            for message in &part.entries {
                if let Some(until) = span.until.filter(|until| message.index >= *until) {
                    page.next = until;
                    return Ok(page);
                }
                if let Some(at) = typing.remove(&message.from.participant) {
                    bytes = bytes.saturating_sub(weigh(&page.shown.remove(at)));
                    typing.values_mut().filter(|place| **place > at).for_each(|place| *place -= 1);
                }
                let stands = span.until.is_some() || !session.is_overtaken(message);
                if let Some(entry) = Some(message).filter(|_| stands).and_then(&show) {
                    let weight = weigh(&entry);
                    if bytes.saturating_add(weight) > span.bytes && !page.shown.is_empty() {
                        page.is_cut = true;
                        return Ok(page);
                    }
                    bytes = bytes.saturating_add(weight);
                    if message.content.is_typing() {
                        typing.insert(message.from.participant.clone(), page.shown.len());
                    }
                    page.shown.push(entry);
                }
                page.next = message.index.saturating_add(1);
            }
            if !part.more {
                // Whoever asks from beyond the end is led back to it.
                if let Some(until) = span.until {
                    page.next = until;
                } else if page.next == span.from {
                    page.next = session.next_index;
                }
                return Ok(page);
            }
        }
    }
}

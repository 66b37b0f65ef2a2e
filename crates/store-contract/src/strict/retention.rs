//! Retention.

use super::data::JournalData;
use domain::{EntityKind, Key, Millis};

/// Deletes conversations and calls that are over since before a moment, the oldest first, at most `limit`; answers how
/// many. Names and units in quarantine from before that moment go too.
pub(super) fn retire(data: &mut JournalData, before: Millis, limit: u32) -> u32 {
    data.known.retain(|_, (at, _)| *at >= before);
    data.quarantine.retain(|_, unit| unit.at >= before);
    let is_over = |key: &Key| matches!(key.kind(), EntityKind::Session | EntityKind::Call);
    let mut over: Vec<(Millis, u64, Key)> = data
        .entities
        .iter()
        .filter(|(key, entity)| is_over(key) && !entity.state.is_open() && entity.at < before)
        .map(|(key, entity)| (entity.at, entity.came, key.clone()))
        .collect();
    over.sort();
    over.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    for (_, _, key) in &over {
        delete(data, key);
    }
    u32::try_from(over.len()).unwrap_or(limit)
}

fn delete(data: &mut JournalData, key: &Key) {
    data.entities.remove(key);
    let newest = data.events.values().rev().find(|row| row.key == *key).map_or(0, |row| row.seq);
    data.oldest = data.oldest.max(newest);
    data.events.retain(|_, row| row.key != *key);
    for mailbox in data.mailboxes.values_mut() {
        mailbox.notes.retain(|_, (_, about)| about != key);
    }
    if let Key::Session(id) = key {
        data.logs.remove(id);
        for (_, entry) in data.known.values_mut() {
            if entry.as_ref().is_some_and(|(session, _)| session == id) {
                *entry = None;
            }
        }
    }
}

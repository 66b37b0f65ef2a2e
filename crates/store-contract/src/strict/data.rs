//! The content of the journal.

use super::report_data::ReportsData;
use desk::ports::{BindingRow, EventRow, Note, Quarantined, SavedResult, SessionTable, TaskRow, Versioned};
use domain::{
    EntityKind, InteractionId, Key, MediumName, Message, Millis, QueueName, State, UniqueName, UserId,
    call::Dn, share::WaitingCounts,
};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// What the results of one scope may weigh together, and each besides its body; in bytes.
const SCOPE: usize = 1_024 * 1_024;
const ROW: usize = 512;

/// Everything, as committed.
#[derive(Default)]
pub(super) struct JournalData {
    /// The number of the newest event.
    pub seq: u64,
    /// Events up to and with this one may have been deleted.
    pub oldest: u64,
    pub entities: BTreeMap<Key, Entity>,
    /// How many entities there ever were, so that they are listed in the order in which they came.
    pub came: u64,
    pub events: BTreeMap<u64, EventRow>,
    pub logs: BTreeMap<InteractionId, BTreeMap<u32, Message>>,
    pub mailboxes: BTreeMap<UserId, Mailbox>,
    /// In the order in which they were asked for.
    pub tasks: Vec<TaskRow>,
    /// Names that providers gave, since when, and the entry of each.
    pub known: HashMap<String, (Millis, Option<(InteractionId, u32)>)>,
    /// In the order in which they came.
    pub results: Vec<SavedResult>,
    pub quarantine: BTreeMap<i64, Quarantined>,
    pub quarantined: i64,
    pub shelves: HashMap<SessionTable, BTreeMap<String, String>>,
    pub bindings: BTreeMap<Dn, Vec<BindingRow>>,
    pub names: BTreeMap<UniqueName, Key>,
    pub waiting: BTreeMap<Key, (QueueName, MediumName)>,
    pub reports: ReportsData,
    /// The channel whose notes cannot be written.
    pub failing: Option<String>,
}

/// An entity, with the moment of its newest event.
pub(super) struct Entity {
    pub came: u64,
    pub version: u64,
    pub at: Millis,
    pub state: Arc<State>,
}

/// A mailbox, and what each note of it is about.
#[derive(Default)]
pub(super) struct Mailbox {
    pub head: u64,
    pub notes: BTreeMap<u64, (Arc<Note>, Key)>,
}

impl JournalData {
    pub fn state(&self, key: &Key) -> Option<Arc<State>> {
        self.entities.get(key).map(|entity| entity.state.clone())
    }

    pub fn open(&self, kind: EntityKind) -> Vec<Versioned> {
        let is_open = |(key, entity): &(&Key, &Entity)| key.kind() == kind && entity.state.is_open();
        let mut open: Vec<_> = self.entities.iter().filter(is_open).collect();
        open.sort_by_key(|(_, entity)| entity.came);
        let versioned = |(key, entity): (&Key, &Entity)| Versioned {
            key: key.clone(),
            version: entity.version,
            state: entity.state.clone(),
        };
        open.into_iter().map(versioned).collect()
    }

    pub fn head(&self, agent: &UserId) -> u64 {
        self.mailboxes.get(agent).map_or(0, |mailbox| mailbox.head)
    }

    pub fn waiting(&self, queue: &QueueName) -> WaitingCounts {
        let mut waiting = WaitingCounts::new();
        for (_, medium) in self.waiting.values().filter(|(name, _)| name == queue) {
            *waiting.entry(medium.clone()).or_default() += 1;
        }
        waiting
    }

    pub fn result(&self, key: &str) -> Option<SavedResult> {
        self.results.iter().rev().find(|result| result.key == key).cloned()
    }

    /// Keeps a result; one of the same name that is older goes, one of the same moment is this one.
    pub fn save(&mut self, result: &SavedResult) {
        if self.result(&result.key).is_some_and(|known| known.at >= result.at) {
            return;
        }
        self.results.retain(|known| known.key != result.key);
        self.results.push(result.clone());
        let mut weight = 0;
        let mut keeps = vec![true; self.results.len()];
        for (place, known) in self.results.iter().enumerate().rev() {
            if known.scope == result.scope {
                keeps[place] = weight < SCOPE;
                weight += ROW + known.body.len();
            }
        }
        let mut keeps = keeps.into_iter();
        self.results.retain(|_| keeps.next().unwrap_or(true));
    }
}

/// Takes items in order, as long as they weigh no more than a bound together, and at least one. Whether more
/// follow that were not taken.
pub(super) fn up_to<T>(
    items: impl Iterator<Item = (usize, T)>,
    limit: usize,
    bytes: usize,
) -> (Vec<T>, bool) {
    let (mut taken, mut read) = (Vec::new(), 0_usize);
    for (weight, item) in items {
        read = read.saturating_add(weight);
        if taken.len() >= limit || read > bytes && !taken.is_empty() {
            return (taken, true);
        }
        taken.push(item);
    }
    (taken, false)
}

/// What a document weighs as it is stored: the length of its JSON.
pub(super) fn weight(document: &impl serde::Serialize) -> usize {
    serde_json::to_string(document).map_or(0, |json| json.len())
}

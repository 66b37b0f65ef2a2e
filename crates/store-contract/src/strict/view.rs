//! What a decision can read: what it named.

use super::data::{JournalData, up_to, weight};
use desk::ports::{SavedResult, TxView};
use domain::{
    DecideError, InteractionId, Key, Message, ProviderKey, QueueName, Snapshots, State, UniqueName, UserId,
    Want, share::WaitingCounts, task::KnownProviderKey,
};
use std::{collections::BTreeSet, sync::Arc};

/// The journal as a decision sees it.
pub(super) struct StrictView<'a> {
    pub data: &'a JournalData,
    pub wants: &'a BTreeSet<Want>,
}

impl StrictView<'_> {
    fn named(&self, want: Want) -> Result<(), DecideError> {
        if self.wants.contains(&want) { Ok(()) } else { Err(DecideError::Need(want)) }
    }
}

impl Snapshots for StrictView<'_> {
    fn state(&mut self, key: &Key) -> Result<Option<Arc<State>>, DecideError> {
        self.named(Want::State(key.clone()))?;
        Ok(self.data.state(key))
    }

    fn head(&mut self, agent: &UserId) -> Result<u64, DecideError> {
        self.named(Want::Head(agent.clone()))?;
        Ok(self.data.head(agent))
    }

    fn known(&mut self, key: &ProviderKey) -> Result<Option<KnownProviderKey>, DecideError> {
        self.named(Want::Known(key.to_string()))?;
        let found = self.data.known.get(&key.to_string());
        Ok(found.map(|(_, entry)| KnownProviderKey { key: key.clone(), entry: entry.clone() }))
    }

    fn message(&mut self, session: &InteractionId, index: u32) -> Result<Option<Message>, DecideError> {
        self.named(Want::Message(session.clone(), index))?;
        Ok(self.data.logs.get(session).and_then(|log| log.get(&index)).cloned())
    }
}

impl TxView for StrictView<'_> {
    fn newest(&mut self, session: &InteractionId, bytes: usize) -> Result<Vec<Message>, DecideError> {
        self.named(Want::Log(session.clone()))?;
        let log = self.data.logs.get(session).into_iter().flat_map(|log| log.values().rev());
        let (mut newest, _) = up_to(log.map(|entry| (weight(entry), entry.clone())), usize::MAX, bytes);
        newest.reverse();
        Ok(newest)
    }

    fn result(&mut self, key: &str) -> Result<Option<SavedResult>, DecideError> {
        self.named(Want::Result(key.to_owned()))?;
        Ok(self.data.result(key))
    }

    fn bearer(&mut self, name: &UniqueName) -> Result<Option<Key>, DecideError> {
        self.named(Want::Bearer(name.clone()))?;
        Ok(self.data.names.get(name).cloned())
    }

    fn waiting(&mut self, queue: &QueueName) -> Result<WaitingCounts, DecideError> {
        self.named(Want::Waiting(queue.clone()))?;
        Ok(self.data.waiting(queue))
    }
}

//! What a decision can read: the group that it is part of.

use crate::{fault::SqliteFault, group::JobGroup, limits, result, snapshot, task};
use desk::ports::{SavedResult, TxView};
use domain::{
    DecideError, InteractionId, Key, Message, ProviderKey, QueueName, Snapshots, State, UniqueName, UserId,
    share::WaitingCounts, task::KnownProviderKey,
};
use std::sync::Arc;

/// One decision's view of its group.
pub(crate) struct GroupView<'g, 'a> {
    group: &'g mut JobGroup<'a>,
    /// Why the file could not be read, if it could not.
    pub fault: Option<SqliteFault>,
}

impl<'g, 'a> GroupView<'g, 'a> {
    pub fn new(group: &'g mut JobGroup<'a>) -> Self {
        Self { group, fault: None }
    }

    fn note(&mut self, fault: SqliteFault) -> DecideError {
        self.fault = Some(fault);
        DecideError::Fault
    }
}

impl Snapshots for GroupView<'_, '_> {
    fn state(&mut self, key: &Key) -> Result<Option<Arc<State>>, DecideError> {
        match self.group.entry(key) {
            Ok(entry) => Ok(entry.map(|entry| entry.state)),
            Err(fault) => Err(self.note(fault)),
        }
    }

    fn head(&mut self, agent: &UserId) -> Result<u64, DecideError> {
        Ok(self.group.mailbox(agent).map_or(0, |mailbox| mailbox.head))
    }

    fn known(&mut self, key: &ProviderKey) -> Result<Option<KnownProviderKey>, DecideError> {
        task::known(self.group.conn, key).map_err(|fault| self.note(fault))
    }

    fn message(&mut self, session: &InteractionId, index: u32) -> Result<Option<Message>, DecideError> {
        let found = match self.group.entry(&Key::Session(session.clone())) {
            Ok(Some(entry)) => snapshot::message(self.group.conn, entry.id, index),
            Ok(None) => Ok(None),
            Err(fault) => Err(fault),
        };
        found.map_err(|fault| self.note(fault))
    }
}

impl TxView for GroupView<'_, '_> {
    fn newest(&mut self, session: &InteractionId, bytes: usize) -> Result<Vec<Message>, DecideError> {
        let found = match self.group.entry(&Key::Session(session.clone())) {
            Ok(Some(entry)) => snapshot::newest(self.group.conn, entry.id, bytes),
            Ok(None) => Ok(Vec::new()),
            Err(fault) => Err(fault),
        };
        found.map_err(|fault| self.note(fault))
    }

    fn result(&mut self, key: &str) -> Result<Option<SavedResult>, DecideError> {
        result::find(self.group.conn, key).map_err(|fault| self.note(fault))
    }

    fn bearer(&mut self, name: &UniqueName) -> Result<Option<Key>, DecideError> {
        limits::bearer(self.group.conn, name).map_err(|fault| self.note(fault))
    }

    fn waiting(&mut self, queue: &QueueName) -> Result<WaitingCounts, DecideError> {
        Ok(self.group.waiting_in(queue))
    }
}

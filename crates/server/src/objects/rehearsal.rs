//! Tries on copies of the objects whether the rules would take changes.

use super::difference::Difference;
use domain::{
    Command, DecideError, InteractionId, Key, Message, ProviderKey, Snapshots, State, UserId, decide,
    task::KnownProviderKey,
};
use std::{collections::HashMap, sync::Arc};

/// Snapshots that changes are tried on.
struct Rehearsal(HashMap<Key, Arc<State>>);

/// The refusals of these changes, in words: each is tried after those before it.
pub fn refusals(states: HashMap<Key, Arc<State>>, differences: &[Difference]) -> Vec<String> {
    let mut rehearsal = Rehearsal(states);
    let mut refusals = Vec::new();
    for Difference { lines, change } in differences {
        match decide(&mut rehearsal, &Command::Provision(change.clone()), 0) {
            Ok(decision) => {
                rehearsal.0.extend(decision.changes.into_iter().map(|change| (change.key, change.after)));
            }
            Err(DecideError::Refused(why)) => refusals.push(format!("{}: {why}", lines.join(", "))),
            Err(DecideError::Need(want)) => {
                refusals.push(format!("{}: {want} cannot be read", lines.join(", ")));
            }
            Err(DecideError::Fault) => {
                refusals.push(format!("{}: the journal cannot be read", lines.join(", ")));
            }
        }
    }
    refusals
}

impl Snapshots for Rehearsal {
    fn state(&mut self, key: &Key) -> Result<Option<Arc<State>>, DecideError> {
        Ok(self.0.get(key).cloned())
    }

    fn head(&mut self, _: &UserId) -> Result<u64, DecideError> {
        Ok(0)
    }

    fn known(&mut self, _: &ProviderKey) -> Result<Option<KnownProviderKey>, DecideError> {
        Ok(None)
    }

    fn message(&mut self, _: &InteractionId, _: u32) -> Result<Option<Message>, DecideError> {
        Ok(None)
    }
}

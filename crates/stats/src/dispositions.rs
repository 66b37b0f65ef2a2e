//! Codes that were set, and what is remembered of interactions that are over while late codes are taken.

use crate::{
    columns::disposition as column,
    ledger::{Ledger, lasted},
    row::{Interval, Table},
};
use domain::{InteractionId, Millis, UserId, disposition::is_empty};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};

/// Of how many interactions that are over it is remembered when their parts ended; of more the oldest are forgotten. A late
/// code of these counts, and how late it was is not known.
const MOST: usize = 10_000;

/// A code that was set, changed or cleared.
pub(crate) struct Set<'e> {
    pub agent: Option<&'e UserId>,
    pub medium: &'e str,
    pub queue: &'e str,
    pub key: &'e str,
    pub value: &'e Value,
    pub previous: &'e Value,
    pub late: bool,
    pub known: bool,
    /// When the part ended whose code it is, if it is over and that is known.
    pub ended: Option<Millis>,
}

impl Set<'_> {
    /// Counts it. The code stands in the row if the book has it: any other value may be words about anybody, and so may
    /// its key, unless it is that of the centre.
    pub fn count(&self, ledger: &mut Ledger, at: Millis, centre_key: &str) {
        let is_cleared = is_empty(self.value);
        let code = self.value.as_str().filter(|_| self.known && !is_cleared).unwrap_or_default();
        let key = if self.key == centre_key || !code.is_empty() { self.key } else { "" };
        let ended = self.ended.filter(|_| self.late);
        let detail = json!([self.queue, key, code, ended.map(|at| Interval::of(at).0)]).to_string();
        let agent = self.agent.map_or("", UserId::as_str);
        let row = ledger.row(Interval::of(at), Table::Disposition, agent, self.medium, detail);
        if is_cleared {
            row.one(column::CLEARED);
            return;
        }
        row.one(column::SET);
        if !is_empty(self.previous) && self.previous != self.value {
            row.one(column::CHANGED);
        }
        if !self.known {
            row.one(column::UNKNOWN);
        }
        if self.late {
            row.one(column::LATE);
        }
        if let Some(ended) = ended {
            row.one(column::LAG_COUNT).add(column::LAG_MS, lasted(ended, at));
        }
    }
}

/// Interactions that are over.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Remembered {
    /// When each part ended, by the name that late codes have for it.
    ends: BTreeMap<InteractionId, BTreeMap<String, Millis>>,
    /// When each was over, in that order.
    order: VecDeque<(Millis, InteractionId)>,
}

impl Remembered {
    /// Remembers one, and forgets what takes no codes any more.
    pub fn keep(&mut self, at: Millis, late: Millis, id: InteractionId, ends: BTreeMap<String, Millis>) {
        let is_old = |(over, _): &(Millis, InteractionId)| over.saturating_add(late) < at;
        while self.order.len() >= MOST || self.order.front().is_some_and(is_old) {
            let Some((_, oldest)) = self.order.pop_front() else { break };
            self.ends.remove(&oldest);
        }
        if !ends.is_empty() && self.ends.insert(id.clone(), ends).is_none() {
            self.order.push_back((at, id));
        }
    }

    /// When a part of one ended.
    pub fn ended_at(&self, id: &InteractionId, part: &str) -> Option<Millis> {
        self.ends.get(id)?.get(part).copied()
    }
}
